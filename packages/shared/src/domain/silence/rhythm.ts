/**
 * How a flow keeps its cadence: each due moment by what came for it, and whether it is silent now. One rule for both, so that
 * an alarm is always the tail of missing marks on the screen. Pure; instants in ms since the epoch.
 */
import { type Cadence, dueBetween, dueOfDay, type Stretch, type WorkingHours } from './slots.ts';

/** `ahead`: not due yet, within its grace, or it may still be told. `unwatched`: nothing came, and nothing was expected. */
export type SlotState = 'on_time' | 'late' | 'missing' | 'ahead' | 'unwatched';

export interface Slot {
  readonly dueAt: number;
  readonly state: SlotState;
  /** When the late message came, or the early one of a moment that is still ahead; null otherwise. */
  readonly cameAt: number | null;
}

/** A late message needs this share of the step between itself and the message of the next due moment. */
const LATE_GAP_SHARE = 0.25;

/** What keeps a due moment without a message from being a missed one. */
export interface Allowances {
  /** Planned works that are over: a moment whose message was due while they lasted is not missed. */
  readonly excused?: readonly Stretch[];
  /**
   * Nobody took messages in from `from` on, and until `to` the sources repeat what they could not tell: a moment whose grace
   * ends between them is not judged before.
   */
  readonly untold?: Stretch | null;
}

const isExcused = (cadence: Cadence, dueAt: number, { excused = [] }: Allowances): boolean =>
  excused.some(({ from, to }) => dueAt + cadence.graceMs >= from && dueAt <= to);

const mayBeTold = (closesAt: number, now: number, { untold = null }: Allowances): boolean =>
  untold !== null && now <= untold.to && closesAt >= untold.from && closesAt <= untold.to;

export interface RhythmInput extends Allowances {
  readonly cadence: Cadence;
  readonly working: WorkingHours;
  readonly now: number;
  /** Arrivals around the day in any order: from before its first window on, up to now. */
  readonly arrivals: readonly number[];
  /** First arrival that is known at all, or {@link expectedFrom} when that is earlier; null: nothing is expected yet. */
  readonly firstAt: number | null;
  /** {@link expectedFrom}: what is missing before was not watched for; null: everything known was. */
  readonly expectedFrom?: number | null;
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
  const missing = (dueAt: number): Slot => {
    const closesAt = dueAt + graceMs;
    const isUnwatched = closesAt < (input.expectedFrom ?? 0) || isExcused(cadence, dueAt, input);
    const state = isUnwatched ? 'unwatched' : mayBeTold(closesAt, now, input) ? 'ahead' : 'missing';
    return { dueAt, state, cameAt: null };
  };
  return dues.map((dueAt, index): Slot => {
    const opensAt = (index === 0 ? before : (dues[index - 1] ?? before)) + graceMs;
    const closesAt = dueAt + graceMs;
    const own = arrivals[indexAfter(arrivals, opensAt)];
    const isServed = own !== undefined && own <= closesAt;
    // What came early is not waited for any more, and its moment is still to come.
    if (dueAt > now) return { dueAt, state: 'ahead', cameAt: isServed ? own : null };
    if (firstAt === null || firstAt > closesAt) return { dueAt, state: 'unwatched', cameAt: null };
    if (isServed) return { dueAt, state: 'on_time', cameAt: null };
    if (now <= closesAt) return { dueAt, state: 'ahead', cameAt: null };
    const nextDue = dues[index + 1] ?? following;
    const nextCloses = nextDue + graceMs;
    const late = own !== undefined && own <= nextCloses ? own : undefined;
    if (late === undefined) return missing(dueAt);
    const gap = (nextDue - dueAt) * LATE_GAP_SHARE;
    const ofNext = arrivals[indexAfter(arrivals, late + gap)];
    const nextIsServed = now <= nextCloses || (ofNext !== undefined && ofNext <= nextCloses);
    return nextIsServed ? { dueAt, state: 'late', cameAt: late } : missing(dueAt);
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

export interface SilenceInput extends Allowances {
  readonly lastAt: number | null;
  readonly watchedSince?: number | null;
  readonly now: number;
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
 * Whether a source is silent now, by its last message alone: what came before has been judged. One that did not speak since
 * Pult began to watch it, ever or again, is judged as if it had spoken then.
 */
export function silenceOf(
  cadence: Cadence | undefined,
  { lastAt, watchedSince = null, now, ...allowances }: SilenceInput,
  working: WorkingHours,
): Silence {
  if (cadence === undefined || (lastAt === null && watchedSince === null)) return UNKNOWN;
  const last = Math.min(Math.max(lastAt ?? watchedSince ?? 0, watchedSince ?? lastAt ?? 0), now);
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
    if (isExcused(cadence, dueAt, allowances)) continue;
    const closesAt = dueAt + cadence.graceMs;
    if (now <= closesAt || mayBeTold(closesAt, now, allowances))
      return { expectedAt: silentSince ?? dueAt, silentSince, missed };
    silentSince ??= dueAt;
    missed += 1;
  }
  return { expectedAt: silentSince, silentSince, missed };
}
