/** Values of a row of 1С that may be unreadable: one of them takes nothing from the other values and rows. Pure. */
import { dateOf, instantOf, int64Of, type OnecEntity } from '../../../connectors/onec-odata/values.ts';

/** What cannot be read is as good as absent. */
function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
export const numberIn = (row: OnecEntity, field: string): number | null => orNull(() => int64Of(row, field));
/** Instant in ms of a date that has no zone of its own. */
export const instantIn = (row: OnecEntity, field: string, zone: string): number | null =>
  orNull(() => instantOf(dateOf(row, field), zone));
