/** One message's whole story: states with times, attempts from its events, facts of Pult, the chain, what may be done. */

import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { canResend } from '@pult/shared/contracts/landscape-file/flow';
import { questionFor } from '@pult/shared/contracts/landscape-file/verify';
import type { MessageDetail } from '@pult/shared/contracts/messages';
import { shownText } from '@pult/shared/domain/delivery/open-words';
import type { DeliveryState } from '@pult/shared/domain/delivery/summary';
import type { ResendObstacle } from '@pult/shared/domain/operation/eligibility';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import { attemptsOf, type EventRow, type FactRow } from './attempts.ts';
import { deadLettersOf } from './dead-letters/store.ts';
import { deadLetterView } from './dead-letters/view.ts';
import type { ListDeps } from './lists.ts';
import { isRegisterEvent } from './register-events.ts';
import { resendObstacles } from './resend-obstacles.ts';
import { DELIVERY_COLUMNS, type DeliveryRow, messageRowOf } from './row.ts';

export interface OperationMention {
  readonly number: number;
  readonly startedBy: string | null;
}

export interface StoryDeps extends ListDeps {
  /** Approval request about the same document, when there is one. */
  readonly approvalOf: (document: { ref: string | null; number: string }) => Promise<MessageDetail['approval']>;
  /** Number that people say of an operation and who started it, by its id. */
  readonly operationsOf: (ids: readonly string[]) => Promise<ReadonlyMap<string, OperationMention>>;
  /** Rows of exchange registers that are failures of a delivery; absent where no registers are read. */
  readonly registersOf?: (deliveryId: string) => Promise<MessageDetail['registers']>;
}

const MAX_LETTERS = 5;
const WORDS: ReadonlySet<string> = new Set(['attempt_failed', 'discarded', 'restored']);

const FACT_STATE: Readonly<Record<string, DeliveryState>> = {
  claimed: 'retrying',
  timed_out: 'in_doubt',
  verified_applied: 'applied',
  verified_present: 'delivered',
  verified_absent: 'failed',
  attempt_failed: 'failed',
  discarded: 'discarded',
  restored: 'failed',
};

export async function readStory(deps: StoryDeps, deliveryId: string): Promise<MessageDetail> {
  const now = deps.clock.now();
  const found = await sql<DeliveryRow>`select ${DELIVERY_COLUMNS} from delivery d where d.id = ${deliveryId}`.execute(
    deps.db,
  );
  const [row] = found.rows;
  if (!row) throw new AppError('delivery.not_found', { deliveryId });
  const [events, facts, revisions, letters, chain, approval, registers, ediOrder, cause] = await Promise.all([
    sql<EventRow>`select event_id, received_at, trace_id, kind, attempt, revision, at, source, error, operation_id from exchange_event
      where delivery_id = ${deliveryId} order by at, attempt limit 1000`.execute(deps.db),
    sql<FactRow>`select kind, at, attempt, operation_id, actor, text from delivery_fact where delivery_id = ${deliveryId} order by id limit 1000`.execute(
      deps.db,
    ),
    sql<{ revision: number; at: Date; size_bytes: number }>`select revision, at, size_bytes from message_payload
      where delivery_id = ${deliveryId} order by revision`.execute(deps.db),
    deadLettersOf(deps.db, deliveryId, MAX_LETTERS),
    chainOf(deps, row),
    deps.approvalOf({ ref: row.key_ref, number: row.key_number }),
    deps.registersOf?.(deliveryId) ?? [],
    sql<{
      present: boolean;
    }>`select exists (select from exchange_file where delivery_id = ${deliveryId} and kind = 'order') as present`.execute(
      deps.db,
    ),
    sql<{
      title_ru: string;
      title_en: string;
    }>`select title_ru, title_en from failure_cause where id = ${row.cause_id}`.execute(deps.db),
  ]);
  const flow = deps.flows.get(row.flow_id);
  const attempts = attemptsOf(events.rows, facts.rows).map((attempt) => ({
    ...attempt,
    error: attempt.error && { ...attempt.error, text: shownText(attempt.error.text, flow) },
  }));
  const operations = await deps.operationsOf(
    attempts.flatMap(({ operationId }) => (operationId === null ? [] : [operationId])),
  );
  const obstacles = await resendObstacles(deps, [row]);
  const shown = messageRowOf(row, flow, { now, downSince: deps.downSince, withoutConsumer: deps.withoutConsumer });
  return {
    now: new Date(now).toISOString(),
    row: shown,
    cause: cause.rows[0] ? { ru: cause.rows[0].title_ru, en: cause.rows[0].title_en } : null,
    flow: {
      id: row.flow_id,
      title: flow?.title ?? { ru: row.flow_id, en: row.flow_id },
      from: acceptedBy(events.rows, flow) ?? flow?.from ?? [],
      to: [row.consumer],
    },
    occurredAt: row.occurred_at?.toISOString() ?? null,
    track: trackOf(events.rows, facts.rows, { now, speaker: (event) => speakerOf(event, flow, row.consumer) }),
    attempts: attempts.map((attempt) => ({
      ...attempt,
      askedBy: attempt.askedBy ?? operations.get(attempt.operationId ?? '')?.startedBy ?? null,
      operationNumber: operations.get(attempt.operationId ?? '')?.number ?? null,
    })),
    events: events.rows.map((event) => ({
      id: event.event_id,
      source: event.source,
      kind: event.kind,
      attempt: event.attempt,
      at: event.at.toISOString(),
      receivedAt: event.received_at.toISOString(),
      traceId: event.trace_id,
    })),
    facts: facts.rows.map((fact) => ({
      at: fact.at.toISOString(),
      kind: fact.kind,
      actor: fact.actor,
      attempt: fact.attempt,
      operationId: fact.operation_id,
      // Of other facts the text is an address in the system, no words of anybody.
      text: WORDS.has(fact.kind) && fact.text !== null ? shownText(fact.text, flow) : null,
    })),
    registers,
    ediOrder: ediOrder.rows[0]?.present === true,
    identifiers: {
      deliveryId: row.id,
      messageId: row.message_id,
      recipient: row.recipient,
      idempotencyKey: row.idempotency_key,
      traceId: row.trace_id,
    },
    deadLetters: letters.map((letter) => deadLetterView(letter, flow)),
    revisions: revisions.rows.map(({ revision, at, size_bytes }) => ({
      revision,
      at: at.toISOString(),
      sizeBytes: size_bytes,
    })),
    chain,
    approval,
    actions: actionsOf(row.state, shown.stuck !== null, { flow, type: shown.key.type }, obstacles.get(row.id) ?? null),
  };
}

/** Of several sources of a flow the one whose message this is, by its word or its own register; null while none has said so. */
function acceptedBy(events: readonly EventRow[], flow: FlowConfig | undefined): string[] | null {
  const told =
    events.find(({ kind }) => kind === 'accepted') ??
    events.find(({ kind }) => kind === 'sent') ??
    events.find(({ event_id, source }) => isRegisterEvent(event_id) && flow?.from.includes(source));
  return told === undefined ? null : [told.source];
}

/** Whose word an event is: a record of dead letters is read from the bus, but its consumer wrote it. */
function speakerOf({ source, event_id }: EventRow, flow: FlowConfig | undefined, consumer: string): string {
  const isDeadLetter = flow?.consumers?.some(
    ({ system, deadLetterTopic }) =>
      system === consumer && deadLetterTopic !== undefined && event_id.startsWith(`${deadLetterTopic}/`),
  );
  return isDeadLetter ? consumer : source;
}

/** States that were stated for the same moment stand in the order in which a message passes them. */
const STATE_ORDER: readonly DeliveryState[] = [
  'accepted',
  'retrying',
  'sent',
  'delivered',
  'in_doubt',
  'failed',
  'applied',
  'discarded',
];

/** Events and facts as one line of states; the same state of the same attempt is said once. */
function trackOf(
  events: readonly EventRow[],
  facts: readonly FactRow[],
  { now, speaker }: { readonly now: number; readonly speaker: (event: EventRow) => string },
): MessageDetail['track'] {
  const steps = [
    ...events.map((event) => ({
      state: event.kind as DeliveryState,
      at: event.at.getTime(),
      attempt: event.attempt as number | null,
      who: speaker(event) as string | null,
    })),
    ...facts.flatMap((fact) => {
      const state = FACT_STATE[fact.kind];
      return state ? [{ state, at: fact.at.getTime(), attempt: fact.attempt, who: fact.actor }] : [];
    }),
  ].sort((a, b) => a.at - b.at || STATE_ORDER.indexOf(a.state) - STATE_ORDER.indexOf(b.state));
  const seen = new Set<string>();
  const track = steps.filter(({ state, attempt }) => {
    const key = `${state} ${attempt}`;
    if (state !== 'retrying' && state !== 'discarded' && seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return track.map((step, index) => {
    const next = track[index + 1];
    const open = step.state !== 'applied' && step.state !== 'discarded';
    return {
      state: step.state,
      at: new Date(step.at).toISOString(),
      attempt: step.attempt,
      who: step.who,
      untilNextMs: next ? next.at - step.at : open ? now - step.at : null,
    };
  });
}

/**
 * Deliveries about the same document: by its GUID where known, by its number otherwise. Bases number their documents on
 * their own, so one number stands for one document only while no counterparty contradicts. Of many, the nearest in time.
 */
async function chainOf(deps: ListDeps, row: DeliveryRow): Promise<MessageDetail['chain']> {
  const sameParty = row.inn === null ? sql<boolean>`true` : sql<boolean>`(d.inn is null or d.inn = ${row.inn})`;
  const { rows } = await sql<DeliveryRow>`
    select ${DELIVERY_COLUMNS} from delivery d
    where (d.key_number = ${row.key_number} and ${sameParty})
      ${row.key_ref ? sql`or d.key_ref = ${row.key_ref} or d.message_id = ${row.key_ref}` : sql``}
      or d.key_ref = ${row.message_id}
    order by abs(extract(epoch from d.started_at - ${row.started_at})), d.id limit 20`.execute(deps.db);
  const inOrder = rows.toSorted((a, b) => a.started_at.getTime() - b.started_at.getTime());
  return inOrder.map((one) => ({
    deliveryId: one.id,
    flowId: one.flow_id,
    key: { type: one.key_type, number: one.key_number, ref: one.key_ref },
    state: one.state,
    at: one.state_at.toISOString(),
    self: one.id === row.id,
  }));
}

function actionsOf(
  state: DeliveryState,
  overdue: boolean,
  { flow, type }: { readonly flow: FlowConfig | undefined; readonly type: string },
  obstacle: ResendObstacle,
): MessageDetail['actions'] {
  const open = state === 'failed' || state === 'in_doubt' || (state === 'delivered' && overdue);
  const say = (able: boolean, channel: boolean): { allowed: boolean; reason: string | null } =>
    !channel
      ? { allowed: false, reason: 'verb_unsupported' }
      : able
        ? { allowed: true, reason: null }
        : { allowed: false, reason: state === 'applied' ? 'already_applied' : 'state_not_retriable' };
  return {
    resend:
      open && obstacle !== null
        ? { allowed: false, reason: obstacle }
        : say(open, flow !== undefined && canResend(flow)),
    reExport: say(open, flow?.retry.reExport !== undefined),
    verify: say(state !== 'applied' && state !== 'discarded', flow !== undefined && questionFor(flow, type) !== null),
    discard: say(open, true),
    restore: say(state === 'discarded', true),
  };
}
