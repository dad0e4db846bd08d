/** What the exchange has accepted, in its order, for who carries the same documents another way. */
import { isDecision } from './flows/decisions.ts';
import type { FlowId, MessageRecord, RecordBook } from './records.ts';

/** Flows whose documents go over the bus too. */
const FLOWS: ReadonlySet<FlowId> = new Set([
  'ut-site-prices-stock',
  'ut-market-prices-stock',
  'site-orders',
  'ut-elma-approvals',
]);
const AT_MOST = 200;
/** A document that is under way for longer is told of as it is. */
const SETTLED_AFTER_MS = 60_000;

export interface Outgoing {
  /** Position to ask from the next time. */
  readonly next: number;
  readonly records: readonly (MessageRecord & { readonly position: number })[];
}

/**
 * Documents beyond a position that happened at `since` or later, ms. Positions follow the order of acceptance and are the same after
 * a restart. An order is told of once it has come to rest, so that nobody passes on what УТ has refused; what follows it waits.
 */
export function outgoing(book: RecordBook, from: { after: number; since: number }, now: number): Outgoing {
  const records: (MessageRecord & { position: number })[] = [];
  let position = 0;
  for (const record of book.all()) {
    position += 1;
    if (position <= from.after) continue;
    const at = Date.parse(record.occurredAt);
    // Decisions of ELMA are no documents of УТ.
    if (FLOWS.has(record.flow) && !isDecision(record) && at >= from.since) {
      const moving = record.flow === 'site-orders' && (record.state === 'new' || record.state === 'sending');
      if ((moving && now - at < SETTLED_AFTER_MS) || records.length >= AT_MOST) return { next: position - 1, records };
      records.push({ ...record, position });
    }
  }
  return { next: position, records };
}
