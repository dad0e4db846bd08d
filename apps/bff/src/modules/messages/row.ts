/** A row of `delivery` as the contract shows it. */

import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { ErrorClassName, MessageRow } from '@pult/shared/contracts/messages';
import { shownText } from '@pult/shared/domain/delivery/open-words';
import type { DeliveryState } from '@pult/shared/domain/delivery/summary';
import { sql } from 'kysely';

export interface DeliveryRow {
  readonly id: string;
  readonly flow_id: string;
  readonly consumer: string;
  readonly message_id: string;
  readonly state: DeliveryState;
  readonly state_at: Date;
  readonly started_at: Date;
  readonly applied_at: Date | null;
  readonly first_failed_at: Date | null;
  readonly occurred_at: Date | null;
  readonly attempt: number;
  readonly revision: number;
  readonly key_type: string;
  readonly key_number: string;
  readonly key_ref: string | null;
  readonly recipient: string | null;
  readonly counterparty: string | null;
  readonly inn: string | null;
  readonly amount: string | null;
  readonly error: { class: ErrorClassName; code: string | null; text: string } | null;
  readonly cause_id: string | null;
  readonly operation_id: string | null;
  readonly idempotency_key: string | null;
  readonly trace_id: string | null;
}

export const DELIVERY_COLUMNS = sql`d.id, d.flow_id, d.consumer, d.message_id, d.state, d.state_at, d.started_at, d.applied_at,
  d.first_failed_at, d.occurred_at, d.attempt, d.revision, d.key_type, d.key_number, d.key_ref, d.recipient, d.counterparty, d.inn,
  trim_scale(d.amount)::text as amount, d.error, d.cause_id, d.operation_id, d.idempotency_key, d.trace_id`;

/** What the judgement «stuck» looks at besides the row. */
export interface StuckFacts {
  readonly now: number;
  readonly downSince: (systemId: string) => number | null;
  /** Since when nobody reads the bus for this consumer of a flow; absent where there is no bus. */
  readonly withoutConsumer?: ((flowId: string, consumer: string) => number | null) | undefined;
}

/** Stuck is a judgement: open and past the budget of its flow and state, with the likeliest cause (domain.md §1). */
export function stuckOf(
  row: Pick<DeliveryRow, 'state' | 'state_at' | 'flow_id' | 'consumer'>,
  flow: FlowConfig | undefined,
  facts: StuckFacts,
): MessageRow['stuck'] {
  if (!flow?.watched) return null;
  const budgetMs =
    row.state === 'accepted'
      ? flow.budget.accepted
      : row.state === 'sent' || row.state === 'retrying'
        ? flow.budget.sent
        : row.state === 'delivered'
          ? flow.budget.delivered
          : null;
  if (budgetMs === null) return null;
  const overdueAt = row.state_at.getTime() + budgetMs;
  if (facts.now <= overdueAt) return null;
  const cause =
    facts.downSince(row.consumer) !== null
      ? 'target_down'
      : (row.state === 'sent' || row.state === 'retrying') &&
          (facts.withoutConsumer?.(row.flow_id, row.consumer) ?? null) !== null
        ? 'no_consumer'
        : row.state === 'accepted'
          ? flow.from.some((id) => facts.downSince(id) !== null)
            ? 'source_silent'
            : 'blocked'
          : 'waiting_target';
  return { since: new Date(overdueAt).toISOString(), cause, budgetMs };
}

export function messageRowOf(row: DeliveryRow, flow: FlowConfig | undefined, facts: StuckFacts): MessageRow {
  const personal = flow?.personalData === true;
  return {
    id: row.id,
    flowId: row.flow_id,
    consumer: row.consumer,
    messageId: row.message_id,
    state: row.state,
    key: { type: row.key_type, number: row.key_number, ref: row.key_ref },
    // Rows from before the flow was called personal still have what is left out of newer ones.
    counterparty: row.counterparty === null || personal ? null : { name: row.counterparty, inn: row.inn },
    personal,
    amount: personal ? null : row.amount,
    attempt: row.attempt,
    revision: row.revision,
    acceptedAt: row.started_at.toISOString(),
    stateAt: row.state_at.toISOString(),
    appliedAt: row.applied_at?.toISOString() ?? null,
    latencyMs: row.applied_at ? Math.max(0, row.applied_at.getTime() - row.started_at.getTime()) : null,
    error: row.state === 'applied' ? null : row.error && { ...row.error, text: shownText(row.error.text, flow) },
    causeId: row.cause_id,
    stuck: stuckOf(row, flow, facts),
    operationId: row.operation_id,
  };
}
