import type { Candidate, RecordPosition } from './ports.ts';

/** What is ordered: a candidate, of which the record says where it stood on the bus. */
type Ordered = Pick<Candidate, 'flow' | 'consumer' | 'businessKey' | 'record'>;

/** The order of the bus is per key of a record, so records with a key are sorted by it; that of its document binds each besides. */
export const orderKeyOf = ({ businessKey, record }: Ordered): string => record?.key ?? businessKey;

/**
 * Puts records of one key and one partition into the order of their offsets: they exchange their places in the list, everything else
 * keeps its own. Times decide nothing there: of one millisecond they say nothing, and clocks of producers differ. Between
 * partitions, which no offset compares, the order of the list stays. The list must be in a total order.
 */
export function inRecordOrder<Item extends Ordered>(items: readonly Item[]): Item[] {
  const lanes = new Map<string, { readonly at: number; readonly item: Item; readonly offset: bigint }[]>();
  items.forEach((item, at) => {
    if (item.record === null) return;
    const key = laneOf(item, item.record);
    const lane = lanes.get(key) ?? [];
    lane.push({ at, item, offset: BigInt(item.record.offset) });
    lanes.set(key, lane);
  });
  const ordered = [...items];
  for (const lane of lanes.values()) {
    // Stable: what stands at one place keeps the order of the list.
    const byOffset = lane.toSorted((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0));
    lane.forEach(({ at }, index) => {
      const next = byOffset[index];
      if (next !== undefined) ordered[at] = next.item;
    });
  }
  return ordered;
}

const laneOf = (item: Ordered, { partition }: RecordPosition): string =>
  [item.flow, item.consumer, orderKeyOf(item), partition].join('\u0000');
