import { ZONE_OFFSET_MS } from './locale.ts';

const DAY_MS = 86_400_000;

/** A moment as the value of a date field with its time, `YYYY-MM-DDTHH:mm` of the house. */
export const houseInput = (at: number): string => new Date(at + ZONE_OFFSET_MS).toISOString().slice(0, 16);

/** The moment that such an input names; null while it is incomplete. */
export function momentOfInput(text: string): number | null {
  const at = Date.parse(`${text}:00Z`);
  return Number.isNaN(at) ? null : at - ZONE_OFFSET_MS;
}

/** Time of day of the house, `days` after the day that holds `at`. */
export const atHouseTime = (at: number, hour: number, days = 0): number =>
  (Math.floor((at + ZONE_OFFSET_MS) / DAY_MS) + days) * DAY_MS + hour * 3_600_000 - ZONE_OFFSET_MS;
