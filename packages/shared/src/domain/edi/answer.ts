/** What may be answered to an order of a chain (landscape.md, edi-orders; reference/protocols.md §E2). Pure. */
import { amountOf, compareDecimals, isDecimal, quantityText, sumOfQuantities } from './decimal.ts';
import type { EdiOrder, EdiResponse, EdiResponseLine, EdiVerdict } from './document.ts';

export const CANCEL_REASONS = ['no_stock', 'price', 'discontinued', 'delivery', 'mistake', 'other'] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

/** A decision of a person: the whole order, or each line by its number. */
export type AnswerWish =
  | { readonly kind: 'cancel' }
  | { readonly kind: 'lines'; readonly accepted: Readonly<Record<string, string>> };

export type AnswerProblem =
  /** The flow does not carry partial answers: today an order can only be cancelled whole. */
  | { readonly code: 'partial_not_allowed' }
  | { readonly code: 'unknown_line'; readonly position: string }
  | { readonly code: 'missing_line'; readonly position: string }
  | { readonly code: 'not_a_quantity'; readonly position: string }
  | { readonly code: 'too_much'; readonly position: string; readonly ordered: string };

/** Every reason why the wish cannot be sent; empty when it can. */
export function answerProblems(order: EdiOrder, wish: AnswerWish, partialShipment: boolean): AnswerProblem[] {
  if (wish.kind === 'cancel') return [];
  if (!partialShipment) return [{ code: 'partial_not_allowed' }];
  const known = new Set(order.lines.map(({ position }) => position));
  const foreign = Object.keys(wish.accepted)
    .filter((position) => !known.has(position))
    .map((position): AnswerProblem => ({ code: 'unknown_line', position }));
  const own = order.lines.flatMap(({ position, quantity }): AnswerProblem[] => {
    const accepted = Object.hasOwn(wish.accepted, position) ? wish.accepted[position] : undefined;
    if (accepted === undefined) return [{ code: 'missing_line', position }];
    if (!isDecimal(accepted)) return [{ code: 'not_a_quantity', position }];
    return compareDecimals(accepted, quantity) > 0 ? [{ code: 'too_much', position, ordered: quantity }] : [];
  });
  return [...foreign, ...own];
}

const lineVerdict = (ordered: string, accepted: string): EdiVerdict => {
  if (compareDecimals(accepted, ordered) >= 0) return 'accepted';
  return compareDecimals(accepted, '0') === 0 ? 'rejected' : 'changed';
};

/** The verdict of a document follows from its lines: nothing left is a rejection, anything less is a change. */
export function verdictOf(lines: readonly { readonly quantity: string; readonly accepted: string }[]): EdiVerdict {
  const verdicts = lines.map(({ quantity, accepted }) => lineVerdict(quantity, accepted));
  if (verdicts.every((one) => one === 'rejected')) return 'rejected';
  return verdicts.every((one) => one === 'accepted') ? 'accepted' : 'changed';
}

/** Whether the lines of an answer leave something and take something away: partial, whatever its header says. */
export const isPartial = (response: Pick<EdiResponse, 'verdict' | 'lines'>): boolean =>
  response.lines.length === 0 ? response.verdict === 'changed' : verdictOf(response.lines) === 'changed';

export interface AnswerHead {
  readonly number: string;
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly reason: string | null;
}

/** The answer to an order in its own dialect, from the supplier to the buyer. Call it with a wish without problems. */
export function responseTo(order: EdiOrder, wish: AnswerWish, head: AnswerHead): EdiResponse {
  const lines = order.lines.map((line): EdiResponseLine => {
    const accepted = wish.kind === 'cancel' ? '0' : (wish.accepted[line.position] ?? '0');
    return {
      ...line,
      quantity: quantityText(line.quantity),
      accepted: quantityText(accepted),
      verdict: wish.kind === 'cancel' ? 'rejected' : lineVerdict(line.quantity, accepted),
    };
  });
  return {
    kind: 'response',
    dialect: order.dialect,
    number: head.number,
    date: head.date,
    orderNumber: order.number,
    orderDate: order.date,
    deliveryDate: order.deliveryDate,
    currency: order.currency,
    verdict: wish.kind === 'cancel' ? 'rejected' : verdictOf(lines),
    reason: head.reason,
    parties: { ...order.parties, sender: order.parties.recipient, recipient: order.parties.sender },
    lines,
  };
}

export interface AnswerEffect {
  readonly verdict: EdiVerdict;
  readonly orderedPieces: string;
  readonly acceptedPieces: string;
  /** Roubles; null when a line has no price: a part of a sum would mislead. */
  readonly orderedAmount: string | null;
  readonly acceptedAmount: string | null;
  readonly changedLines: number;
  readonly rejectedLines: number;
}

const priceOf = (line: Pick<EdiResponseLine, 'price' | 'priceWithVat'>): string | null =>
  line.priceWithVat ?? line.price;

/** What an answer leaves of an order, in pieces and roubles. */
export function effectOf(lines: readonly EdiResponseLine[]): AnswerEffect {
  const total = (quantity: (line: EdiResponseLine) => string): string | null => {
    const priced = lines.flatMap((line) => {
      const price = priceOf(line);
      return price === null ? [] : [{ quantity: quantity(line), price }];
    });
    return priced.length === lines.length ? amountOf(priced) : null;
  };
  return {
    verdict: verdictOf(lines),
    orderedPieces: sumOfQuantities(lines.map(({ quantity }) => quantity)),
    acceptedPieces: sumOfQuantities(lines.map(({ accepted }) => accepted)),
    orderedAmount: total(({ quantity }) => quantity),
    acceptedAmount: total(({ accepted }) => accepted),
    changedLines: lines.filter(({ verdict }) => verdict === 'changed').length,
    rejectedLines: lines.filter(({ verdict }) => verdict === 'rejected').length,
  };
}

/** Amount of an order in roubles; null when a line has no price. */
export function orderAmount(order: Pick<EdiOrder, 'lines'>): string | null {
  const priced = order.lines.flatMap(({ quantity, price, priceWithVat }) => {
    const value = priceWithVat ?? price;
    return value === null ? [] : [{ quantity, price: value }];
  });
  return priced.length === order.lines.length && priced.length > 0 ? amountOf(priced) : null;
}

/** An answer in one line: what of the ordered quantity is left. */
export function plainAnswer({ number, orderNumber, lines }: EdiResponse): string {
  const { acceptedPieces, orderedPieces, changedLines, rejectedLines } = effectOf(lines);
  return `${number} на заказ ${orderNumber}: принято ${acceptedPieces} из ${orderedPieces}, строк изменено ${changedLines}, отказано ${rejectedLines}`;
}
