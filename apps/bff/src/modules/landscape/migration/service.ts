/** Migrations of flows: what they show, and what people decide about them. */

import type { HealthStatus } from '@pult/shared/contracts/counters';
import type { EndpointInput, EndpointReply } from '@pult/shared/contracts/endpoint';
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type {
  FlowMigration,
  MigrationView,
  shadowExplain,
  shadowPairs,
  shadowReport,
} from '@pult/shared/contracts/migration';
import { conditionsOf, notBefore } from '@pult/shared/domain/migration/readiness';
import { earlierStages, isCompared, moveOf, nextStage, STAGES, truthOf } from '@pult/shared/domain/migration/stages';
import { AppError, assertThat } from '@pult/shared/errors/app-error';
import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { newId } from '../../../platform/ids.ts';
import type { Live } from '../../../platform/live/live.ts';
import { recordAudit } from '../../audit/index.ts';
import type { WorkingTime } from '../ports.ts';
import { startOfHouseDay } from './days.ts';
import { explain, unexplain } from './explain.ts';
import { isStale, readinessFacts, stageBegin } from './facts.ts';
import { type MigrationPlan, plansOf } from './plans.ts';
import type { Sides } from './ports.ts';
import { exportPairs, readPairs, readReport } from './report.ts';
import { shares } from './report-store.ts';
import { lockComparison, progressOf } from './rounds.ts';
import { insertRollbackCheck, insertStage } from './stage-store.ts';
import { type StageNow, stagesNow } from './stages.ts';
import { type By, whoOf } from './who.ts';

const DAY_MS = 86_400_000;
/** The overview is asked for all the time; what a flow still needs changes slowly. */
const READINESS_FOR_MS = 30_000;

export interface MigrationDeps {
  readonly db: Db;
  readonly file: LandscapeFile;
  readonly clock: Clock;
  readonly live: Pick<Live, 'announce'>;
  readonly sides: Sides;
  readonly working: Pick<WorkingTime, 'intervals'>;
  /** Health of every flow now. */
  readonly health: () => Promise<ReadonlyMap<string, HealthStatus>>;
}

export type MigrationService = ReturnType<typeof createMigrationService>;

export function createMigrationService(deps: MigrationDeps) {
  const { db, clock } = deps;
  const plans = plansOf(deps.file);

  const planOf = (flowId: string): MigrationPlan => {
    assertThat(
      deps.file.flows.some(({ id }) => id === flowId),
      'flow.not_found',
      { flowId },
    );
    const plan = plans.get(flowId);
    if (!plan) throw new AppError('migration.not_found', { flowId });
    return plan;
  };
  const stageOf = async (inner: Db, plan: MigrationPlan): Promise<StageNow> => {
    const stage = (await stagesNow(inner, [plan])).get(plan.old.id);
    if (!stage) throw new AppError('migration.not_found', { flowId: plan.old.id });
    return stage;
  };
  const announce = ({ old, bus }: MigrationPlan): void => deps.live.announce('landscape', [old.id, bus.id]);

  const judged = async (inner: Db, plan: MigrationPlan, stage: StageNow) => {
    const progress = await progressOf(inner, plan.old.id);
    const facts = await readinessFacts(inner, plan, stage, {
      working: deps.working,
      busConnected: plan.bus.watched,
      firstAt: progress?.firstAt ?? null,
      comparedAt: progress?.comparedAt ?? null,
      now: clock.now(),
    });
    return { progress, conditions: conditionsOf(facts) };
  };

  const view = async (flowId: string): Promise<MigrationView> => {
    const plan = planOf(flowId);
    const stage = await stageOf(db, plan);
    const { progress, conditions } = await judged(db, plan, stage);
    const now = clock.now();
    const since = isCompared(stage.stage) ? stageBegin(stage, progress?.firstAt ?? null) : stage.since;
    const { days, share, lossDays, waitMs } = plan.shadow;
    return {
      now: iso(now),
      flow: { id: plan.old.id, title: plan.old.title },
      bus: { id: plan.bus.id, title: plan.bus.title },
      types: [...plan.types],
      stage: stage.stage,
      version: stage.version,
      since: since === null ? null : iso(since),
      truth: truthOf(stage.stage),
      history: stage.history.map(({ version, stage: to, from, at, by, reason }) => ({
        version,
        stage: to,
        from,
        at: at.toISOString(),
        by,
        reason,
      })),
      conditions: conditions.map(({ code, met, data }) => ({ code, met, data: { ...data } })),
      ready: conditions.length > 0 && conditions.every(({ met }) => met),
      notBefore: notBefore(conditions),
      next: nextStage(stage.stage),
      back: earlierStages(stage.stage),
      rules: { days, share, lossDays, waitMs },
      comparedAt: progress ? iso(progress.comparedAt) : null,
      stale: isStale(stage, progress?.comparedAt ?? null, now),
    };
  };

  /** Begin of the comparison that a report speaks of, ms. */
  const comparedSince = async (plan: MigrationPlan): Promise<number | null> => {
    const [stage, progress] = await Promise.all([stageOf(db, plan), progressOf(db, plan.old.id)]);
    return stage.comparedSince ?? progress?.firstAt ?? null;
  };
  const seesContent = (actor: Actor): boolean =>
    actor.kind === 'person' && actor.permissions.includes('messages.payload');

  const readiness = new Map<string, { at: number; version: number; next: FlowMigration['next'] }>();
  /** What a flow needs for its next stage; asked anew for another version of its stage. */
  const nextOf = async (plan: MigrationPlan, stage: StageNow): Promise<FlowMigration['next']> => {
    const next = nextStage(stage.stage);
    if (next === null) return null;
    const now = clock.now();
    const known = readiness.get(plan.old.id);
    if (known && known.version === stage.version && now - known.at < READINESS_FOR_MS) return known.next;
    const { conditions } = await judged(db, plan, stage);
    const unmet = conditions.filter(({ met }) => !met).map(({ code }) => code);
    const found = { stage: next, met: conditions.length - unmet.length, of: conditions.length, unmet };
    readiness.set(plan.old.id, { at: now, version: stage.version, next: found });
    return found;
  };

  return {
    view,

    /** Flows of both sides with where they stand, for the overview. */
    async overview(): Promise<Map<string, FlowMigration>> {
      const all = [...plans.values()];
      const stages = await stagesNow(db, all);
      const since = startOfHouseDay(clock.now()) - 6 * DAY_MS;
      const sums = await shares(
        db,
        all.map(({ old }) => old.id),
        since,
      );
      const result = new Map<string, FlowMigration>();
      const rank = (stage: FlowMigration['stage']): number => STAGES.indexOf(stage);
      for (const plan of all) {
        const { old, bus } = plan;
        const stage = stages.get(old.id);
        const { pairs, good } = sums.get(old.id) ?? { pairs: 0, good: 0 };
        if (!stage) continue;
        const compared = isCompared(stage.stage) && pairs > 0;
        const one = {
          stage: stage.stage,
          since: stage.since === null ? null : iso(stage.since),
          share: compared ? good / pairs : null,
          pairs: compared ? pairs : 0,
          next: await nextOf(plan, stage),
        };
        result.set(old.id, { role: 'old', partner: bus.id, ...one });
        // A flow over the bus that takes over several speaks of the one that has come furthest.
        const known = result.get(bus.id);
        if (!known || rank(one.stage) > rank(known.stage)) result.set(bus.id, { role: 'bus', partner: old.id, ...one });
      }
      return result;
    },

    async changeStage(
      flowId: string,
      request: { to: MigrationView['stage']; version: number; reason: string },
      by: By,
    ): Promise<MigrationView> {
      const plan = planOf(flowId);
      const { to, reason } = request;
      await inTransaction(db, async (tx) => {
        await lockComparison(tx, flowId);
        const { stage, version } = await stageOf(tx, plan);
        assertThat(version === request.version, 'migration.changed', { stage, version });
        const move = moveOf(stage, to);
        assertThat(move !== null, 'migration.wrong_stage', { from: stage, to });
        if (move === 'forward') {
          const { conditions } = await judged(tx, plan, await stageOf(tx, plan));
          const missing = conditions.filter(({ met }) => !met).map(({ code }) => code);
          assertThat(missing.length === 0, 'migration.not_ready', { missing });
        }
        const now = clock.now();
        const added = await insertStage(tx, {
          flowId,
          version: version + 1,
          stage: to,
          from: stage,
          at: now,
          reason,
          ...whoOf(by),
        });
        assertThat(added, 'migration.changed', { version });
        await recordAudit(tx, {
          actor: by.actor,
          action: move === 'forward' ? 'migration.forward' : 'migration.back',
          objectKind: 'flow',
          objectId: flowId,
          before: { stage },
          after: { stage: to, version: version + 1 },
          reason,
          requestId: by.requestId,
          at: new Date(now),
        });
      });
      announce(plan);
      return view(flowId);
    },

    async rollbackChecked(flowId: string, reason: string, by: By): Promise<MigrationView> {
      const plan = planOf(flowId);
      await inTransaction(db, async (tx) => {
        const now = clock.now();
        await insertRollbackCheck(tx, { id: newId(), flowId, at: now, reason, ...whoOf(by) });
        await recordAudit(tx, {
          actor: by.actor,
          action: 'migration.rollback_checked',
          objectKind: 'flow',
          objectId: flowId,
          reason,
          requestId: by.requestId,
          at: new Date(now),
        });
      });
      announce(plan);
      return view(flowId);
    },

    async report(
      flowId: string,
      query: EndpointInput<typeof shadowReport>['query'],
      actor: Actor,
    ): Promise<EndpointReply<typeof shadowReport>> {
      const plan = planOf(flowId);
      return readReport(db, {
        flowId,
        period: query.period,
        since: await comparedSince(plan),
        now: clock.now(),
        content: seesContent(actor),
      });
    },

    async pairs(
      flowId: string,
      { cursor, limit, ...filter }: EndpointInput<typeof shadowPairs>['query'],
      actor: Actor,
    ): Promise<EndpointReply<typeof shadowPairs>> {
      planOf(flowId);
      return readPairs(db, { flowId, filter, cursor, limit, content: seesContent(actor), now: clock.now() });
    },

    async pairsCsv(
      flowId: string,
      filter: Omit<EndpointInput<typeof shadowPairs>['query'], 'cursor' | 'limit'>,
    ): Promise<string> {
      planOf(flowId);
      return exportPairs(db, flowId, filter);
    },

    async explain(
      flowId: string,
      request: EndpointInput<typeof shadowExplain>['body'],
      by: By,
    ): Promise<EndpointReply<typeof shadowExplain>> {
      const plan = planOf(flowId);
      const done = await explain({ db, clock }, { flowId, ...request }, by);
      announce(plan);
      return done;
    },

    async unexplain(
      request: { flowId: string; explanationId: string; reason: string },
      by: By,
    ): Promise<{ pairs: number }> {
      const plan = planOf(request.flowId);
      const done = await unexplain({ db, clock }, request, by);
      announce(plan);
      return done;
    },
  };
}

const iso = (at: number): string => new Date(at).toISOString();
