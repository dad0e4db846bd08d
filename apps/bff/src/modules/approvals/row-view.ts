import type { ApprovalDecision, ApprovalRow, ApprovalSource, ApprovalSystem } from '@pult/shared/contracts/approvals';
import { isSamePerson } from '@pult/shared/domain/approval/four-eyes';
import { inboxGroup } from '@pult/shared/domain/approval/inbox-group';
import { pointsOf } from '@pult/shared/domain/approval/points';
import type { Actor } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/database.ts';
import { clockSummaryOf, type ReadClock } from '../sla/index.ts';
import type { ApprovalContext } from './context.ts';
import { type DecisionRow, decisionsOf, type OutboxRow, outboxOf } from './decision-store.ts';
import { identityOf, initiatorOf } from './service.ts';
import { sourcesOf } from './source-store.ts';
import { type RequestRow, seenVersions } from './store.ts';

export const iso = (date: Date | null): string | null => (date === null ? null : date.toISOString());

/** Half-open end of the current date in a zone. */
export function todayEndsAt(now: number, zone: string): number {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone).toPlainDate();
  return today.add({ days: 1 }).toZonedDateTime(zone).epochMilliseconds;
}

export const isOwn = (row: RequestRow, actor: Actor): boolean =>
  actor.kind === 'person' && isSamePerson(initiatorOf(row), identityOf(actor));

export const systemsOf = (row: RequestRow): ApprovalSystem[] => [
  ...(row.knownInUt ? (['ut'] as const) : []),
  ...(row.knownInElma ? (['elma'] as const) : []),
];

export function decisionView(decision: DecisionRow, outbox: readonly OutboxRow[]): ApprovalDecision {
  const named = decision.byName ?? decision.byEmail ?? decision.byId;
  return {
    id: decision.id,
    verdict: decision.verdict,
    decidedIn: decision.decidedIn,
    by: named === null ? null : { id: decision.byId, name: named, email: decision.byEmail },
    at: decision.at.toISOString(),
    reasonCode: decision.reasonCode,
    comment: decision.comment,
    version: decision.version,
    undoUntil: iso(decision.undoUntil),
    undone: decision.undoneAt === null ? null : { at: decision.undoneAt.toISOString(), by: decision.undoneBy },
    deliveries: outbox
      .filter(({ subjectId }) => subjectId === decision.id)
      .map((row) => ({
        system: row.system,
        state: row.state,
        attempts: row.attempts,
        at: row.state === 'pending' ? null : row.changedAt.toISOString(),
        nextAt: iso(row.nextAt),
        error: row.errorCode === null ? null : { code: row.errorCode, text: row.errorText },
        conflict: row.conflict,
      })),
  };
}

/** What the rows of a list share: clocks, decisions, what the person has seen. */
export interface RowParts {
  readonly clocks: ReadonlyMap<string, ReadClock>;
  readonly decisions: ReadonlyMap<string, ApprovalDecision>;
  readonly seen: ReadonlyMap<string, number>;
  readonly actor: Actor;
  readonly now: number;
}

export async function partsFor(
  context: ApprovalContext,
  rows: readonly RequestRow[],
  actor: Actor,
  now: number,
): Promise<RowParts> {
  const { db } = context;
  const decided = rows.filter(({ decisionId }) => decisionId !== null).map(({ id }) => id);
  const outbox = decided.length === 0 ? [] : await outboxOf(db, decided);
  const inForce = (decided.length === 0 ? [] : await decisionsOf(db, decided)).filter(
    ({ undoneAt }) => undoneAt === null,
  );
  const ids = rows.map(({ id }) => id);
  return {
    clocks: await context.clocks.read(
      db,
      rows.map(({ clockId }) => clockId),
      now,
    ),
    decisions: new Map(inForce.map((decision) => [decision.requestId, decisionView(decision, outbox)])),
    seen: actor.kind === 'person' ? await seenVersions(db, actor.userId, ids) : new Map(),
    actor,
    now,
  };
}

const SHORT = 140;

/** A row of the inbox; null only when its clock cannot be read, which no verb of the module brings about. */
export function rowView(row: RequestRow, parts: RowParts): ApprovalRow | null {
  const read = parts.clocks.get(row.clockId);
  if (read === undefined) return null;
  const { reading, calendar } = read;
  const clock = clockSummaryOf(read);
  const seen = parts.seen.get(row.id);
  const reason = row.reason === null ? null : row.reason.split('\n')[0]?.slice(0, SHORT);
  return {
    id: row.id,
    kind: row.kind,
    customer: { name: row.customerName, inn: row.customerInn, segment: row.segment },
    document: { type: row.documentType, number: row.documentNumber, date: iso(row.documentDate) },
    amount: row.amount,
    deviationMax: pointsOf(row.deviationMax),
    deviationMean: pointsOf(row.deviationMean),
    reason: reason ?? null,
    initiator: { id: row.initiatorRef, name: row.initiatorName, email: row.initiatorEmail },
    state: row.state,
    clock,
    group: inboxGroup({
      state: row.state,
      breached: reading.breached,
      dueAt: reading.dueAt,
      remainingMs: reading.remainingMs,
      percent: reading.percent,
      todayEndsAt: todayEndsAt(parts.now, calendar.zone),
    }),
    version: row.version,
    changedSinceSeen: seen !== undefined && seen < row.version,
    ownRequest: isOwn(row, parts.actor),
    systems: systemsOf(row),
    decision: parts.decisions.get(row.id) ?? null,
  };
}

/** Freshness of both sources, also of one that was never read. */
export async function sourcesView(context: Pick<ApprovalContext, 'systems'>, db: Db): Promise<ApprovalSource[]> {
  const rows = await sourcesOf(db);
  return (['ut', 'elma'] as const)
    .filter((system) => context.systems[system] !== null)
    .map((system) => {
      const row = rows.find((one) => one.system === system);
      return {
        system,
        freshAt: iso(row?.freshAt ?? null),
        triedAt: iso(row?.triedAt ?? null),
        error:
          row?.errorCode == null
            ? null
            : {
                code: row.errorCode,
                text: row.errorText,
                since: (row.errorSince ?? row.triedAt ?? new Date(0)).toISOString(),
              },
      };
    });
}
