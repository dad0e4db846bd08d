/** What the conditions of the next stage are judged by, gathered from the stores. */
import { quantileMs } from '@pult/shared/domain/metrics/latency-histogram';
import type { ComparedDay, ReadinessFacts } from '@pult/shared/domain/migration/readiness';
import { isCompared } from '@pult/shared/domain/migration/stages';
import type { Db } from '../../../platform/db/database.ts';
import type { WorkingTime } from '../ports.ts';
import { houseDate, startOfHouseDay } from './days.ts';
import { unjudgedPairs } from './pair-store.ts';
import type { MigrationPlan } from './plans.ts';
import { histogramOf, stepCounts } from './report-store.ts';
import { healthNoted, rollbackCheck } from './stage-store.ts';
import type { StageNow } from './stages.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Far enough for any number of working days that the file may ask for. */
const DAYS_AHEAD = 120;

export interface FactSources {
  readonly working: Pick<WorkingTime, 'intervals'>;
  /** Whether events of the bus flow reach Pult. */
  readonly busConnected: boolean;
  /** First message of the bus that is compared, ms. */
  readonly firstAt: number | null;
  /** Last round of the comparison, ms; null: none yet. */
  readonly comparedAt: number | null;
  readonly now: number;
}

/** A comparison that has not run for this long is said to stand still. */
const STALE_AFTER_MS = 5 * 60_000;

/** Whether the comparison should run and does not: what it found last says nothing about the time since. */
export const isStale = (stage: StageNow, comparedAt: number | null, now: number): boolean =>
  isCompared(stage.stage) && (comparedAt === null || now - comparedAt > STALE_AFTER_MS);

/** Begin of the present stage: a person's, else the first message that was compared. */
export const stageBegin = (stage: StageNow, firstAt: number | null): number | null => stage.since ?? firstAt;

export async function readinessFacts(
  db: Db,
  plan: MigrationPlan,
  stage: StageNow,
  sources: FactSources,
): Promise<ReadinessFacts> {
  const { now, firstAt, comparedAt } = sources;
  const flowId = plan.old.id;
  const since = stageBegin(stage, firstAt);
  const span = { from: since === null ? now : Math.floor(since / HOUR_MS) * HOUR_MS, to: now + 1 };
  const [counts, old, bus, healthy, rollback, unjudged] = await Promise.all([
    since === null ? [] : stepCounts(db, flowId, { ...span, stepMs: DAY_MS }),
    histogramOf(db, flowId, { ...span, measure: 'old' }),
    histogramOf(db, flowId, { ...span, measure: 'bus' }),
    healthNoted(db, flowId),
    rollbackCheck(db, flowId, stage.comparedSince ?? 0),
    // What came due after the last round waits for the next one; what is older is a backlog.
    unjudgedPairs(db, flowId, comparedAt ?? 0),
  ]);
  const total = (of: (one: (typeof counts)[number]) => boolean): number =>
    counts.reduce((sum, one) => (of(one) ? sum + one.count : sum), 0);
  const { days, share, lossDays, healthyMs, waitMs } = plan.shadow;
  return {
    stage: stage.stage,
    now,
    rules: { days, share, lossDays, healthyMs },
    days:
      since === null
        ? []
        : comparedDays({
            since,
            now,
            judgedUntil: Math.min((comparedAt ?? 0) - waitMs, unjudged.oldestAt ?? Number.POSITIVE_INFINITY),
            working: sources.working,
            counts,
          }),
    unjudged: unjudged.count,
    unexplained: total(({ outcome, explained }) => outcome === 'differs' && !explained),
    differing: total(({ outcome }) => outcome === 'differs'),
    // While nothing is compared, nobody knows whether the flows carry the same.
    healthySince: isStale(stage, comparedAt, now) ? null : (healthy?.since ?? null),
    busConnected: sources.busConnected,
    latency: { oldP95Ms: quantileMs(old, 0.95), busP95Ms: quantileMs(bus, 0.95) },
    rollback: rollback && { at: rollback.at.getTime(), by: rollback.by },
    retryTopic: plan.retryTopic,
    workingAhead: workingDates(sources.working, startOfHouseDay(now)),
  };
}

const isWorked = (working: Pick<WorkingTime, 'intervals'>, startsAt: number): boolean =>
  working.intervals(startsAt, startsAt + DAY_MS).length > 0;

function comparedDays(facts: {
  since: number;
  now: number;
  /** Messages before this moment are waited for no more, ms. */
  judgedUntil: number;
  working: Pick<WorkingTime, 'intervals'>;
  counts: readonly { at: number; outcome: string; explained: boolean; count: number }[];
}): ComparedDay[] {
  const days: ComparedDay[] = [];
  for (let at = startOfHouseDay(facts.since); at <= facts.now; at += DAY_MS) {
    const own = facts.counts.filter((one) => one.at === at && one.outcome !== 'neither');
    const total = (of: (one: (typeof own)[number]) => boolean): number =>
      own.reduce((sum, one) => (of(one) ? sum + one.count : sum), 0);
    days.push({
      date: houseDate(at),
      working: isWorked(facts.working, at),
      full: at >= facts.since && at + DAY_MS <= facts.judgedUntil,
      pairs: total(() => true),
      good: total(({ outcome, explained }) => outcome === 'same' || explained),
      lost: total(({ outcome }) => outcome === 'only_old'),
    });
  }
  return days;
}

function workingDates(working: Pick<WorkingTime, 'intervals'>, from: number): string[] {
  return Array.from({ length: DAYS_AHEAD }, (_, index) => from + index * DAY_MS)
    .filter((at) => isWorked(working, at))
    .map(houseDate);
}
