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
 * Every delivery stands in exactly one pair. Equal message ids pair whatever their times. Of the others as many as possible pair,
 * in the order of their times and with no more than `windowMs` between the two; among the ways to do so the one with the least
 * time between partners: a message that one channel lost leaves its own partner alone, however close the next one of its key
 * came. The order of the arguments' elements does not matter.
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
  for (const group of groupsOf(left, [...waiting.values()].flat().sort(inOrder), windowMs))
    pairs.push(...(group.olds.length * group.buses.length > MOST_WEIGHED ? inTurn : nearest)(group, windowMs));
  return pairs;
}

/** Combinations of one group that are weighed against each other; a larger group pairs in turn. */
const MOST_WEIGHED = 250_000;

interface Group<Side extends PairSide> {
  readonly olds: Side[];
  readonly buses: Side[];
}

/** Stretches with more than the window between them: nothing pairs across. */
function groupsOf<Side extends PairSide>(
  olds: readonly Side[],
  buses: readonly Side[],
  windowMs: number,
): Group<Side>[] {
  const all = [...olds.map((side) => ({ side, isOld: true })), ...buses.map((side) => ({ side, isOld: false }))].sort(
    (a, b) => inOrder(a.side, b.side),
  );
  const groups: Group<Side>[] = [];
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const { side, isOld } of all) {
    if (side.at - lastAt > windowMs) groups.push({ olds: [], buses: [] });
    lastAt = side.at;
    const group = groups.at(-1);
    (isOld ? group?.olds : group?.buses)?.push(side);
  }
  return groups;
}

/** The most pairs, then the least time between partners; both sides keep their order. */
function nearest<Side extends PairSide>({ olds, buses }: Group<Side>, windowMs: number): Pair<Side>[] {
  const width = buses.length + 1;
  // One more pair outweighs any time that pairs can save.
  const worth = windowMs * Math.min(olds.length, buses.length) + 1;
  const best = new Float64Array((olds.length + 1) * width);
  const at = (i: number, j: number): number => best[i * width + j] ?? 0;
  const together = (i: number, j: number): number => {
    const apart = Math.abs((olds[i]?.at ?? 0) - (buses[j]?.at ?? 0));
    return apart <= windowMs ? at(i + 1, j + 1) + worth - apart : Number.NEGATIVE_INFINITY;
  };
  for (let i = olds.length - 1; i >= 0; i -= 1)
    for (let j = buses.length - 1; j >= 0; j -= 1)
      best[i * width + j] = Math.max(together(i, j), at(i + 1, j), at(i, j + 1));
  const pairs: Pair<Side>[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [old, bus] = [olds[i] ?? null, buses[j] ?? null];
    if (old === null && bus === null) return pairs;
    if (old !== null && bus !== null && together(i, j) === at(i, j)) {
      pairs.push({ old, bus });
      i += 1;
      j += 1;
    } else if (bus === null || (old !== null && at(i + 1, j) === at(i, j))) {
      pairs.push({ old, bus: null });
      i += 1;
    } else {
      pairs.push({ old: null, bus });
      j += 1;
    }
  }
}

/** The first of both sides, as long as the window reaches. */
function inTurn<Side extends PairSide>({ olds, buses }: Group<Side>, windowMs: number): Pair<Side>[] {
  const pairs: Pair<Side>[] = [];
  let [i, j] = [0, 0];
  for (;;) {
    const [old, bus] = [olds[i] ?? null, buses[j] ?? null];
    if (old === null && bus === null) return pairs;
    if (old && bus && Math.abs(old.at - bus.at) <= windowMs) {
      pairs.push({ old, bus });
      i += 1;
      j += 1;
    } else if (old && (!bus || inOrder(old, bus) < 0)) {
      pairs.push({ old, bus: null });
      i += 1;
    } else {
      pairs.push({ old: null, bus });
      j += 1;
    }
  }
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
