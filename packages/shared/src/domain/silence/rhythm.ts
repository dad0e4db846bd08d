/**
 * How a flow keeps its cadence: each due moment by what came for it, and whether it is silent now. One rule for both, so that
 * an alarm is always the tail of missing marks on the screen. Pure; instants in ms since the epoch.
 */
import { type Cadence, dueBetween, dueOfDay, type WorkingHours } from './slots.ts';

/** `ahead`: not due yet, or within its grace. `unwatched`: before Pult expected anything. */
export type SlotState = 'on_time' | 'late' | 'missing' | 'ahead' | 'unwatched';

export interface Slot {
  readonly dueAt: number;
  readonly state: SlotState;
  /** When the late message came; null otherwise. */
  readonly cameAt: number | null;
}

/** A late message needs this share of the step between itself and the message of the next due moment. */
const LATE_GAP_SHARE = 0.25;

export interface RhythmInput {
  readonly cadence: Cadence;
  readonly working: WorkingHours;
  readonly now: number;
  /** Arrivals around the day in any order: from before its first window on, up to now. */
  readonly arrivals: readonly number[];
  /** First arrival that is known at all, or {@link expectedFrom} when that is earlier; null: nothing is expected yet. */
  readonly firstAt: number | null;
}

/** First element greater than `at` in a sorted list, by its index. */
function indexAfter(sorted: readonly number[], at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** The due moment before this one: the nearest, however many days off lie between. */
function dueBefore(cadence: Cadence, dueAt: number, working: WorkingHours): number {
  for (let days = 1; days <= 16; days *= 2) {
    const before = [...dueBetween(cadence, { after: dueAt - days * 86_400_000, until: dueAt - 1 }, working)].at(-1);
    if (before !== undefined) return before;
  }
  return dueAt - cadence.everyMs;
}

/**
 * The due moments of a Moscow day. A moment is kept on time by any message since the grace of the moment before; the message
 * may come early. A message after the grace makes a moment late, when the next moment has a message of its own or is still
 * open: one message never serves two moments.
 */
export function rhythmOfDay(day: number, input: RhythmInput): Slot[] {
  const { cadence, working, now, firstAt } = input;
  const { graceMs } = cadence;
  const arrivals = [...input.arrivals].filter((at) => at <= now).sort((one, other) => one - other);
  const dues = dueOfDay(cadence, day, working);
  const [first] = dues;
  if (first === undefined) return [];
  const last = dues.at(-1) ?? first;
  const [following = last + cadence.everyMs] = dueBetween(
    cadence,
    { after: last, until: last + 31 * 86_400_000 },
    working,
  );
  const before = dueBefore(cadence, first, working);
  return dues.map((dueAt, index): Slot => {
    if (dueAt > now) return { dueAt, state: 'ahead', cameAt: null };
    if (firstAt === null || firstAt > dueAt + graceMs) return { dueAt, state: 'unwatched', cameAt: null };
    const opensAt = (index === 0 ? before : (dues[index - 1] ?? before)) + graceMs;
    const closesAt = dueAt + graceMs;
    const own = arrivals[indexAfter(arrivals, opensAt)];
    if (own !== undefined && own <= closesAt) return { dueAt, state: 'on_time', cameAt: null };
    if (now <= closesAt) return { dueAt, state: 'ahead', cameAt: null };
    const nextDue = dues[index + 1] ?? following;
    const nextCloses = nextDue + graceMs;
    const late = own !== undefined && own <= nextCloses ? own : undefined;
    if (late === undefined) return { dueAt, state: 'missing', cameAt: null };
    const gap = (nextDue - dueAt) * LATE_GAP_SHARE;
    const ofNext = arrivals[indexAfter(arrivals, late + gap)];
    const nextIsServed = now <= nextCloses || (ofNext !== undefined && ofNext <= nextCloses);
    return nextIsServed ? { dueAt, state: 'late', cameAt: late } : { dueAt, state: 'missing', cameAt: null };
  });
}

export interface Silence {
  /** The due moment that waits for its message: the first missed one, else the next; null while nothing is expected. */
  readonly expectedAt: number | null;
  /** First due moment of those that were missed in a row up to now; null while all is well. */
  readonly silentSince: number | null;
  /** How many were missed in a row. */
  readonly missed: number;
}

const UNKNOWN: Silence = { expectedAt: null, silentSince: null, missed: 0 };

/**
 * When the first message of a source that is watched since a moment is overdue at the earliest: the due moment whose grace
 * was running then may have had its message before.
 */
export function expectedFrom(cadence: Cadence, watchedSince: number, working: WorkingHours): number {
  const [first] = dueBetween(
    cadence,
    { after: watchedSince - cadence.graceMs - 1, until: watchedSince + 31 * 86_400_000 },
    working,
  );
  return (first ?? watchedSince) + cadence.graceMs + 1;
}

/**
 * Whether a source is silent now, by its last message alone: what came before has been judged. One that never spoke is
 * judged as if it had spoken when Pult began to watch it.
 */
export function silenceOf(
  cadence: Cadence | undefined,
  { lastAt, watchedSince = null, now }: { lastAt: number | null; watchedSince?: number | null; now: number },
  working: WorkingHours,
): Silence {
  const spokeAt = lastAt ?? watchedSince;
  if (cadence === undefined || spokeAt === null) return UNKNOWN;
  const last = Math.min(spokeAt, now);
  let silentSince: number | null = null;
  let missed = 0;
  // The moment that the last message serves is the first whose grace ends after it: the ones behind it wait.
  let served = false;
  for (const dueAt of dueBetween(
    cadence,
    { after: last - cadence.graceMs - 1, until: now + 31 * 86_400_000 },
    working,
  )) {
    if (!served) {
      served = true;
      continue;
    }
    if (now <= dueAt + cadence.graceMs) return { expectedAt: silentSince ?? dueAt, silentSince, missed };
    silentSince ??= dueAt;
    missed += 1;
  }
  return { expectedAt: silentSince, silentSince, missed };
}
