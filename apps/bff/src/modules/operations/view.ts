import type {
  OperationCounts,
  OperationDetail,
  OperationItem,
  OperationLogEntry,
  OperationSummary,
} from '@pult/shared/contracts/operations';
import { shownText } from '@pult/shared/domain/delivery/open-words';
import { isFinal } from '@pult/shared/domain/operation/operation-state';
import { estimateMs } from '@pult/shared/domain/operation/rate';
import { readStopRule, STAGE_IDS, type StageId, stageSize } from '@pult/shared/domain/operation/stages';
import { sql } from 'kysely';
import type { OperationContext } from './context.ts';
import { newestOutcomes, outcomeOf, type StageNumbers, stageNumbers } from './item-store.ts';
import type { ItemRow, OperationRow, StoredCounts } from './rows.ts';
import type { Holder } from './rules.ts';
import { logOf } from './store.ts';

/** What the screens get: rows of the database as the contract names them. */

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

export function countsView(counts: StoredCounts): OperationCounts {
  const { pending, verifying, sending, sent, applied, done, failed, skipped, returned } = counts;
  const shown = {
    pending,
    waitingPrevious: counts.waiting_previous,
    inProgress: verifying + sending + sent,
    applied,
    alreadyApplied: counts.already_applied,
    done,
    failed,
    inDoubt: counts.in_doubt,
    skipped,
    returned,
  };
  return { total: Object.values(shown).reduce((sum, n) => sum + n, 0), ...shown, ineligible: counts.ineligible };
}

/** Reasons are words of people, and may name one where messages carry them: of such an operation only those that name nobody. */
function wordsOf(flows: OperationContext['flows'], row: OperationRow): (text: string) => string {
  const personal = row.flows.some((id) => flows.get(id)?.personalData);
  return (text) => shownText(text, { personalData: personal });
}

/** Log lines as they are shown: the reason that a person gave is one of their data. */
async function logView(
  { db, flows }: Pick<OperationContext, 'db' | 'flows'>,
  row: OperationRow,
  limit: number,
): Promise<OperationLogEntry[]> {
  const words = wordsOf(flows, row);
  return (await logOf(db, row.id, limit)).map((line) =>
    typeof line.data.reason === 'string' ? { ...line, data: { ...line.data, reason: words(line.data.reason) } } : line,
  );
}

export const summaryView = ({ flows }: Pick<OperationContext, 'flows'>, row: OperationRow): OperationSummary => ({
  id: row.id,
  number: row.number,
  verb: row.verb,
  state: row.state,
  title: row.title,
  flows: [...row.flows],
  counts: countsView(row.counts),
  createdAt: row.createdAt.toISOString(),
  createdBy: row.createdBy,
  startedAt: iso(row.startedAt),
  startedBy: row.startedBy,
  finishedAt: iso(row.finishedAt),
  reason: row.reason === null ? null : wordsOf(flows, row)(row.reason),
});

interface Extras {
  readonly p95Ms: number | null;
  readonly oldestDoubtAt: Date | null;
  readonly retriable: number;
  readonly exportable: number;
}

async function extrasOf({ db, flows }: OperationContext, id: string): Promise<Extras> {
  const exporting = [...flows.values()].filter(({ retry }) => retry.reExport !== undefined).map((flow) => flow.id);
  const { rows } = await sql<Extras>`
    select
      (select percentile_disc(0.95) within group (order by ask_ms) from
        (select ask_ms from operation_item where operation_id = ${id} and ask_ms is not null
          order by sent_at desc limit 100) newest) as "p95Ms",
      (select min(finished_at) from operation_item where operation_id = ${id} and state = 'in_doubt') as "oldestDoubtAt",
      (select count(*)::int from operation_item where operation_id = ${id}
        and state in ('failed', 'in_doubt', 'skipped', 'returned')) as retriable,
      (select count(*)::int from operation_item where operation_id = ${id}
        and state = 'ineligible' and reason = 'no_message' and flow = any(${exporting}::text[])) as exportable`.execute(
    db,
  );
  return rows[0] ?? { p95Ms: null, oldestDoubtAt: null, retriable: 0, exportable: 0 };
}

const LOG_LINES = 200;

export async function detailView(context: OperationContext, row: OperationRow): Promise<OperationDetail> {
  const { db, clock, settings, connectors } = context;
  const [numbers, outcomes, log, extras] = await Promise.all([
    stageNumbers(db, row.id),
    newestOutcomes(db, row.id, row.judgedFrom, settings.stopRule.window),
    logView(context, row, LOG_LINES),
    extrasOf(context, row.id),
  ]);
  const counts = countsView(row.counts);
  const startedAt = row.startedAt?.getTime() ?? null;
  const elapsedMs = startedAt === null ? null : (row.finishedAt?.getTime() ?? clock.now()) - startedAt;
  const ended = counts.total - counts.pending - counts.waitingPrevious - counts.inProgress;
  const measured = elapsedMs === null || elapsedMs < 1_000 || ended === 0 ? null : (ended / elapsedMs) * 1000;
  const stages = stagesView(row, numbers);
  const restStarted = numbers.some((one) => one.stage === 'rest' && one.started > 0);
  const reading = readStopRule(outcomes, restStarted ? 'rest' : 'canary10', settings.stopRule);
  return {
    ...summaryView(context, row),
    plan: row.plan,
    selection: row.selection,
    expiresAt: row.state === 'planned' ? row.expiresAt.toISOString() : null,
    rate: {
      perSecond: row.rate,
      effectivePerSecond: row.effectiveRate,
      maxPerSecond: row.maxRate,
      measuredPerSecond: measured === null ? null : Math.round(measured * 100) / 100,
    },
    p95Ms: extras.p95Ms,
    elapsedMs,
    etaMs: etaOf(row, counts, stages),
    stages,
    stopRule: {
      window: settings.stopRule.window,
      limitShare: settings.stopRule.limitShare,
      failures: reading.failures,
      finished: reading.finished,
      share: reading.share,
      broken: row.pauseCause === 'rule',
    },
    holdingFor:
      row.holdingSystem === null || row.holdingSince === null || isFinal(row.state)
        ? null
        : {
            system: row.holdingSystem,
            since: row.holdingSince.toISOString(),
            nextProbeAt: instantOf(connectors.state(row.holdingSystem)?.nextProbeAt ?? null),
          },
    pausedBy: row.pausedBy,
    cancelledBy: row.cancelledBy,
    oldestDoubtAt: iso(extras.oldestDoubtAt),
    retriable: extras.retriable,
    exportable: extras.exportable,
    log,
    version: row.version,
  };
}

const instantOf = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

function etaOf(row: OperationRow, counts: OperationCounts, stages: OperationDetail['stages']): number | null {
  if (isFinal(row.state)) return 0;
  if (row.state !== 'running' && row.state !== 'planned') return null;
  if (row.verb === 'discard' || row.verb === 'restore') return 0;
  const remaining = counts.pending + counts.waitingPrevious;
  const stagesAhead = stages.filter(({ state, size }) => state === 'waiting' && size > 0).length;
  return estimateMs({ remaining, ratePerSecond: row.effectiveRate, stagesAhead });
}

function stagesView(row: OperationRow, numbers: readonly StageNumbers[]): OperationDetail['stages'] {
  const total = row.plan.eligible;
  const of = (stage: StageId): StageNumbers | undefined => numbers.find((one) => one.stage === stage);
  return STAGE_IDS.map((id) => {
    const one = of(id);
    const size = stageSize(id, total);
    const over = one === undefined || one.open === 0;
    const started = (one?.started ?? 0) > 0;
    const stopped = row.state === 'stopped' || row.state === 'paused';
    // What an ended operation has not begun waits for nothing any more.
    const untouched = isFinal(row.state) ? 'stopped' : 'waiting';
    const state = !started ? untouched : over ? 'passed' : stopped ? 'stopped' : 'running';
    const first = one?.firstAt?.getTime() ?? null;
    const last = over ? (one?.lastAt?.getTime() ?? null) : null;
    return {
      id,
      state,
      size,
      finished: one?.finished ?? 0,
      failed: one?.failed ?? 0,
      inDoubt: one?.inDoubt ?? 0,
      durationMs: first === null || last === null ? null : Math.max(0, last - first),
    };
  });
}

export interface ItemViewContext {
  readonly holders: ReadonlyMap<string, Holder>;
  readonly byPosition: ReadonlyMap<number, { deliveryId: string; number: string }>;
}

export function itemView(row: ItemRow, { holders, byPosition }: ItemViewContext): OperationItem {
  const ended = row.finishedAt?.getTime() ?? null;
  const began = row.startedAt?.getTime() ?? null;
  return {
    position: row.position,
    deliveryId: row.deliveryId,
    flow: row.flow,
    consumer: row.consumer,
    documentType: row.documentType,
    number: row.number,
    counterparty: row.counterparty,
    amount: row.amount,
    occurredAt: row.occurredAt.toISOString(),
    state: row.state,
    outcome: outcomeOf(row.state),
    reason: row.reason,
    operation: row.heldBy === null ? null : (holders.get(row.heldBy) ?? null),
    error: row.error,
    waitsFor: row.waitsFor === null ? null : (byPosition.get(row.waitsFor) ?? null),
    attempt: row.attempt,
    idempotencyKey: row.idempotencyKey,
    startedAt: iso(row.startedAt),
    sentAt: iso(row.sentAt),
    finishedAt: iso(row.finishedAt),
    durationMs: ended === null || began === null ? null : Math.max(0, ended - began),
    confirmedBy: row.confirmedBy,
  };
}
