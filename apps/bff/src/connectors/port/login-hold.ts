import type { Clock } from '../../platform/clock.ts';

/** A login that was refused and is not repeated before a moment; instants in ms since the epoch. */
export interface RefusedLogin {
  /** First refusal since the login was last good. */
  readonly since: number;
  /** Not repeated before; past: the next call tries it once. */
  readonly until: number;
  readonly refusals: number;
}

/** Words of a refusal. */
export interface RefusalReason {
  readonly code: string;
  readonly text: string;
}

/**
 * Stands between Pult and an account that its system locks after wrong passwords: after a refusal nothing is sent until a
 * pause is over, then one request alone, and the next refusal makes the pause longer. One hold for all ways to a system,
 * since all carry the same account. A way that was answered well just before goes on by itself: a refusal of one path only
 * says nothing about the password.
 */
export interface LoginHold {
  /** A turn to send the login by this way; null while it may not be sent. Every turn is ended by {@link LoginTurn.end}. */
  enter(way: string): LoginTurn | null;
  /** Lets the next request through, as after a check that was let in. */
  release(): void;
  state(): RefusedLogin | null;
  /** What holds this way; null for a way that goes on. */
  stateOf(way: string): RefusedLogin | null;
  /** Ways that were refused since the hold began. */
  refusedWays(): string[];
  /** Another instance heard a verdict: what is under way here is older. Null: the login is good again. */
  adopt(verdict: { readonly held: RefusedLogin; readonly ways: readonly string[] } | null): void;
  /** Another instance was refused by these ways, too, for the same verdict. */
  refusedAlso(ways: readonly string[]): void;
}

export interface LoginTurn {
  /** Tries a login that was refused: one such request alone. */
  readonly isProbe: boolean;
  refused(reason: RefusalReason): void;
  accepted(): void;
  end(): void;
}

const MINUTE_MS = 60_000;
/**
 * Of the first, second … refusal in a row; the last one stays. Long, since 1С locks an account after three wrong passwords
 * by default and people log in with it, too; a check that was let in ends a pause at once.
 */
export const LOGIN_PAUSES_MS = [15 * MINUTE_MS, 60 * MINUTE_MS];
/** So long a good answer speaks for its way. */
export const GOOD_FOR_MS = 5 * MINUTE_MS;

/** The words of the system stay with the instance that heard them. */
const REFUSED_ELSEWHERE: RefusalReason = { code: 'source.unauthorized', text: '' };

export interface LoginHoldOptions {
  readonly pausesMs?: readonly number[];
  /** Called once when the hold begins, with the refusal, and once when it ends, with null. */
  readonly onChange?: (reason: RefusalReason | null) => void;
}

export function createLoginHold(clock: Clock, options: LoginHoldOptions = {}): LoginHold {
  const { pausesMs = LOGIN_PAUSES_MS, onChange } = options;
  let held: RefusedLogin | null = null;
  let refusedWays = new Set<string>();
  const goodAt = new Map<string, number>();
  let probing = false;
  let turns = 0;
  /** Turns up to this one began before the last verdict: what they say is old news. */
  let judgedUpTo = 0;

  const stateOf = (way: string): RefusedLogin | null => {
    const good = goodAt.get(way);
    return good !== undefined && clock.now() - good <= GOOD_FOR_MS ? null : held;
  };
  const end = (): void => {
    const wasHeld = held !== null;
    held = null;
    refusedWays = new Set();
    judgedUpTo = turns;
    if (wasHeld) onChange?.(null);
  };
  const refusedAlso = (ways: readonly string[]): void => {
    if (held === null) return;
    for (const way of ways) {
      if (!refusedWays.has(way)) goodAt.delete(way);
      refusedWays.add(way);
    }
  };
  return {
    enter: (way) => {
      const holds = stateOf(way);
      const isProbe = holds !== null;
      if (holds !== null && (probing || clock.now() < holds.until)) return null;
      probing ||= isProbe;
      turns += 1;
      const turn = turns;
      return {
        isProbe,
        refused: (reason) => {
          goodAt.delete(way);
          const before = held;
          const isNews = turn > judgedUpTo;
          // A second way is refused, too: it is the account, and no way goes on.
          if (isNews && before !== null && !refusedWays.has(way)) goodAt.clear();
          if (isNews || before !== null) refusedWays.add(way);
          if (!isNews) return;
          const refusals = (before?.refusals ?? 0) + 1;
          const pause = pausesMs[Math.min(refusals, pausesMs.length) - 1] ?? 0;
          held = { since: before?.since ?? clock.now(), until: clock.now() + pause, refusals };
          judgedUpTo = turns;
          if (before === null) onChange?.(reason);
        },
        accepted: () => {
          const isNews = turn > judgedUpTo;
          if (isNews && held !== null && refusedWays.has(way)) end();
          if (isNews || !refusedWays.has(way)) goodAt.set(way, clock.now());
        },
        end: () => {
          if (isProbe) probing = false;
        },
      };
    },
    release: end,
    state: () => held,
    stateOf,
    refusedWays: () => [...refusedWays],
    adopt: (verdict) => {
      if (verdict === null) return end();
      const wasHeld = held !== null;
      held = verdict.held;
      judgedUpTo = turns;
      refusedWays = new Set();
      refusedAlso(verdict.ways);
      if (verdict.ways.length > 1) goodAt.clear();
      if (!wasHeld) onChange?.(REFUSED_ELSEWHERE);
    },
    refusedAlso,
  };
}
