/** Deliveries of one business key in two channels, paired. Pure. */

export interface PairSide {
  readonly id: string;
  /** Id of the message at its source: the same in both channels when the source says so. */
  readonly messageId: string;
  /** First news of it, ms. */
  readonly at: number;
}

export interface Pair<Side extends PairSide> {
  readonly old: Side | null;
  readonly bus: Side | null;
}

const inOrder = (a: PairSide, b: PairSide): number => a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);

/**
 * Every delivery stands in exactly one pair. Equal message ids pair whatever their times; the others pair in the order of their
 * times, as long as no more than `windowMs` lies between the two: a message that one channel lost leaves its partner alone and
 * does not shift those behind it. The order of the arguments' elements does not matter.
 */
export function pairUp<Side extends PairSide>(
  olds: readonly Side[],
  buses: readonly Side[],
  { windowMs }: { readonly windowMs: number },
): Pair<Side>[] {
  const pairs: Pair<Side>[] = [];
  const waiting = new Map<string, Side[]>();
  for (const bus of [...buses].sort(inOrder)) waiting.set(bus.messageId, [...(waiting.get(bus.messageId) ?? []), bus]);
  const left: Side[] = [];
  for (const old of [...olds].sort(inOrder)) {
    const bus = waiting.get(old.messageId)?.shift();
    if (bus) pairs.push({ old, bus });
    else left.push(old);
  }
  const right = [...waiting.values()].flat().sort(inOrder);
  while (left.length > 0 || right.length > 0) {
    const [old, bus] = [left[0], right[0]];
    if (old && bus && Math.abs(old.at - bus.at) <= windowMs) {
      pairs.push({ old, bus });
      left.shift();
      right.shift();
    } else if (old && (!bus || inOrder(old, bus) < 0)) {
      pairs.push({ old, bus: null });
      left.shift();
    } else if (bus) {
      pairs.push({ old: null, bus });
      right.shift();
    }
  }
  return pairs;
}

/** What became of one message in the two channels. `neither`: known, and processed by no channel in time. */
export const OUTCOMES = ['waiting', 'same', 'differs', 'only_old', 'only_bus', 'neither'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Arrival {
  readonly at: number;
  /** When the consumer had processed it, ms. */
  readonly appliedAt: number | null;
}

/**
 * Outcome of a pair at `now`. A channel has brought a message when its consumer has processed it: a record that lies in a dead
 * letter topic was not brought. A side that is missing is waited for until `waitMs` after the first news of the other.
 */
export function outcomeOf(
  pair: { readonly old: Arrival | null; readonly bus: Arrival | null },
  facts: { readonly differing: number; readonly waitMs: number; readonly now: number },
): Outcome {
  const old = pair.old?.appliedAt != null;
  const bus = pair.bus?.appliedAt != null;
  if (old && bus) return facts.differing > 0 ? 'differs' : 'same';
  if (facts.now < dueAt(pair, facts.waitMs)) return 'waiting';
  if (old) return 'only_old';
  return bus ? 'only_bus' : 'neither';
}

/** Until when the second side is waited for, ms. */
export const dueAt = (pair: { readonly old: Arrival | null; readonly bus: Arrival | null }, waitMs: number): number =>
  Math.min(pair.old?.at ?? Number.POSITIVE_INFINITY, pair.bus?.at ?? Number.POSITIVE_INFINITY) + waitMs;
