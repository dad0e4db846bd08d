/** Whether the services of a system live, by the heartbeats of their instances. Pure; instants in ms since the epoch. */
import type { SystemConfig } from '@pult/shared/contracts/landscape-file';

export type ExpectedService = SystemConfig['heartbeats'][number];

/** One instance as it was seen last. */
export interface Beat {
  readonly systemId: string;
  readonly service: string;
  readonly instance: string;
  readonly lastAt: number;
}

/** Beats that may be missed in a row: one is lost on the way, one falls into a restart. */
const BEATS_MISSED = 3;
/** A service that the landscape does not name is taken to beat this often. */
const USUAL_MS = 60_000;
/** An instance that was replaced (a restart gives a new name) is forgotten after this long. */
const FORGOTTEN_AFTER_MS = 6 * 3_600_000;

export interface ServiceLife {
  readonly service: string;
  readonly expected: number | null;
  readonly everyMs: number | null;
  readonly alive: number;
  readonly state: 'ok' | 'missing' | 'silent' | 'unknown';
  readonly since: number | null;
  readonly lastAt: number | null;
  readonly instances: readonly { readonly instance: string; readonly lastAt: number; readonly alive: boolean }[];
}

const aliveUntil = (beat: Beat, everyMs: number): number => beat.lastAt + BEATS_MISSED * everyMs;

/**
 * The life of one service. Instances are told apart by their last word; too few of them are missed since the last word of the
 * youngest that is gone. What was never seen is unknown: a service that was never started is no failure of today.
 */
export function serviceLife(
  service: string,
  { expected, beats, now }: { expected: ExpectedService | undefined; beats: readonly Beat[]; now: number },
): ServiceLife {
  const everyMs = expected?.everyMs ?? USUAL_MS;
  const newest = [...beats].sort(
    (one, other) => other.lastAt - one.lastAt || one.instance.localeCompare(other.instance),
  );
  const gone = newest.filter((beat) => aliveUntil(beat, everyMs) < now);
  const alive = newest.length - gone.length;
  const needed = expected?.instances ?? null;
  const short = needed !== null && newest.length > 0 && alive < needed;
  return {
    service,
    expected: needed,
    everyMs: expected?.everyMs ?? null,
    alive,
    state: needed === null || newest.length === 0 ? 'unknown' : !short ? 'ok' : alive === 0 ? 'silent' : 'missing',
    since: short ? (gone[0]?.lastAt ?? newest[0]?.lastAt ?? null) : null,
    lastAt: newest[0]?.lastAt ?? null,
    instances: newest.map((beat) => ({
      instance: beat.instance,
      lastAt: beat.lastAt,
      alive: aliveUntil(beat, everyMs) >= now,
    })),
  };
}

/** Nobody is forgotten sooner than this, ms, whatever the service. */
export const oldestKept = (now: number): number => now - FORGOTTEN_AFTER_MS;

/**
 * Instances that were heard last before this moment, ms, are gone for good: silent for {@link FORGOTTEN_AFTER_MS} while as
 * many as are needed live without them. A service that is short of instances forgets none of the `shown` newest, so that
 * its last word stays on the screen; null: none at all.
 */
export function forgottenBefore(life: ServiceLife, { now, shown }: { now: number; shown: number }): number | null {
  const before = Math.min(oldestKept(now), now - BEATS_MISSED * (life.everyMs ?? USUAL_MS));
  if (life.state === 'ok' || life.state === 'unknown') return before;
  const oldest = life.instances[shown - 1];
  return oldest === undefined ? null : Math.min(before, oldest.lastAt);
}
