import type {
  IneligibleReason,
  ItemState as ItemStateOrIneligible,
  OperationPlan,
  OperationSelection,
  OperationState,
  OperationVerb,
} from '@pult/shared/contracts/operations';
import type { ItemCounts } from '@pult/shared/domain/operation/operation-state';
import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../../platform/actor.ts';

/** Who did something, as it is stored. */
export interface Who {
  readonly kind: 'person' | 'system' | 'pult';
  readonly id: string | null;
  readonly name: string | null;
}

export function whoOf(actor: Actor): Who {
  if (actor.kind === 'person') return { kind: 'person', id: actor.userId, name: actor.name };
  return actor.kind === 'system'
    ? { kind: 'system', id: actor.systemId, name: null }
    : { kind: 'pult', id: null, name: null };
}

export interface OperationRow {
  readonly id: string;
  readonly number: number;
  readonly verb: OperationVerb;
  readonly selection: OperationSelection;
  readonly plan: OperationPlan;
  readonly title: string | null;
  readonly flows: readonly string[];
  readonly rate: number;
  readonly effectiveRate: number;
  readonly maxRate: number;
  readonly createdAt: Date;
  readonly createdBy: Who;
  readonly expiresAt: Date;
  readonly startedAt: Date | null;
  readonly startedBy: Who | null;
  readonly reason: string | null;
  readonly pauseCause: 'person' | 'rule' | null;
  readonly pausedBy: Who | null;
  readonly judgedFrom: Date | null;
  readonly cancelRequestedAt: Date | null;
  readonly cancelledBy: Who | null;
  readonly holdingSystem: string | null;
  readonly holdingSince: Date | null;
  readonly state: OperationState;
  readonly counts: StoredCounts;
  readonly finishedAt: Date | null;
  readonly version: number;
}
export type StoredCounts = ItemCounts & { readonly ineligible: number };

export const OPERATION_COLUMNS: RawBuilder<unknown> = sql`
  o.id, o.number, o.verb, o.selection, o.plan, o.title, o.flows, o.rate, o.effective_rate as "effectiveRate",
  o.max_rate as "maxRate", o.created_at as "createdAt", o.created_by as "createdBy", o.expires_at as "expiresAt",
  o.started_at as "startedAt", o.started_by as "startedBy", o.reason, o.pause_cause as "pauseCause",
  o.paused_by as "pausedBy", o.judged_from as "judgedFrom", o.cancel_requested_at as "cancelRequestedAt",
  o.cancelled_by as "cancelledBy", o.holding_system as "holdingSystem", o.holding_since as "holdingSince",
  o.state, o.counts, o.finished_at as "finishedAt", o.version`;

export interface ItemRow {
  readonly operationId: string;
  readonly position: number;
  readonly deliveryId: string;
  readonly flow: string;
  readonly consumer: string;
  readonly messageId: string;
  /** The document, whatever verb sends it. */
  readonly businessKey: string;
  /** Key of the record that is put again over the bus; null elsewhere. */
  readonly orderKey: string | null;
  readonly documentType: string;
  readonly number: string;
  readonly ref: string | null;
  readonly counterparty: string | null;
  readonly amount: string | null;
  readonly occurredAt: Date;
  readonly state: ItemStateOrIneligible;
  readonly reason: IneligibleReason | null;
  readonly heldBy: string | null;
  readonly waitsFor: number | null;
  readonly attempt: number | null;
  readonly idempotencyKey: string | null;
  readonly maybeSent: boolean;
  readonly asks: number;
  readonly askMs: number | null;
  readonly notBefore: Date | null;
  readonly error: { readonly code: string; readonly text: string } | null;
  readonly confirmedBy: 'event' | 'verification' | 'answer' | null;
  readonly startedAt: Date | null;
  readonly sentAt: Date | null;
  readonly finishedAt: Date | null;
  readonly doubtUntil: Date | null;
  readonly doubtSettled: boolean;
}

export const ITEM_COLUMNS: RawBuilder<unknown> = sql`
  i.operation_id as "operationId", i.position, i.delivery_id as "deliveryId", i.flow, i.consumer,
  i.message_id as "messageId", i.business_key as "businessKey", i.order_key as "orderKey", i.document_type as "documentType",
  i.document_number as "number", i.document_ref as "ref", i.counterparty, i.amount, i.occurred_at as "occurredAt",
  i.state, i.reason, i.held_by as "heldBy", i.waits_for as "waitsFor", i.attempt,
  i.idempotency_key as "idempotencyKey", i.maybe_sent as "maybeSent", i.asks, i.ask_ms as "askMs",
  i.not_before as "notBefore", i.error, i.confirmed_by as "confirmedBy", i.started_at as "startedAt",
  i.sent_at as "sentAt", i.finished_at as "finishedAt", i.doubt_until as "doubtUntil",
  i.doubt_settled as "doubtSettled"`;

/** Instant for SQL. */
export const at = (ms: number): Date => new Date(ms);
export const json = (value: unknown): string => JSON.stringify(value);
