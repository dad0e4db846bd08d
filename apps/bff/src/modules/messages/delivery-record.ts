/** A delivery as it is folded: from its row, changed by facts, back to its row. */
import {
  type KeptMarks,
  keepMarks,
  mergeStatements,
  readMarks,
  type Said,
  type Statement,
  statementOf,
  withOperation,
} from '@pult/shared/domain/delivery/said';
import { type DeliverySummary, EMPTY_SUMMARY, mergeSummaries, stateOf } from '@pult/shared/domain/delivery/summary';
import type { ExchangeEvent } from './event.ts';
import { searchText } from './search-text.ts';

/** A delivery as it is folded; instants in ms. */
export interface DeliveryRecord {
  readonly id: string;
  readonly flowId: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly statement: Statement;
  readonly revision: number;
  readonly error: unknown;
  readonly summary: DeliverySummary;
}

export interface Change {
  readonly deliveryId: string;
  readonly summary: DeliverySummary;
  /** The event behind the change; absent for facts of Pult, whose delivery must exist. */
  readonly event?: ExchangeEvent;
  readonly operationId?: string;
  readonly idempotencyKey?: string;
  /** Raw failure that Pult itself states, by the id of its mark. */
  readonly error?: { readonly id: string; readonly class: string; readonly code: string | null; readonly text: string };
}

/** The delivery after a change; null when Pult states a fact about a delivery that nobody has reported. */
export function mergeChange(record: DeliveryRecord | null, change: Change): DeliveryRecord | null {
  const { event } = change;
  const base = record ?? (event === undefined ? null : newRecord(event));
  if (base === null) return null;
  const summary = mergeSummaries(base.summary, change.summary);
  const failure = event?.failure
    ? { id: event.uid, class: event.failure.cause.errorClass, code: event.failure.code, text: event.failure.text }
    : change.error;
  // The error on the row is the one of the last failure by the fold, not of the last one that arrived.
  const speaks = failure !== undefined && summary.lastFailure?.id === failure.id;
  return {
    ...base,
    summary,
    statement: statementAfter(base, change),
    revision: Math.max(base.revision, event?.revision ?? 1),
    error: speaks ? { class: failure.class, code: failure.code, text: failure.text } : base.error,
  };
}

const newRecord = (event: ExchangeEvent): DeliveryRecord => ({
  id: event.deliveryId,
  flowId: event.flowId,
  consumer: event.consumer,
  messageId: event.messageId,
  statement: statementOf(saidBy(event), event),
  revision: 1,
  error: null,
  summary: EMPTY_SUMMARY,
});

function statementAfter({ statement, summary }: DeliveryRecord, change: Change): Statement {
  const said = change.event ? mergeStatements(statement, statementOf(saidBy(change.event), change.event)) : statement;
  const { operationId: id } = change;
  if (id === undefined) return said;
  const known = said.said.operation;
  const idempotencyKey = change.idempotencyKey ?? (known?.id === id ? known.idempotencyKey : null);
  return withOperation(said, { id, idempotencyKey }, (summary.reach?.attempt ?? 0) + 1);
}

const saidBy = ({ key, recipient, counterparty, amount, occurredAt, traceId, operation }: ExchangeEvent): Said => ({
  key: { type: key.type, number: key.number },
  ref: key.ref,
  recipient,
  counterparty: counterparty === null ? null : { name: counterparty.name, inn: counterparty.inn },
  amount,
  occurredAt,
  traceId,
  operation: operation === null ? null : { id: operation.id, idempotencyKey: operation.idempotencyKey },
});

/** Columns of `delivery` that a delivery is read from. */
export interface StoredDelivery {
  readonly id: string;
  readonly flow_id: string;
  readonly consumer: string;
  readonly message_id: string;
  readonly key_type: string;
  readonly key_number: string;
  readonly key_ref: string | null;
  readonly recipient: string | null;
  readonly counterparty: string | null;
  readonly inn: string | null;
  readonly amount: string | null;
  readonly occurred_at: Date | null;
  readonly revision: number;
  readonly operation_id: string | null;
  readonly idempotency_key: string | null;
  readonly trace_id: string | null;
  readonly error: unknown;
  readonly summary: DeliverySummary & { readonly marks?: KeptMarks };
}

export function recordOf(row: StoredDelivery): DeliveryRecord {
  const { marks = {}, ...summary } = row.summary;
  const said: Said = {
    key: { type: row.key_type, number: row.key_number },
    ref: row.key_ref,
    recipient: row.recipient,
    counterparty: row.counterparty === null ? null : { name: row.counterparty, inn: row.inn },
    amount: row.amount,
    occurredAt: row.occurred_at?.getTime() ?? null,
    traceId: row.trace_id,
    operation: row.operation_id === null ? null : { id: row.operation_id, idempotencyKey: row.idempotency_key },
  };
  return {
    id: row.id,
    flowId: row.flow_id,
    consumer: row.consumer,
    messageId: row.message_id,
    statement: { said, marks: readMarks(marks, said) },
    revision: row.revision,
    error: row.error,
    summary,
  };
}

/** The row of a delivery: what it is, what was said about it, and the columns that follow from the summary. */
export function rowOf({ id, flowId, consumer, messageId, statement, revision, error, summary }: DeliveryRecord) {
  const { key, ref, recipient, counterparty, amount, occurredAt, traceId, operation } = statement.said;
  const { state, since } = stateOf(summary);
  const iso = (at: number | null | undefined): string | null =>
    at === null || at === undefined ? null : new Date(at).toISOString();
  return {
    id,
    flow_id: flowId,
    consumer,
    message_id: messageId,
    state,
    state_at: iso(since),
    started_at: iso(summary.startedAt ?? since),
    applied_at: iso(summary.applied?.at),
    first_failed_at: iso(summary.firstFailure?.at),
    occurred_at: iso(occurredAt),
    attempt: Math.max(summary.reach?.attempt ?? 0, summary.applied?.attempt ?? 0, 1),
    revision,
    key_type: key.type,
    key_number: key.number,
    key_ref: ref,
    recipient,
    counterparty: counterparty?.name ?? null,
    inn: counterparty?.inn ?? null,
    amount,
    error,
    cause_id: summary.lastFailure?.causeId || null,
    first_cause_id: summary.firstFailure?.causeId || null,
    operation_id: operation?.id ?? null,
    idempotency_key: operation?.idempotencyKey ?? null,
    trace_id: traceId,
    search: searchText([key.number, counterparty?.inn, counterparty?.name, messageId].filter(Boolean).join(' ')),
    summary: { ...summary, marks: keepMarks(statement) },
  };
}
