/**
 * The deliveries as operations use them: candidates of a plan, claims, attempts, answers of targets. Verbs fold facts of Pult
 * in the caller's transaction and write them down for the story.
 */
import { messagesFilter } from '@pult/shared/contracts/messages';
import { causeOf } from '@pult/shared/domain/delivery/error-cause';
import {
  type DeliveryState,
  type DeliverySummary,
  mergeSummaries,
  stateOf,
  summaryOfAbsence,
  summaryOfArrival,
  summaryOfControl,
  summaryOfEvent,
  summaryOfOpenedAttempt,
  summaryOfTimeout,
} from '@pult/shared/domain/delivery/summary';
import type { FailedQuery } from '@pult/shared/domain/operation/automatic-retry';
import type { ResendObstacle } from '@pult/shared/domain/operation/eligibility';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/database.ts';
import { hashedId } from '../../platform/ids.ts';
import { deadLettersOf, type FirstPlace, firstPlaces, recordOf } from './dead-letters/store.ts';
import type { Change } from './delivery-record.ts';
import { failedOf, failedOne, overtakenOf } from './failed-of.ts';
import { filterConditions } from './filter.ts';
import { causeId } from './identity.ts';
import { changeDeliveries, noteCauses } from './ledger.ts';
import type { ListDeps } from './lists.ts';
import { registerSource } from './register-events.ts';
import { idsOverBus, resendObstacles } from './resend-obstacles.ts';
import { DELIVERY_COLUMNS, type DeliveryRow, stuckOf } from './row.ts';

/** On their way, or seen at the target before: what is not there now has failed. */
const MAY_BE_ABSENT: ReadonlySet<DeliveryState> = new Set(['sent', 'delivered', 'in_doubt']);

/** Messages of one plan at most. */
const PLAN_LIMIT = 200_000;

interface CandidateRow extends DeliveryRow {
  readonly cause_title: string | null;
}

/** Candidate of a plan; instants in ms. */
const candidateOf = (
  row: CandidateRow,
  {
    overdue,
    personal,
    obstacle,
    record,
  }: { overdue: boolean; personal: boolean; obstacle: ResendObstacle; record: FirstPlace | null },
) => ({
  deliveryId: row.id,
  flow: row.flow_id,
  consumer: row.consumer,
  messageId: row.message_id,
  documentType: row.key_type,
  number: row.key_number,
  ref: row.key_ref,
  businessKey: `${row.key_type} ${row.key_ref ?? row.key_number}`,
  record,
  counterparty: personal ? null : row.counterparty,
  amount: row.amount,
  occurredAt: (row.occurred_at ?? row.started_at).getTime(),
  state: row.state,
  overdue,
  obstacle,
  causeId: row.cause_id,
  causeTitle: row.cause_title,
});

const nameOf = (actor: Actor): string =>
  actor.kind === 'person' ? actor.name : actor.kind === 'system' ? actor.systemId : 'Пульт';

interface NewFact {
  readonly deliveryId: string;
  readonly kind: string;
  readonly at: number;
  readonly attempt?: number | null;
  readonly operationId?: string | null;
  readonly actor?: string | null;
  readonly text?: string | null;
}

/** Writes facts of Pult down; answers their sequence numbers in the order given. */
export async function writeFacts(tx: Db, facts: readonly NewFact[]): Promise<number[]> {
  if (facts.length === 0) return [];
  const rows = facts.map((fact, place) => ({
    place,
    delivery_id: fact.deliveryId,
    kind: fact.kind,
    at: new Date(fact.at).toISOString(),
    attempt: fact.attempt ?? null,
    operation_id: fact.operationId ?? null,
    actor: fact.actor ?? null,
    text: fact.text ?? null,
  }));
  const written = await sql<{ id: number }>`
    insert into delivery_fact (delivery_id, kind, at, attempt, operation_id, actor, text)
    select delivery_id, kind, at, attempt, operation_id, actor, text
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (place int, delivery_id uuid, kind text, at timestamptz,
      attempt int, operation_id uuid, actor text, text text)
    order by place returning id`.execute(tx);
  return written.rows.map(({ id }) => id);
}

export function createDeliveryBook(deps: ListDeps, planLimit = PLAN_LIMIT) {
  const candidates = async (where: ReturnType<typeof sql<boolean>>): Promise<ReturnType<typeof candidateOf>[]> => {
    const { rows } = await sql<CandidateRow>`
      select ${DELIVERY_COLUMNS}, c.title_ru as cause_title from delivery d left join failure_cause c on c.id = d.cause_id
      where ${where} order by coalesce(d.occurred_at, d.started_at), d.id limit ${planLimit + 1}`.execute(deps.db);
    // Cut short, a plan would leave messages behind that its author believes sent.
    if (rows.length > planLimit) throw new AppError('operation.too_large', { limit: planLimit });
    const facts = { now: deps.clock.now(), downSince: deps.downSince, withoutConsumer: deps.withoutConsumer };
    const obstacles = await resendObstacles(deps, rows);
    const places = await firstPlaces(deps.db, idsOverBus(deps.flows, rows));
    return rows.map((row) => {
      const flow = deps.flows.get(row.flow_id);
      return candidateOf(row, {
        overdue: stuckOf(row, flow, facts) !== null,
        personal: flow?.personalData === true,
        obstacle: obstacles.get(row.id) ?? null,
        record: places.get(row.id) ?? null,
      });
    });
  };

  const control = async (
    tx: Db,
    kind: 'claimed' | 'released' | 'discarded' | 'restored',
    facts: { operationId: string; deliveryIds: readonly string[]; at: number; actor?: Actor; reason?: string },
  ): Promise<void> => {
    const actor = facts.actor ? nameOf(facts.actor) : null;
    // Locked in the order of their ids, like everywhere: the facts below point at these rows and would lock them in the
    // order in which they happen to be named.
    const { rows } = await sql<{ id: string; attempt: number }>`
      select id, attempt from delivery where id = any(${[...facts.deliveryIds]}::uuid[]) order by id for update`.execute(
      tx,
    );
    const deliveryIds = rows.map(({ id }) => id);
    const sequences = await writeFacts(
      tx,
      deliveryIds.map((deliveryId) => ({
        deliveryId,
        kind,
        at: facts.at,
        operationId: facts.operationId,
        actor,
        text: facts.reason ?? null,
      })),
    );
    await changeDeliveries(
      tx,
      rows.map(({ id: deliveryId, attempt }, index): Change => {
        const seq = sequences[index] ?? 0;
        return {
          deliveryId,
          operationId: facts.operationId,
          summary: summaryOfControl(
            kind === 'claimed'
              ? { kind, seq, at: facts.at, operationId: facts.operationId, attempt }
              : { kind, seq, at: facts.at },
          ),
        };
      }),
    );
  };

  return {
    byIds: (ids: readonly string[]) => candidates(sql<boolean>`d.id = any(${ids}::uuid[])`),

    byFilter: async (filter: Readonly<Record<string, unknown>>) => {
      const parsed = messagesFilter.strict().safeParse(filter);
      if (!parsed.success)
        throw new AppError('request.invalid', {
          issues: parsed.error.issues.map((issue) => ({
            path: `filter.${issue.path.join('.')}`,
            code: issue.code,
            message: issue.message,
          })),
        });
      if (
        Object.values(parsed.data).every((value) => value === undefined || (Array.isArray(value) && value.length === 0))
      )
        throw new AppError('operation.filter_empty');
      return candidates(filterConditions(parsed.data, deps.flows, deps.clock.now()));
    },

    byCauses: async (causeIds: readonly string[]) => {
      const known = await sql<{ id: string }>`select id from failure_cause where id = any(${causeIds}::uuid[])`.execute(
        deps.db,
      );
      const missing = causeIds.filter((id) => !known.rows.some((row) => row.id === id));
      if (missing.length > 0) throw new AppError('cause.not_found', { causeIds: missing });
      return candidates(sql<boolean>`d.cause_id = any(${causeIds}::uuid[]) and d.state = 'failed'`);
    },

    failedOf: (query: FailedQuery) => failedOf(deps, query),
    overtaken: overtakenOf,
    failedOne: (deliveryId: string) => failedOne(deps, deliveryId),

    news: async (ids: readonly string[]) => {
      const { rows } = await sql<DeliveryRow & { summary: DeliverySummary }>`
        select ${DELIVERY_COLUMNS}, d.summary from delivery d where d.id = any(${ids}::uuid[])`.execute(deps.db);
      return rows.map((row) => ({
        deliveryId: row.id,
        state: row.state,
        applied: row.summary.applied !== null,
        failedAttempt: row.summary.lastFailure?.attempt ?? null,
        error: row.error ? { code: row.error.code ?? row.error.class, text: row.error.text } : null,
      }));
    },

    withSiblingsAtTarget: async (ids: readonly string[]): Promise<string[]> => {
      // A number finds whatever bears it, of any type: like the question to the target. Two questions, an index for each.
      const other = sql`s.id <> d.id and s.flow_id = d.flow_id and s.consumer = d.consumer
        and (s.state in ('sent', 'delivered', 'applied', 'in_doubt') or s.summary ->> 'doubt' is not null)`;
      const { rows } = await sql<{ id: string }>`
        select d.id from delivery d where d.id = any(${ids}::uuid[])
          and (exists (select from delivery s where s.key_number = d.key_number and ${other})
            or exists (select from delivery s where s.key_ref = d.key_ref and ${other}))`.execute(deps.db);
      return rows.map(({ id }) => id);
    },

    recordToResend: async (deliveryId: string) => {
      const [letter] = await deadLettersOf(deps.db, deliveryId, 1);
      return letter === undefined ? null : recordOf(letter);
    },

    sourceOf: async (deliveryId: string): Promise<string | null> => {
      // Of a message that two systems claim to have accepted, the first is its source: later ones hand it on.
      const { rows } = await sql<{ source: string }>`
        select source from exchange_event where delivery_id = ${deliveryId}::uuid and kind in ('accepted', 'sent')
        order by kind, at limit 1`.execute(deps.db);
      return rows[0]?.source ?? (await registerSource(deps, deliveryId));
    },

    obstacles: async (ids: readonly string[]): Promise<Map<string, ResendObstacle>> => {
      const { rows } = await sql<{ id: string; flow_id: string; consumer: string }>`
        select id, flow_id, consumer from delivery where id = any(${[...ids]}::uuid[])`.execute(deps.db);
      return resendObstacles(deps, rows);
    },

    obstaclesUnderLock: async (tx: Db, ids: readonly string[]): Promise<Map<string, ResendObstacle>> => {
      const { rows } = await sql<{ id: string; flow_id: string; consumer: string }>`
        select id, flow_id, consumer from delivery where id = any(${[...ids]}::uuid[]) order by id for update`.execute(
        tx,
      );
      return resendObstacles({ db: tx, flows: deps.flows }, rows);
    },

    claimed: (tx: Db, facts: { operationId: string; deliveryIds: readonly string[]; at: number }) =>
      control(tx, 'claimed', facts),
    released: (tx: Db, facts: { operationId: string; deliveryIds: readonly string[]; at: number }) =>
      control(tx, 'released', facts),
    discarded: (
      tx: Db,
      facts: { operationId: string; deliveryIds: readonly string[]; actor: Actor; reason: string; at: number },
    ) => control(tx, 'discarded', facts),
    restored: (
      tx: Db,
      facts: { operationId: string; deliveryIds: readonly string[]; actor: Actor; reason: string; at: number },
    ) => control(tx, 'restored', facts),

    attemptStarted: async (
      tx: Db,
      fact: { operationId: string; deliveryId: string; idempotencyKey: string; at: number },
    ): Promise<number> => {
      const { rows } = await sql<{
        summary: DeliverySummary;
      }>`select summary from delivery where id = ${fact.deliveryId} for update`.execute(tx);
      const [row] = rows;
      if (!row) throw new AppError('delivery.not_found', { deliveryId: fact.deliveryId });
      const attempt = Math.max(row.summary.reach?.attempt ?? 0, row.summary.applied?.attempt ?? 0) + 1;
      await writeFacts(tx, [
        { deliveryId: fact.deliveryId, kind: 'attempt_started', at: fact.at, attempt, operationId: fact.operationId },
      ]);
      await changeDeliveries(tx, [
        {
          deliveryId: fact.deliveryId,
          operationId: fact.operationId,
          idempotencyKey: fact.idempotencyKey,
          summary: summaryOfOpenedAttempt(attempt, fact.at),
        },
      ]);
      return attempt;
    },

    attemptFailed: async (
      tx: Db,
      fact: { deliveryId: string; attempt: number; at: number; error: { code: string; text: string } },
    ): Promise<void> => {
      await writeFacts(tx, [
        {
          deliveryId: fact.deliveryId,
          kind: 'attempt_failed',
          at: fact.at,
          attempt: fact.attempt,
          text: fact.error.text,
        },
      ]);
      const { rows } = await sql<{ flow_id: string; cause_id: string | null }>`
        select flow_id, cause_id from delivery where id = ${fact.deliveryId} for update`.execute(tx);
      const [row] = rows;
      if (!row) throw new AppError('delivery.not_found', { deliveryId: fact.deliveryId });
      // A failure of the request leaves the message with the cause it had. One that never failed gets a cause of its own:
      // without one it would be in no group.
      const cause = causeOf({ ...fact.error, class: 'transport' });
      const cause_id = row.cause_id ?? causeId(row.flow_id, cause.errorClass, cause.pattern);
      if (row.cause_id === null)
        await noteCauses(tx, [{ flowId: row.flow_id, at: fact.at, cause: { ...cause, id: cause_id } }]);
      const id = hashedId('attempt', fact.deliveryId, String(fact.attempt));
      await changeDeliveries(tx, [
        {
          deliveryId: fact.deliveryId,
          summary: summaryOfEvent({
            kind: 'failed',
            attempt: fact.attempt,
            at: fact.at,
            id,
            causeId: cause_id,
          }),
          error: { id, class: 'transport', code: fact.error.code, text: fact.error.text },
        },
      ]);
    },

    timedOut: async (tx: Db, fact: { deliveryId: string; attempt: number; at: number }): Promise<void> => {
      await writeFacts(tx, [{ deliveryId: fact.deliveryId, kind: 'timed_out', at: fact.at, attempt: fact.attempt }]);
      await changeDeliveries(tx, [{ deliveryId: fact.deliveryId, summary: summaryOfTimeout(fact.attempt, fact.at) }]);
    },

    verified: async (
      tx: Db,
      fact: {
        deliveryId: string;
        attempt: number | null;
        outcome: 'applied' | 'present' | 'absent';
        system: string;
        ref: string | null;
        at: number;
        actor: Actor;
      },
    ): Promise<void> => {
      const { rows } = await sql<{
        summary: DeliverySummary;
      }>`select summary from delivery where id = ${fact.deliveryId} for update`.execute(tx);
      const [row] = rows;
      if (!row) throw new AppError('delivery.not_found', { deliveryId: fact.deliveryId });
      const attempt = fact.attempt ?? Math.max(1, row.summary.reach?.attempt ?? 1);
      await writeFacts(tx, [
        {
          deliveryId: fact.deliveryId,
          kind: `verified_${fact.outcome}`,
          at: fact.at,
          attempt,
          actor: nameOf(fact.actor),
          text: fact.ref,
        },
      ]);
      const { state } = stateOf(row.summary);
      const found = {
        applied: () =>
          summaryOfEvent({
            kind: 'applied',
            attempt,
            at: fact.at,
            id: hashedId('verified', fact.deliveryId, String(attempt)),
          }),
        present: () => summaryOfArrival(attempt, fact.at),
        // Nothing there proves a failure only where something was on its way; what was never sent stays as it is.
        absent: () => (MAY_BE_ABSENT.has(state) ? summaryOfAbsence(attempt, fact.at) : null),
      };
      const summary = found[fact.outcome]();
      if (summary)
        await changeDeliveries(tx, [{ deliveryId: fact.deliveryId, summary: mergeSummaries(row.summary, summary) }]);
    },
  };
}
