import type { Clock } from '../../platform/clock.ts';

/** A login that was refused and is not repeated before a moment; instants in ms since the epoch. */
export interface RefusedLogin {
  /** First refusal since the login was last good. */
  readonly since: number;
  /** Not repeated before; past: the next call tries it once. */
  readonly until: number;
  readonly refusals: number;
}

/**
 * Stands between Pult and an account that refuses its password: after a refusal nothing is sent until a pause is over, then
 * one request alone, and each further refusal makes the pause longer. Several pollers that repeat a wrong password would
 * lock the account for everybody who shares it. One hold for all ways to a system, since all carry the same account.
 */
export interface LoginHold {
  /** A turn to send the login; null while it may not be sent. Every turn is ended by {@link LoginTurn.end}. */
  enter(): LoginTurn | null;
  /** Lets the next request through, as after a check that was let in. */
  release(): void;
  state(): RefusedLogin | null;
}

export interface LoginTurn {
  /** `way`: which of the ways to the system; a good answer by another one says nothing about this one. */
  refused(way: object): void;
  accepted(way: object): void;
  end(): void;
}

const MINUTE_MS = 60_000;
/** Of the first, second … refusal in a row; the last one stays. */
export const LOGIN_PAUSES_MS = [MINUTE_MS, 5 * MINUTE_MS, 15 * MINUTE_MS, 60 * MINUTE_MS];

export function createLoginHold(clock: Clock, pausesMs: readonly number[] = LOGIN_PAUSES_MS): LoginHold {
  let held: RefusedLogin | null = null;
  let refusedWay: object | null = null;
  let probing = false;
  let turns = 0;
  /** Turns up to this one began before the last verdict: what they say is old news. */
  let judgedUpTo = 0;
  return {
    enter: () => {
      const isProbe = held !== null;
      if (held !== null && (probing || clock.now() < held.until)) return null;
      probing = isProbe;
      turns += 1;
      const turn = turns;
      return {
        refused: (way) => {
          if (turn <= judgedUpTo) return;
          const refusals = (held?.refusals ?? 0) + 1;
          const pause = pausesMs[Math.min(refusals, pausesMs.length) - 1] ?? 0;
          held = { since: held?.since ?? clock.now(), until: clock.now() + pause, refusals };
          refusedWay = way;
          judgedUpTo = turns;
        },
        accepted: (way) => {
          if (turn <= judgedUpTo || held === null || refusedWay !== way) return;
          held = null;
          judgedUpTo = turns;
        },
        end: () => {
          if (isProbe) probing = false;
        },
      };
    },
    release: () => {
      held = null;
      judgedUpTo = turns;
    },
    state: () => held,
  };
}
