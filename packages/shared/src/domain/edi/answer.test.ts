import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnswerWish, answerProblems, effectOf, isPartial, orderAmount, responseTo, verdictOf } from './answer.ts';
import { amountOf, compareDecimals, isDecimal, plainQuantity, quantityText, sumOfQuantities } from './decimal.ts';
import type { EdiOrder } from './document.ts';
import { isGln } from './gln.ts';
import { anyOrder } from './testing/arbitraries.ts';

const order: EdiOrder = {
  kind: 'order',
  dialect: 'exite',
  purpose: 'original',
  number: '320089P47192',
  date: '2026-11-24',
  deliveryDate: '2026-11-26',
  currency: 'RUB',
  parties: {
    buyer: '4607164999995',
    supplier: '4620000000235',
    deliveryPlace: null,
    sender: '4607164999995',
    recipient: '4620000000235',
  },
  buyerName: null,
  buyerInn: null,
  lines: [
    {
      position: '1',
      gtin: null,
      buyerCode: null,
      supplierCode: 'a',
      name: 'А',
      quantity: '10.000',
      unit: 'PCE',
      price: '100.00',
      priceWithVat: '122.00',
    },
    {
      position: '2',
      gtin: null,
      buyerCode: null,
      supplierCode: 'b',
      name: 'Б',
      quantity: '2.500',
      unit: 'KGM',
      price: '10.00',
      priceWithVat: '12.20',
    },
  ],
};
const head = { number: 'R-1', date: '2026-11-24', reason: null };
const lines = (one: string, two: string): AnswerWish => ({ kind: 'lines', accepted: { '1': one, '2': two } });

describe('what may be answered', () => {
  it('lets an order be cancelled whole whether or not the flow carries parts', () => {
    expect(answerProblems(order, { kind: 'cancel' }, false)).toEqual([]);
    expect(answerProblems(order, { kind: 'cancel' }, true)).toEqual([]);
  });
  it('refuses answers per line while the flow carries no parts, whatever they say', () => {
    expect(answerProblems(order, lines('10', '2.5'), false)).toEqual([{ code: 'partial_not_allowed' }]);
  });
  it('takes any quantity from nothing to all of it, line by line', () => {
    expect(answerProblems(order, lines('0', '2.500'), true)).toEqual([]);
    expect(answerProblems(order, lines('10.001', '-1'), true)).toEqual([
      { code: 'too_much', position: '1', ordered: '10.000' },
      { code: 'not_a_quantity', position: '2' },
    ]);
  });
  it('asks for every line and for no other', () => {
    expect(answerProblems(order, { kind: 'lines', accepted: { '1': '5', '7': '1' } }, true)).toEqual([
      { code: 'unknown_line', position: '7' },
      { code: 'missing_line', position: '2' },
    ]);
  });
});

describe('the answer', () => {
  it.each([
    ['everything', lines('10', '2.5'), 'accepted', ['accepted', 'accepted']],
    ['a part of a line', lines('4', '2.5'), 'changed', ['changed', 'accepted']],
    ['one line less', lines('0', '2.5'), 'changed', ['rejected', 'accepted']],
    ['nothing', lines('0', '0'), 'rejected', ['rejected', 'rejected']],
    ['a whole cancellation', { kind: 'cancel' } as const, 'rejected', ['rejected', 'rejected']],
  ] as const)('of %s has the verdict that its lines give', (_, wish, verdict, verdicts) => {
    const response = responseTo(order, wish, head);
    expect(response.verdict).toBe(verdict);
    expect(response.lines.map((line) => line.verdict)).toEqual(verdicts);
    expect(response.parties).toMatchObject({ sender: order.parties.recipient, recipient: order.parties.sender });
  });

  it('says its effect in pieces and roubles with VAT', () => {
    expect(effectOf(responseTo(order, lines('4', '0'), head).lines)).toEqual({
      verdict: 'changed',
      orderedPieces: '12.5',
      acceptedPieces: '4',
      orderedAmount: '1250.50',
      acceptedAmount: '488.00',
      changedLines: 1,
      rejectedLines: 1,
    });
  });

  it('names no sum when a line has no price', () => {
    const [first, second] = order.lines;
    if (!first || !second) throw new Error('no lines');
    const unpriced: EdiOrder = { ...order, lines: [first, { ...second, price: null, priceWithVat: null }] };
    expect(orderAmount(unpriced)).toBeNull();
    expect(effectOf(responseTo(unpriced, { kind: 'cancel' }, head).lines)).toMatchObject({
      orderedAmount: null,
      orderedPieces: '12.5',
    });
  });

  it('never gives more than was ordered, and its verdict is the one of its lines', () => {
    fc.assert(
      fc.property(
        anyOrder,
        fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 8, maxLength: 8 }),
        (some, shares) => {
          const accepted = Object.fromEntries(
            some.lines.map(({ position, quantity }, index) => [
              position,
              (shares[index % 8] ?? 0) >= 50 ? quantity : '0',
            ]),
          );
          const wish: AnswerWish = { kind: 'lines', accepted };
          expect(answerProblems(some, wish, true)).toEqual([]);
          const response = responseTo(some, wish, head);
          expect(response.verdict).toBe(verdictOf(response.lines));
          expect(isPartial(response)).toBe(response.verdict === 'changed');
          for (const line of response.lines)
            expect(compareDecimals(line.accepted, line.quantity)).toBeLessThanOrEqual(0);
          const effect = effectOf(response.lines);
          expect(compareDecimals(effect.acceptedPieces, effect.orderedPieces)).toBeLessThanOrEqual(0);
        },
      ),
    );
  });
});

describe('decimals of files', () => {
  const quantity = fc
    .tuple(fc.integer({ min: 0, max: 999_999 }), fc.integer({ min: 0, max: 999 }))
    .map(([whole, part]) => `${whole}.${String(part).padStart(3, '0')}`);
  it('keep their value however they are written', () => {
    fc.assert(
      fc.property(quantity, (text) => {
        expect(compareDecimals(plainQuantity(text), quantityText(text))).toBe(0);
      }),
    );
  });
  it('add up exactly', () => {
    expect(sumOfQuantities(['0.1', '0.2'])).toBe('0.3');
    fc.assert(
      fc.property(quantity, quantity, (one, other) => {
        expect(sumOfQuantities([one, other])).toBe(sumOfQuantities([other, one]));
      }),
    );
  });
  it('round each line to kopecks on its own', () => {
    expect(
      amountOf([
        { quantity: '3', price: '0.335' },
        { quantity: '1', price: '0.005' },
      ]),
    ).toBe('1.02');
  });
  it.each(['', '-1', '1e3', '1.', '.5', '1 000', 'NaN', '1'.repeat(13)])('refuse %j', (text) =>
    expect(isDecimal(text)).toBe(false),
  );
});

describe('GLN', () => {
  it('is known by its check digit: one digit less or more is found', () => {
    expect(isGln('4607164999995')).toBe(true);
    for (let place = 0; place < 13; place += 1) {
      const digits = [...'4607164999995'];
      digits[place] = String((Number(digits[place]) + 1) % 10);
      expect(isGln(digits.join(''))).toBe(false);
    }
    expect(isGln('460716499999')).toBe(false);
  });
});
