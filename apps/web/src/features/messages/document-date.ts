import type { MessageDetail } from '@pult/shared/contracts/messages';
import { formatDayOf, formatInstant, formatMoment } from '../../lib/format/instant.ts';

/** When the document was written: an order of a chain has a day and no time, so none is shown. */
export function documentDate(
  { ediOrder, occurredAt, row }: Pick<MessageDetail, 'ediOrder' | 'occurredAt'> & { row: { acceptedAt: string } },
  now = Date.now(),
): { readonly text: string; readonly title: string | undefined } {
  if (ediOrder && occurredAt !== null) return { text: formatDayOf(occurredAt), title: undefined };
  const at = occurredAt ?? row.acceptedAt;
  return { text: formatMoment(at, now), title: formatInstant(at) };
}
