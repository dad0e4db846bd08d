import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { questionFor } from '@pult/shared/contracts/landscape-file/verify';
import { shownText } from '@pult/shared/domain/delivery/open-words';
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import type { VerifyAnswer } from '../../connectors/port/ask.ts';
import { PULT } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import { constraintOf } from '../../platform/db/database-errors.ts';
import { requestOf } from './asking.ts';
import type { OperationContext } from './context.ts';
import { decisionUnderLock, endDecided } from './decided.ts';
import { isAway } from './holding.ts';
import { changeItem, lockItem, stepItem } from './item-store.ts';
import { canProve, proves } from './proof.ts';
import { at, type ItemRow, type OperationRow } from './rows.ts';
import { longestPauseMs } from './settings.ts';
import { release, settle } from './settle.ts';
import { loadOperation } from './store.ts';

/** Never two messages of one document, nor two records of one key, on their way at once. */
const ONE_IN_FLIGHT: ReadonlySet<string> = new Set([
  'operation_item_one_in_flight',
  'operation_item_one_of_key_in_flight',
]);

/** What became of one request, for the rate. */
export type AskTime = { readonly ms: number } | null;

export interface Sender {
  /** Takes an item whose turn it is from `pending` to the source: asks the target first where it can be asked. */
  send(operation: OperationRow, item: ItemRow): Promise<AskTime>;
  /** Makes the request of an item in `sending` once more, with the same attempt and the same key. */
  askAgain(operation: OperationRow, item: ItemRow): Promise<AskTime>;
  /** Gives the turn of an item back whose question to the target nobody waits for any more. */
  restart(item: ItemRow): Promise<null>;
  /** Looks for the document of a doubtful item at the target. `last`: there will be no further look. */
  resolveDoubt(operation: OperationRow, item: ItemRow, last: boolean): Promise<null>;
}

/** The key is made of operation and delivery: whatever happens, the source sees one key for this decision. */
export const idempotencyKeyOf = (item: Pick<ItemRow, 'operationId' | 'deliveryId'>): string =>
  `${item.operationId}:${item.deliveryId}`;

export function createSender(context: OperationContext): Sender {
  const { db, book, clock, connectors, settings } = context;
  const later = (ms: number): Date => at(clock.now() + ms);
  const flowOf = (item: ItemRow): FlowConfig | undefined => context.flows.get(item.flow);
  /** What the system said; of a flow that carries people only those that name nobody are kept. */
  const errorOf = (item: ItemRow, error: AppError): { code: string; text: string } => ({
    code: error.code,
    text: shownText(String(error.data.text ?? ''), flowOf(item)),
  });
  const subjectOf = ({ messageId, documentType: type, number, ref }: ItemRow) => ({ messageId, type, number, ref });

  /** Another message of the same document or of the same record key got under way first, maybe in another operation. */
  const giveWay = async (item: ItemRow, error: unknown): Promise<void> => {
    if (!ONE_IN_FLIGHT.has(constraintOf(error) ?? '')) throw error;
    await stepItem(db, item, ['wait'], { waitsFor: null, notBefore: later(settings.backoffMs) });
  };

  /** `absent`: go on and send. `over`: the item has its outcome or its turn is given back. */
  const verifyFirst = async ({ verb }: OperationRow, item: ItemRow, flow: FlowConfig): Promise<ItemRow | 'over'> => {
    const question = questionFor(flow, item.documentType);
    // Nobody can be asked about such a document: it goes as in a flow without a question, a doubtful one at a person's risk.
    if (question === null || !canProve(question, verb)) return item;
    try {
      if ((await stepItem(db, item, ['verify'], { waitsFor: null, startedAt: at(clock.now()) })) === null)
        return 'over';
    } catch (error) {
      await giveWay(item, error);
      return 'over';
    }
    const verifying: ItemRow = { ...item, state: 'verifying', startedAt: at(clock.now()) };
    let answer: VerifyAnswer;
    try {
      answer = await connectors.verify(flow, subjectOf(item));
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await unanswered(verifying, error);
      return 'over';
    }
    if (answer.outcome !== 'applied') return verifying;
    // What another message of the document may have brought does not keep this one from being sent.
    if (!(await proves(context, question, { verb, deliveryId: item.deliveryId }))) return verifying;
    const now = clock.now();
    await settle(context, verifying, {
      steps: ['found'],
      change: { confirmedBy: 'verification', finishedAt: at(now), error: null },
      fact: (tx) => book.verified(tx, seen(item, answer, now)),
    });
    return 'over';
  };

  /** What a look at the target told about an item, as the book takes it. */
  const seen = ({ deliveryId, attempt }: ItemRow, { outcome, system, ref }: VerifyAnswer, at: number) => ({
    deliveryId,
    attempt,
    outcome,
    system,
    ref,
    at,
    actor: PULT,
  });

  /**
   * The target could not say whether the document is there: asked again later, each time after a longer pause, and
   * given up in the end. Without an answer nothing is sent.
   */
  const unanswered = async (verifying: ItemRow, error: AppError): Promise<void> => {
    // While the target is away for everybody the operation holds; that is no fault of this item.
    const away = error instanceof SourceError && isAway(connectors.state(String(error.data.system)));
    const tries = verifying.asks + (away ? 0 : 1);
    const canRetry = error instanceof SourceError && error.canRetry;
    if (!canRetry || tries >= settings.mostVerifications) {
      await refuse(verifying, errorOf(verifying, error));
      return;
    }
    const notBefore = later(settings.backoffMs * 2 ** Math.max(0, tries - 1));
    await stepItem(db, verifying, ['hold'], { asks: tries, notBefore, error: errorOf(verifying, error) });
  };

  /** Stores number and key of the attempt before anything leaves: after a crash the same ones are used again. */
  const begin = async (operation: OperationRow, item: ItemRow): Promise<ItemRow | 'over'> => {
    try {
      return await inTransaction(db, async (tx) => {
        const control = await loadOperation(tx, operation.id);
        const verifying = item.state === 'verifying';
        if (control.cancelRequestedAt !== null || control.pauseCause !== null) {
          if (verifying) await stepItem(tx, item, ['hold']);
          return 'over';
        }
        if (!(await lockItem(tx, item))) return 'over';
        const decision = await decisionUnderLock(context, tx, operation, item);
        if (decision !== null) {
          await endDecided(context, tx, item, decision);
          return 'over';
        }
        const now = clock.now();
        const idempotencyKey = idempotencyKeyOf(item);
        const attempt =
          item.attempt ??
          (await book.attemptStarted(tx, {
            operationId: operation.id,
            deliveryId: item.deliveryId,
            idempotencyKey,
            at: now,
          }));
        const change = {
          attempt,
          idempotencyKey,
          maybeSent: true,
          // A target that answered ends the row of questions; what is counted from here are requests.
          asks: verifying ? 1 : item.asks + 1,
          startedAt: item.startedAt ?? at(now),
          waitsFor: null,
          error: null,
        };
        const state = await stepItem(tx, item, verifying ? ['absent', 'send'] : ['send'], change);
        return state === null ? 'over' : { ...item, ...change, state };
      });
    } catch (error) {
      // The book knows no such delivery any more, for instance: that will not change by trying again.
      if (error instanceof AppError) await refuse(item, errorOf(item, error));
      else await giveWay(item, error);
      return 'over';
    }
  };

  const ask = async (operation: OperationRow, item: ItemRow, beforeMaybeSent: boolean): Promise<AskTime> => {
    const request = await requestOf(context, operation, item);
    if (request === null) {
      const error = { code: 'operation.verb_unsupported', text: '' };
      await (beforeMaybeSent ? doubt(item, error) : refuse(item, error));
      return null;
    }
    const startedAt = clock.now();
    try {
      await request();
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      await asked(item, error, beforeMaybeSent);
      // Only what was answered by the source itself says something about its speed.
      const answered = error instanceof SourceError && error.code !== 'source.circuit_open';
      return answered ? { ms: clock.now() - startedAt } : null;
    }
    const ms = clock.now() - startedAt;
    await stepItem(db, item, ['accepted'], { sentAt: at(clock.now()), askMs: ms, notBefore: null });
    return { ms };
  };

  /** The request failed: what may be concluded depends on whether it can have arrived. */
  const asked = async (item: ItemRow, error: AppError, beforeMaybeSent: boolean): Promise<void> => {
    const now = clock.now();
    // «Still being sent»: the source is at it already, the outcome will come as an event.
    if (error.code === 'source.conflict') {
      await stepItem(db, item, ['accepted'], { sentAt: at(now) });
      return;
    }
    // An error that no system caused (no such connector, no such way) came up before anything left.
    const { canRetry, maybeSent } = error instanceof SourceError ? error : { canRetry: false, maybeSent: false };
    const arrived = maybeSent || beforeMaybeSent;
    const again = { notBefore: notBefore(item, error), error: errorOf(item, error) };
    if (canRetry && !arrived) await stepItem(db, item, ['hold'], { ...again, maybeSent: false });
    else if (arrived && (canRetry || maybeSent) && item.asks < settings.mostAsks) await changeItem(db, item, again);
    // That a later request is refused does not undo an earlier one: nobody knows what became of it.
    else if (arrived) await doubt(item, errorOf(item, error));
    else await refuse(item, errorOf(item, error));
  };

  /** A closed way is tried when it is looked at again: until then each try would ask the target for nothing. */
  const notBefore = (item: ItemRow, error: AppError): Date => {
    const soon = clock.now() + settings.backoffMs * Math.max(1, item.asks);
    const probeAt =
      error.code === 'source.circuit_open' ? connectors.state(String(error.data.system))?.nextProbeAt : null;
    return at(Math.min(Math.max(soon, probeAt ?? 0), clock.now() + longestPauseMs(settings)));
  };

  /** Nothing arrived and nothing will: the item ends, and with it the attempt that was opened for it. */
  const refuse = async (item: ItemRow, error: { code: string; text: string }): Promise<void> => {
    const now = clock.now();
    const { attempt, deliveryId } = item;
    await settle(context, item, {
      steps: ['refused'],
      change: { error, finishedAt: at(now), confirmedBy: 'answer', maybeSent: false },
      fact: async (tx) => {
        if (attempt !== null) await book.attemptFailed(tx, { deliveryId, attempt, error, at: now });
      },
    });
  };

  const doubt = async (item: ItemRow, error: { code: string; text: string }): Promise<void> => {
    const now = clock.now();
    const flow = flowOf(item);
    const verifiable = flow !== undefined && questionFor(flow, item.documentType) !== null;
    const { attempt } = item;
    await settle(context, item, {
      steps: ['timed_out'],
      change: {
        error,
        finishedAt: at(now),
        notBefore: at(now),
        doubtUntil: later(settings.doubtWindowMs),
        doubtSettled: !verifiable,
      },
      fact: async (tx) => {
        if (attempt !== null) await book.timedOut(tx, { deliveryId: item.deliveryId, attempt, at: now });
      },
    });
  };

  /** The operation ends without knowing; a person or late news of the target decide. */
  const leaveInDoubt = (item: ItemRow, error: ItemRow['error']): Promise<void> =>
    inTransaction(db, async (tx) => {
      if (!(await changeItem(tx, item, { doubtSettled: true, error }))) return;
      const { operationId, deliveryId } = item;
      await release(context, tx, { operationId, deliveryIds: [deliveryId], now: clock.now() });
    });

  return {
    send: async (operation, item) => {
      const flow = flowOf(item);
      let ready: ItemRow | 'over' = item;
      if (flow !== undefined && !item.maybeSent) ready = await verifyFirst(operation, item, flow);
      if (ready === 'over') return null;
      const sending = await begin(operation, ready);
      return sending === 'over' ? null : ask(operation, sending, item.maybeSent);
    },
    askAgain: async (operation, item) => {
      const flow = flowOf(item);
      const since = item.startedAt?.getTime() ?? 0;
      // An earlier request may have arrived, so the item does not end here; but none is made any more.
      const decision = await inTransaction(db, (tx) => decisionUnderLock(context, tx, operation, item));
      const late = clock.now() - since > (flow?.ackTimeoutMs ?? 0);
      if (decision !== null || late || item.asks >= settings.mostAsks) {
        await doubt(item, item.error ?? { code: 'source.timeout', text: '' });
        return null;
      }
      const next = { ...item, asks: item.asks + 1 };
      if (!(await changeItem(db, item, { asks: next.asks, notBefore: null }))) return null;
      return ask(operation, next, true);
    },
    restart: async (item) => {
      await stepItem(db, item, ['hold']);
      return null;
    },
    resolveDoubt: async ({ verb }, item, last) => {
      const flow = flowOf(item);
      const now = clock.now();
      // Sent long ago without news, or doubtful already: one way in for both.
      if (item.state === 'sent') {
        await doubt(item, { code: 'source.timeout', text: '' });
        return null;
      }
      const over = now >= (item.doubtUntil?.getTime() ?? 0);
      const question = flow && questionFor(flow, item.documentType);
      if (flow === undefined || !question) {
        // The landscape has lost the way since the doubt arose.
        await leaveInDoubt(item, item.error);
        return null;
      }
      let answer: VerifyAnswer;
      try {
        answer = await connectors.verify(flow, subjectOf(item));
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        // Nobody will ever be able to ask: no reason to go on looking.
        if (over || last || !(error instanceof SourceError)) await leaveInDoubt(item, errorOf(item, error));
        else await changeItem(db, item, { notBefore: later(settings.doubtEveryMs), error: errorOf(item, error) });
        return null;
      }
      const found = answer.outcome !== 'absent';
      if (found && !(await proves(context, question, { verb, deliveryId: item.deliveryId }))) {
        // Only news of the target about the attempt itself, or a person, can tell.
        if (over || last) await leaveInDoubt(item, item.error);
        else await changeItem(db, item, { notBefore: later(settings.doubtEveryMs) });
        return null;
      }
      const fact = seen(item, answer, clock.now());
      if (answer.outcome === 'applied')
        await settle(context, item, {
          steps: ['found'],
          change: { confirmedBy: 'verification', finishedAt: at(clock.now()), error: null, doubtSettled: true },
          fact: (tx) => book.verified(tx, fact),
        });
      else if (over)
        await settle(context, item, {
          steps: ['give_up'],
          change: {
            confirmedBy: 'verification',
            finishedAt: at(clock.now()),
            error: { code: answer.outcome === 'present' ? 'target.not_posted' : 'target.absent', text: '' },
            doubtSettled: true,
          },
          fact: (tx) => book.verified(tx, fact),
        });
      else if (last) await leaveInDoubt(item, item.error);
      else await changeItem(db, item, { notBefore: later(settings.doubtEveryMs) });
      return null;
    },
  };
}
