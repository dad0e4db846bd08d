/** Answering a chain from Pult: once per order, with its audit in one transaction; the file leaves through an outbox. */
import type { EdiOrderView, EdiSeenAnswer, ediAnswer, ediPreview } from '@pult/shared/contracts/edi';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import {
  type AnswerWish,
  answerProblems,
  type CancelReason,
  effectOf,
  responseTo,
} from '@pult/shared/domain/edi/answer';
import type { EdiOrder, EdiResponse } from '@pult/shared/domain/edi/document';
import { AppError } from '@pult/shared/errors/app-error';
import { writeResponse } from '../../../connectors/edi/codec.ts';
import { encode } from '../../../connectors/files/encoding.ts';
import type { FilesClient } from '../../../connectors/files/port.ts';
import type { PersonActor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { latin } from '../../../platform/latin.ts';
import type { Live } from '../../../platform/live/live.ts';
import { recordAudit } from '../../audit/index.ts';
import {
  type AnswerRow,
  answersOf,
  contentHash,
  insertAnswer,
  type OrderFile,
  orderOf,
  type PassedAnswer,
  passedAnswers,
} from './answer-store.ts';

export interface AnswerDeps {
  readonly db: Db;
  readonly flows: ReadonlyMap<string, FlowConfig>;
  readonly clock: Clock;
  readonly live: Pick<Live, 'announce'>;
  readonly filesOf: (systemId: string) => FilesClient | null;
}

export interface AnswerInput {
  readonly wish: AnswerWish;
  readonly reason: CancelReason;
  readonly comment: string;
}

/** What the fields of both dialects hold of a reason. */
const REASON_CHARS = 70;
const LEAST_WORDS = 3;

/** Reasons as the chain reads them. */
const REASONS: Readonly<Record<CancelReason, string>> = {
  no_stock: 'Нет на складе',
  price: 'Расхождение в цене',
  discontinued: 'Товар снят с производства',
  delivery: 'Не успеваем к дате поставки',
  mistake: 'Ошибка в заказе',
  other: '',
};

/** The order of a delivery as the screen shows it. @throws AppError `edi.no_order` */
export async function readOrder(deps: AnswerDeps, deliveryId: string): Promise<EdiOrderView> {
  const order = await orderOf(deps.db, deliveryId);
  if (order === null) throw new AppError('edi.no_order', { deliveryId });
  const [passed, own] = await Promise.all([passedAnswers(deps.db, deliveryId), answersOf(deps.db, deliveryId)]);
  const { document } = order;
  const answer = own.at(-1) ?? null;
  const obstacle = obstacleOf(deps, order, { passed, own });
  return {
    dialect: document.dialect,
    number: document.number,
    date: document.date,
    deliveryDate: document.deliveryDate,
    buyer: { gln: document.parties.buyer, name: order.counterparty ?? document.parties.buyer },
    deliveryPlace: document.parties.deliveryPlace,
    fileName: order.name,
    encoding: order.encoding,
    lines: document.lines.map((line) => ({
      position: line.position,
      gtin: line.gtin,
      supplierCode: line.supplierCode,
      name: line.name,
      unit: line.unit,
      quantity: line.quantity,
      price: line.priceWithVat ?? line.price,
    })),
    partialShipment: deps.flows.get(order.flow_id)?.partialShipment === true,
    answers: answersShown(passed, own),
    sending: answer === null ? null : sendingShown(answer),
    answer: { allowed: obstacle === null, reason: obstacle },
  };
}

/** Answers of the accounting system: those that passed and that Pult did not write. */
function ofOthers(passed: readonly PassedAnswer[], own: readonly AnswerRow[]): PassedAnswer[] {
  const ownHashes = new Set(own.map(({ bytes }) => contentHash(bytes)));
  return passed.filter(({ hash }) => !ownHashes.has(hash));
}

function answersShown(passed: readonly PassedAnswer[], own: readonly AnswerRow[]): EdiSeenAnswer[] {
  const ofTarget = ofOthers(passed, own).map(
    ({ name, document, changed_at }): EdiSeenAnswer => ({
      by: 'target',
      who: null,
      at: changed_at.toISOString(),
      fileName: name,
      verdict: document.verdict,
      effect: effectShown(document),
      reason: document.reason,
      comment: null,
      refused: null,
    }),
  );
  const ofPult = own.map(
    (answer): EdiSeenAnswer => ({
      by: 'pult',
      who: answer.decided_by,
      at: answer.decided_at.toISOString(),
      fileName: answer.name,
      verdict: answer.document.verdict,
      effect: effectShown(answer.document),
      reason: answer.reason,
      comment: answer.comment || null,
      refused: answer.state === 'refused' ? (answer.error?.text ?? '') : null,
    }),
  );
  return [...ofTarget, ...ofPult].sort((a, b) => (a.at < b.at ? -1 : 1));
}

const effectShown = ({ lines }: EdiResponse) => (lines.length === 0 ? null : effectOf(lines));

const sendingShown = (answer: AnswerRow): NonNullable<EdiOrderView['sending']> => ({
  state: answer.state,
  attempts: answer.attempts,
  nextAt: answer.state === 'waiting' ? answer.next_at.toISOString() : null,
  droppedAt: answer.dropped_at?.toISOString() ?? null,
  settledAt: answer.settled_at?.toISOString() ?? null,
  error: answer.error,
});

function obstacleOf(
  deps: AnswerDeps,
  order: OrderFile,
  { passed, own }: { passed: readonly PassedAnswer[]; own: readonly AnswerRow[] },
): EdiOrderView['answer']['reason'] {
  // The chain refused the last one: the order waits for an answer again, whatever its copy made of the delivery.
  const refused = own.at(-1)?.state === 'refused';
  if (ofOthers(passed, own).length > 0) return 'answered';
  if (!refused && (own.length > 0 || order.state === 'applied')) return 'answered';
  // One that ended as replaced may be on its way all the same: its operation says so until it has let it go.
  if (order.state === 'retrying' || (order.state === 'discarded' && order.held)) return 'busy';
  return deps.filesOf(order.system_id)?.has('respond') ? null : 'no_folder';
}

/** @throws AppError when somebody answered already (who and when), when an operation sends the order, when there is no way out */
async function roundToAnswer(deps: AnswerDeps, db: Db, order: OrderFile, deliveryId: string): Promise<number> {
  const [passed, own] = await Promise.all([passedAnswers(db, deliveryId), answersOf(db, deliveryId)]);
  switch (obstacleOf(deps, order, { passed, own })) {
    case null:
      return own.length + 1;
    case 'busy':
      throw new AppError('edi.order_busy', { deliveryId });
    case 'no_folder':
      throw new AppError('edi.cannot_answer', { system: order.system_id });
    case 'answered':
      throw alreadyAnswered(passed, own.at(-1) ?? null);
  }
}

function alreadyAnswered(passed: readonly PassedAnswer[], answer: AnswerRow | null | undefined): AppError {
  if (answer != null)
    return new AppError('edi.already_answered', { by: answer.decided_by, at: answer.decided_at.toISOString() });
  return new AppError('edi.already_answered', { by: null, at: passed[0]?.changed_at.toISOString() ?? null });
}

interface Prepared {
  readonly document: EdiResponse;
  readonly name: string;
  readonly encoding: 'utf-8' | 'windows-1251';
  readonly text: string;
}

/** What both dialects hold of the number of an answer. */
const NUMBER_CHARS = 16;
/** Tells orders apart whose numbers look the same when they are cut or written in Latin letters. */
const markOf = ({ parties, number, date }: EdiOrder): string =>
  contentHash(Buffer.from([parties.buyer, number, date].join('\n'))).slice(0, 8);

/**
 * Number of the answer: two orders never get the same one, nor two answers to one order, or the chain would take the second
 * for a repetition.
 */
function answerNumber(order: EdiOrder, round: number): string {
  const whole = `P${order.number}`;
  const tail = round === 1 ? '' : `-${round}`;
  const chars = NUMBER_CHARS - tail.length;
  return `${whole.length <= chars ? whole : `${whole.slice(0, chars - 8)}${markOf(order)}`}${tail}`;
}

/** The file as it would leave. @throws AppError `edi.answer_invalid` with every problem */
function prepare(
  deps: AnswerDeps,
  order: OrderFile,
  { wish, reason, comment, round }: AnswerInput & { readonly round: number },
): Prepared {
  const partialShipment = deps.flows.get(order.flow_id)?.partialShipment === true;
  const wordless = reason === 'other' && comment.length < LEAST_WORDS ? [{ code: 'comment_required' as const }] : [];
  const problems = [...answerProblems(order.document, wish, partialShipment), ...wordless];
  if (problems.length > 0) throw new AppError('edi.answer_invalid', { problems });
  const files = deps.filesOf(order.system_id);
  if (files === null) throw new AppError('edi.cannot_answer', { system: order.system_id });
  const said = [REASONS[reason], comment].filter((text) => text !== '').join(': ');
  const { number } = order.document;
  const document = responseTo(order.document, wish, {
    number: answerNumber(order.document, round),
    date: Temporal.Instant.fromEpochMilliseconds(deps.clock.now())
      .toZonedDateTimeISO(files.zone)
      .toPlainDate()
      .toString(),
    reason: [...said].slice(0, REASON_CHARS).join(''),
  });
  // In the encoding of the order: that one the chain can surely read.
  const encoding = order.encoding === 'windows-1251' ? 'windows-1251' : 'utf-8';
  // Programs of an exchange agree on ASCII; two numbers that read alike in it are told apart by the mark.
  const plain = latin(number).replace(/[^0-9A-Za-z-]+/g, '-');
  const inName = plain === number ? number : `${plain}-${markOf(order.document)}`;
  const name = `ordrsp_${order.document.parties.buyer}_${inName}_${order.document.date}_pult${round === 1 ? '' : `-${round}`}.xml`;
  return { document, name, encoding, text: writeResponse(document, encoding) };
}

/** Shows what would be sent; stores nothing. */
export async function previewAnswer(
  deps: AnswerDeps,
  deliveryId: string,
  input: AnswerInput,
): Promise<EndpointReply<typeof ediPreview>> {
  const order = await orderOf(deps.db, deliveryId);
  if (order === null) throw new AppError('edi.no_order', { deliveryId });
  const round = await roundToAnswer(deps, deps.db, order, deliveryId);
  const { document, name, encoding, text } = prepare(deps, order, { ...input, round });
  return { fileName: name, encoding, text, effect: effectOf(document.lines) };
}

/** Decides for the company: one answer per order, whoever is first, and another one when the chain refused it. */
export async function answerOrder(
  deps: AnswerDeps,
  input: AnswerInput & { readonly deliveryId: string; readonly actor: PersonActor; readonly requestId: string },
): Promise<EndpointReply<typeof ediAnswer>> {
  const { deliveryId, actor } = input;
  await inTransaction(deps.db, async (tx) => {
    // The delivery is locked: an answer of the accounting system that comes at this moment is before or behind, not between.
    const order = await orderOf(tx, deliveryId, { lock: true });
    if (order === null) throw new AppError('edi.no_order', { deliveryId });
    const round = await roundToAnswer(deps, tx, order, deliveryId);
    const { document, name, encoding, text } = prepare(deps, order, { ...input, round });
    const stored = await insertAnswer(tx, {
      deliveryId,
      round,
      systemId: order.system_id,
      flowId: order.flow_id,
      document,
      reason: input.reason,
      comment: input.comment,
      name,
      bytes: encode(text, encoding),
      encoding,
      by: { id: actor.userId, name: actor.name },
      at: deps.clock.now(),
    });
    if (!stored) throw alreadyAnswered([], (await answersOf(tx, deliveryId)).at(-1));
    await recordAudit(tx, {
      actor,
      action: 'edi.answer',
      objectKind: 'message',
      objectId: deliveryId,
      after: {
        number: order.document.number,
        verdict: document.verdict,
        reason: input.reason,
        effect: effectOf(document.lines),
        fileName: name,
        ...(round === 1 ? {} : { round }),
      },
      ...(input.comment === '' ? {} : { reason: input.comment }),
      requestId: input.requestId,
    });
  });
  deps.live.announce(`delivery:${deliveryId}`);
  return readOrder(deps, deliveryId);
}
