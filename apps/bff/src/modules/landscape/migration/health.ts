/** Since when the two flows of a migration are healthy. */
import type { ExchangeActivity } from '../ports.ts';
import type { MigrationPlan } from './plans.ts';
import type { HealthNoted } from './stage-store.ts';

const HOUR_MS = 3_600_000;
/** How far back the first look goes. */
const LOOK_BACK_MS = 7 * 24 * HOUR_MS;

/** Nobody looked for longer than this: what happened meanwhile has to be read from what the flows carried. */
const UNSEEN_AFTER_MS = 5 * 60_000;

/** Whether the past since the last look is unknown. */
export const unseen = (known: HealthNoted | undefined, now: number): boolean =>
  known === undefined || now - known.checkedAt > UNSEEN_AFTER_MS;

/**
 * The next value of «healthy since». `begun`: since when the flows have not failed, by what they carried; asked after a time in
 * which nobody looked, and null when they do not say.
 */
export function healthySinceAfter(
  known: HealthNoted | undefined,
  look: { readonly healthy: boolean; readonly begun: number | null; readonly now: number },
): number | null {
  if (!look.healthy) return null;
  if (!unseen(known, look.now)) return known?.since ?? look.now;
  const begun = look.begun ?? look.now;
  return known === undefined ? begun : Math.max(known.since ?? look.now, begun);
}

/** End of the last hour with a failure in either flow, else the first hour with traffic in both; null without traffic. */
export async function lastFailureEnd(
  activity: Pick<ExchangeActivity, 'volume'>,
  { old, bus }: MigrationPlan,
  now: number,
): Promise<number | null> {
  const range = { from: Math.floor((now - LOOK_BACK_MS) / HOUR_MS) * HOUR_MS, to: now, bucketMs: HOUR_MS };
  const flows = await Promise.all([old, bus].map(({ id }) => activity.volume({ ...range, flowId: id })));
  const starts = flows.map((buckets) => {
    const failed = buckets.findLast(({ failed: count }) => count > 0);
    return failed ? Math.min(failed.at + HOUR_MS, now) : (buckets.find(({ applied }) => applied > 0)?.at ?? null);
  });
  return starts.includes(null) ? null : Math.max(...starts.map((at) => at ?? now));
}
