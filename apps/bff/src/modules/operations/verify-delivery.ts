import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import { questionFor } from '@pult/shared/contracts/landscape-file/verify';
import type { deliveryVerify } from '@pult/shared/contracts/operations';
import { withoutPeople } from '@pult/shared/domain/delivery/open-words';
import { AppError } from '@pult/shared/errors/app-error';
import type { VerifyAnswer } from '../../connectors/port/ask.ts';
import { inTransaction } from '../../platform/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import type { OperationContext } from './context.ts';
import { proves } from './proof.ts';
import { at } from './rows.ts';
import type { By } from './service.ts';

/** The words of a system about a message of a flow that carries people may name one: those go on that name nobody. */
function withoutNames(error: unknown): unknown {
  if (!(error instanceof AppError)) return error;
  const { text, ...data } = error.data;
  return new AppError(error.code, typeof text === 'string' ? { ...data, text: withoutPeople(text) } : data);
}

export interface TargetAnswer extends VerifyAnswer {
  /** What it says is about this message: a document that another one may have brought is none. */
  readonly proof: boolean;
}

/** Asks the target about a message and records nothing; null when its flow names no way to ask about documents of its type. @throws AppError, SourceError */
export async function askTarget(
  { book, connectors, flows }: Pick<OperationContext, 'book' | 'connectors' | 'flows'>,
  deliveryId: string,
): Promise<TargetAnswer | null> {
  const [delivery] = await book.byIds([deliveryId]);
  if (delivery === undefined) throw new AppError('delivery.not_found', { delivery: deliveryId });
  const flow = flows.get(delivery.flow);
  const { messageId, documentType: type, number, ref } = delivery;
  const question = flow && questionFor(flow, type);
  if (flow === undefined || !question) return null;
  const subject = { messageId, type, number, ref };
  const answer = await connectors.verify(flow, subject).catch((error: unknown) => {
    throw flow.personalData ? withoutNames(error) : error;
  });
  const proof = answer.outcome === 'absent' || (await proves({ book }, question, { verb: 'resend', deliveryId }));
  return { ...answer, proof };
}

/**
 * Asks the target now and records what it says about this message.
 * @throws AppError `delivery.not_found`, `operation.verb_unsupported`; SourceError when the target cannot be asked
 */
export async function verifyDelivery(
  context: OperationContext,
  deliveryId: string,
  by: By,
): Promise<EndpointReply<typeof deliveryVerify>> {
  const { db, book, clock, live } = context;
  const asked = await askTarget(context, deliveryId);
  if (asked === null) throw new AppError('operation.verb_unsupported', { delivery: deliveryId });
  // A document that another message may have brought is shown to the person and proves nothing about this one.
  const { proof, ...answer } = asked;
  const now = clock.now();
  await inTransaction(db, async (tx) => {
    if (proof)
      await book.verified(tx, {
        deliveryId,
        attempt: null,
        outcome: answer.outcome,
        system: answer.system,
        ref: answer.ref,
        at: now,
        actor: by.actor,
      });
    await recordAudit(tx, {
      actor: by.actor,
      action: 'delivery.verify',
      objectKind: 'delivery',
      objectId: deliveryId,
      after: { ...answer, proof },
      requestId: by.requestId,
      at: at(now),
    });
  });
  live.announce(`delivery:${deliveryId}`, [deliveryId]);
  return { ...answer, at: new Date(now).toISOString(), recorded: proof };
}
