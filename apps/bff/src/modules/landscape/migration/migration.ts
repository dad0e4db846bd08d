/** Migrations of flows to the bus: stages, the comparison of both channels, the conditions of the next stage. */

import { inTransaction } from '../../../platform/db/database.ts';
import { isDatabaseUnavailable } from '../../../platform/db/database-errors.ts';
import type { Ticker } from '../../../platform/jobs/ticker.ts';
import type { Logger } from '../../../platform/telemetry/logger.ts';
import type { ExchangeActivity } from '../ports.ts';
import { healthySinceAfter, lastFailureEnd, unseen } from './health.ts';
import { type MigrationPlan, plansOf } from './plans.ts';
import { compareRound } from './rounds.ts';
import { createMigrationService, type MigrationDeps, type MigrationService } from './service.ts';
import { healthNoted, saveHealthy } from './stage-store.ts';
import { stagesNow } from './stages.ts';

const ROUND_MS = 5_000;
const HEALTH_MS = 30_000;

export interface Migrations extends MigrationService {
  /** One round of the comparison of every flow that is compared; what the ticker does. */
  compare(): Promise<number>;
  /** Notes since when the flows of each migration are healthy. */
  watchHealth(): Promise<void>;
  start(ticker: Ticker): void;
}

/** What the module needs of others; the health of the flows is its own. */
export type MigrationParts = Omit<MigrationDeps, 'health'> & {
  readonly activity: Pick<ExchangeActivity, 'volume'>;
  readonly log: Logger;
};

export function createMigrations(deps: MigrationParts & Pick<MigrationDeps, 'health'>): Migrations {
  const { db, clock, live, log } = deps;
  const service = createMigrationService(deps);
  const plans = [...plansOf(deps.file).values()];

  const compare = async (): Promise<number> => {
    const stages = await stagesNow(db, plans);
    let changed = 0;
    for (const plan of plans) {
      const stage = stages.get(plan.old.id);
      if (!stage) continue;
      try {
        const moved = await compareRound(deps, plan, { ...stage, now: clock.now() });
        if (moved > 0) live.announce('landscape', [plan.old.id, plan.bus.id]);
        changed += moved;
      } catch (error) {
        // One flow whose content cannot be compared holds up no other.
        if (isDatabaseUnavailable(error)) throw error;
        log.error({ err: error, flow: plan.old.id }, 'the channels of a flow were not compared');
      }
    }
    return changed;
  };

  const watch = async (plan: MigrationPlan, healthy: boolean): Promise<void> => {
    const now = clock.now();
    await inTransaction(db, async (tx) => {
      const known = await healthNoted(tx, plan.old.id);
      // Where nobody looked, what the flows carried says since when they have not failed.
      const begun = healthy && unseen(known, now) ? await lastFailureEnd(deps.activity, plan, now) : null;
      await saveHealthy(tx, plan.old.id, { since: healthySinceAfter(known, { healthy, begun, now }), now });
    });
  };

  const watchHealth = async (): Promise<void> => {
    if (plans.length === 0) return;
    const health = await deps.health();
    for (const plan of plans)
      await watch(
        plan,
        [plan.old.id, plan.bus.id].every((id) => health.get(id) === 'ok'),
      );
  };

  return {
    ...service,
    compare,
    watchHealth,
    start: (ticker) => {
      if (plans.length === 0) return;
      ticker.alone(ROUND_MS, 'landscape.shadow', async () => {
        await compare();
      });
      ticker.alone(HEALTH_MS, 'landscape.migration-health', watchHealth);
    },
  };
}
