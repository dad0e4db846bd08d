/** Problems of exchange registers of 1С as failures of messages: the same fold as what systems report (ADR 0002). */
import { causeOf } from '@pult/shared/domain/delivery/error-cause';
import { type DeliveryState, isFinal } from '@pult/shared/domain/delivery/summary';
import { sql } from 'kysely';
import { PULT } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/database.ts';
import { cleanText, cutText } from '../../platform/http/clean-text.ts';
import { type createDeliveryBook, writeFacts } from './book.ts';
import { type ExchangeEvent, failureOf } from './event.ts';
import { deliveryId, eventUid } from './identity.ts';
import type { Intake, IntakeDeps } from './intake.ts';
import { attemptOfProblem, begunAttempts } from './register-attempt.ts';
import { sealed } from './sealed.ts';

/** A row of a register that is the failure of one message. Instants in ms. */
export interface RegisterFailure {
  readonly systemId: string;
  readonly problemId: string;
  readonly flowId: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly type: string;
  readonly number: string;
  readonly ref: string | null;
  readonly documentAt: number | null;
  /** When the base wrote it down, in whole seconds. */
  readonly at: number;
  readonly code: string | null;
  readonly text: string;
  /** Counts where the text itself tells no class. */
  readonly errorClass: string;
}

const MAX_TEXT = 200;
const MAX_ID = 300;
const short = (text: string): string => cutText(text, MAX_TEXT) || '—';

/** Folds failures of registers, each as one of the attempt that it must be of. @returns delivery of each, by problem */
export async function foldRegisterFailures(
  { db, flows, intake }: Pick<IntakeDeps, 'db' | 'flows'> & { readonly intake: Pick<Intake, 'fold'> },
  failures: readonly RegisterFailure[],
): Promise<ReadonlyMap<string, string>> {
  const known = failures.flatMap((failure) => {
    const flow = flows.get(failure.flowId);
    const id = deliveryId(failure.flowId, failure.messageId, failure.consumer);
    return flow === undefined || failure.messageId.length > MAX_ID ? [] : [{ failure, flow, id }];
  });
  const attempts = await begunAttempts(
    db,
    known.map(({ id }) => id),
  );
  const events = known.map(({ failure, flow, id }) =>
    sealed(eventOf(failure, id, attemptOfProblem(failure.at, attempts.get(id) ?? [])), flow, flows),
  );
  await intake.fold({ events, held: [], heartbeats: [] });
  return new Map(known.map(({ failure, id }) => [failure.problemId, id]));
}

function eventOf(failure: RegisterFailure, id: string, attempt: number): ExchangeEvent {
  const eventId = `register:${failure.problemId}:${new Date(failure.at).toISOString()}`;
  const text = cleanText(failure.text);
  const code = failure.code === null ? null : short(failure.code);
  // A reporter of the same failure says its text without a class: both must end in one cause.
  const told = causeOf({ text, code }).errorClass;
  return {
    uid: eventUid(failure.systemId, eventId),
    source: failure.systemId,
    eventId,
    kind: 'failed',
    at: failure.at,
    traceId: null,
    deliveryId: id,
    flowId: failure.flowId,
    consumer: failure.consumer,
    // A row of a register is no new message of its source.
    rhythmSource: null,
    messageId: failure.messageId,
    key: { type: short(failure.type), number: short(failure.number), ref: failure.ref },
    recipient: null,
    counterparty: null,
    amount: null,
    occurredAt: failure.documentAt,
    attempt,
    // Whatever a system itself says about the document counts more than what a register keeps of it.
    revision: 0,
    failure: failureOf(failure.flowId, { code, text, class: told === 'unknown' ? failure.errorClass : told }),
    operation: null,
    payload: null,
  };
}

/** Those of the deliveries that need nobody any more. */
export async function finalDeliveries(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await sql<{ id: string; state: DeliveryState }>`
    select id, state from delivery where id = any(${[...ids]}::uuid[])`.execute(db);
  return new Set(rows.filter(({ state }) => isFinal(state)).map(({ id }) => id));
}

/** The base lists a problem no more, and the target was asked; null: it cannot be. */
export interface Vanished {
  readonly deliveryId: string;
  readonly said: {
    readonly outcome: 'applied' | 'present' | 'absent';
    readonly system: string;
    readonly ref: string | null;
    /** False: the document may have come with another message. */
    readonly proof: boolean;
  } | null;
  readonly at: number;
}

/** Writes down what the target said; unless that closes the delivery, its story says that the base lists the problem no more. */
export async function noteVanished(
  book: Pick<ReturnType<typeof createDeliveryBook>, 'verified'>,
  tx: Db,
  { deliveryId: id, said, at }: Vanished,
): Promise<void> {
  if (said?.proof) {
    const { outcome, system, ref } = said;
    await book.verified(tx, { deliveryId: id, attempt: null, outcome, system, ref, at, actor: PULT });
    if (outcome === 'applied') return;
  }
  await writeFacts(tx, [{ deliveryId: id, at, kind: 'register_gone', actor: 'Пульт' }]);
}
