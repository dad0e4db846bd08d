/** What operations ask of other modules; each is one narrow answer, wired in main. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { MessagesFilter } from '@pult/shared/contracts/messages';
import type { Failed, FailedQuery } from '@pult/shared/domain/operation/automatic-retry';
import type { DeliveryState, ResendObstacle } from '@pult/shared/domain/operation/eligibility';
import type { AskAnswer, AskRequest, VerifyAnswer, VerifySubject } from '../../connectors/port/ask.ts';
import type { RedriveRequest } from '../../connectors/port/bus-record.ts';
import type { ConnectionState } from '../../connectors/port/connection-health.ts';
import type { Actor } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/database.ts';

/** Where the record of a delivery stood on the bus before its consumer gave it up. */
export interface RecordPosition {
  /** The same for all records of one topic with this key, to the byte; null: a record without a key, which has no order. */
  readonly key: string | null;
  /** Topic and partition, as one text. */
  readonly partition: string;
  /** Decimal string: offsets are 64 bits. */
  readonly offset: string;
}

/** A delivery as a plan needs it. Instants in ms since the epoch. */
export interface Candidate {
  readonly deliveryId: string;
  readonly flow: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly documentType: string;
  readonly number: string;
  /** Reference of the document in the source. */
  readonly ref: string | null;
  /** The same for all messages about one document, whichever way and under whatever record key they go. */
  readonly businessKey: string;
  /** Null where messages of the flow are not sent again over the bus. */
  readonly record: RecordPosition | null;
  readonly counterparty: string | null;
  /** Roubles, decimal string. */
  readonly amount: string | null;
  readonly occurredAt: number;
  readonly state: DeliveryState;
  /** Past the time that its flow allows in this state. */
  readonly overdue: boolean;
  /** What keeps its record or file from being put again by Pult; null when nothing does, or its source is asked. */
  readonly obstacle: ResendObstacle;
  readonly causeId: string | null;
  readonly causeTitle: string | null;
}

/** What is known about a delivery by now. */
export interface DeliveryNews {
  readonly deliveryId: string;
  readonly state: DeliveryState;
  /** The target processed it, by whatever attempt. */
  readonly applied: boolean;
  /** Highest attempt that failed, by an event; null when none did. */
  readonly failedAttempt: number | null;
  readonly error: { readonly code: string; readonly text: string } | null;
}

export interface AttemptRef {
  readonly deliveryId: string;
  readonly attempt: number;
  readonly at: number;
}

/** The deliveries, owned by the messages module. Verbs with `tx` write in the caller's transaction. */
export interface DeliveryBook {
  byIds(deliveryIds: readonly string[]): Promise<Candidate[]>;
  /** The filter says something: an empty one does not come here. */
  byFilter(filter: MessagesFilter): Promise<Candidate[]>;
  /** @throws AppError `cause.not_found` */
  byCauses(causeIds: readonly string[]): Promise<Candidate[]>;
  /** Oldest failure first. */
  failedOf(query: FailedQuery): Promise<Failed[]>;
  /** Those of the deliveries of whose document a newer message is on its way or through, whatever state they have themselves. */
  overtaken(tx: Db, deliveryIds: readonly string[]): Promise<string[]>;
  /** Null: it has not failed, or there is none. */
  failedOne(deliveryId: string): Promise<Failed | null>;
  news(deliveryIds: readonly string[]): Promise<DeliveryNews[]>;
  /**
   * Those of the deliveries whose document may stand at the target because of another message: one of the same flow and
   * consumer with the same number or reference that arrived, or of which nobody knows whether it did.
   */
  withSiblingsAtTarget(deliveryIds: readonly string[]): Promise<string[]>;
  /** System that accepted the message; null when no event says so. */
  sourceOf(deliveryId: string): Promise<string | null>;
  /** The newest record that the consumer gave up on, as it was kept or where it was left; null when there is none to put again. */
  recordToResend(deliveryId: string): Promise<RedriveRequest['record'] | null>;

  /** What keeps the deliveries by now from being sent again, as far as is known without waiting for anybody. */
  obstacles(deliveryIds: readonly string[]): Promise<ReadonlyMap<string, ResendObstacle>>;
  /**
   * Locks the deliveries and says what keeps them by now from being sent again by Pult itself: whoever else decides about one
   * of them was before this, and is seen, or waits for the end of the transaction and sees the claim.
   */
  obstaclesUnderLock(tx: Db, deliveryIds: readonly string[]): Promise<ReadonlyMap<string, ResendObstacle>>;
  /** failed, in doubt → retrying. */
  claimed(tx: Db, facts: { operationId: string; deliveryIds: readonly string[]; at: number }): Promise<void>;
  /** retrying → what the attempts say. */
  released(tx: Db, facts: { operationId: string; deliveryIds: readonly string[]; at: number }): Promise<void>;
  /** Opens the next attempt. @returns its number */
  attemptStarted(
    tx: Db,
    fact: { operationId: string; deliveryId: string; idempotencyKey: string; at: number },
  ): Promise<number>;
  /** The request of Pult did not get through: no event will come about this attempt. */
  attemptFailed(tx: Db, fact: AttemptRef & { error: { code: string; text: string } }): Promise<void>;
  timedOut(tx: Db, fact: AttemptRef): Promise<void>;
  /** The target was asked. `attempt` null: outside any attempt of an operation. */
  verified(
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
  ): Promise<void>;
  discarded(tx: Db, facts: BulkDecision): Promise<void>;
  restored(tx: Db, facts: BulkDecision): Promise<void>;
}

export interface BulkDecision {
  readonly operationId: string;
  readonly deliveryIds: readonly string[];
  readonly actor: Actor;
  readonly reason: string;
  readonly at: number;
}

/** The part of the connectors that operations need. */
export interface OperationConnectors {
  ask(systemId: string, path: string, request: AskRequest): Promise<AskAnswer>;
  redrive(systemId: string, request: RedriveRequest): Promise<void>;
  verify(flow: FlowConfig, subject: VerifySubject): Promise<VerifyAnswer>;
  state(systemId: string): ConnectionState | null;
}
