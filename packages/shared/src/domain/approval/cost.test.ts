import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lineCost, vatRateOf } from './cost.ts';
import { marginOf, numbersOf } from './lines.ts';

const kopecks = fc.bigInt({ min: 1n, max: 10n ** 8n });
const quantity = fc.integer({ min: 1, max: 10_000_000 });
const rate = fc.constantFrom(0, 500, 700, 1_000, 2_000, 2_200);

describe('cost of a line', () => {
  it('is unit cost × quantity, to the kopeck', () => {
    const line = { quantity: 2_500, amountIncludesVat: false, vatRate: null };
    expect(lineCost({ kopecks: 10_01n, includesVat: false }, line)).toBe(25_03n);
  });

  it('takes VAT out of a cost that includes it, and adds it where the amount has it', () => {
    const line = { quantity: 1_000, vatRate: 2_000 };
    expect(lineCost({ kopecks: 120_00n, includesVat: true }, { ...line, amountIncludesVat: false })).toBe(100_00n);
    expect(lineCost({ kopecks: 100_00n, includesVat: false }, { ...line, amountIncludesVat: true })).toBe(120_00n);
    expect(lineCost({ kopecks: 120_00n, includesVat: true }, { ...line, amountIncludesVat: true })).toBe(120_00n);
  });

  it('is unknown where the footings differ and the rate is not given', () => {
    const line = { quantity: 1_000, amountIncludesVat: false, vatRate: null };
    expect(lineCost({ kopecks: 100n, includesVat: true }, line)).toBeNull();
  });

  it('gives the same margin percent with VAT in both and in neither, up to a kopeck', () => {
    fc.assert(
      fc.property(kopecks, quantity, rate, fc.bigInt({ min: 10n ** 7n, max: 10n ** 12n }), (unit, n, vatRate, net) => {
        const cost = lineCost(
          { kopecks: unit, includesVat: false },
          { quantity: n, amountIncludesVat: false, vatRate },
        );
        const gross = lineCost(
          { kopecks: unit, includesVat: false },
          { quantity: n, amountIncludesVat: true, vatRate },
        );
        fc.pre(cost !== null && gross !== null && cost <= net);
        const amount = (net * BigInt(10_000 + vatRate)) / 10_000n;
        const difference = marginOf(amount, gross ?? 0n).percent - marginOf(net, cost ?? 0n).percent;
        expect(Math.abs(difference)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('never falls when the quantity grows', () => {
    fc.assert(
      fc.property(kopecks, quantity, quantity, rate, fc.boolean(), (unit, n, more, vatRate, includesVat) => {
        const of = (count: number) =>
          lineCost({ kopecks: unit, includesVat }, { quantity: count, amountIncludesVat: false, vatRate }) ?? 0n;
        expect(of(n + more) >= of(n)).toBe(true);
      }),
    );
  });
});

describe('margin of a request', () => {
  it('lies between the margins of its lines, weighted by amount', () => {
    const line = fc.record({
      requested: fc.integer({ min: 0, max: 5_000 }),
      allowed: fc.integer({ min: 0, max: 5_000 }),
      amount: fc.bigInt({ min: 1_000n, max: 10n ** 11n }),
      cost: fc.bigInt({ min: 0n, max: 10n ** 11n }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
        const percents = lines.map(({ amount, cost }) => marginOf(amount, cost).percent);
        const whole = numbersOf(lines).margin?.request.percent ?? Number.NaN;
        expect(whole).toBeGreaterThanOrEqual(Math.min(...percents) - 1);
        expect(whole).toBeLessThanOrEqual(Math.max(...percents) + 1);
      }),
    );
  });

  it('at the agreement is never below that of the request', () => {
    const line = fc.record({
      requested: fc.integer({ min: 0, max: 9_900 }),
      allowed: fc.integer({ min: 0, max: 9_900 }),
      amount: fc.bigInt({ min: 1n, max: 10n ** 11n }),
      cost: fc.bigInt({ min: 0n, max: 10n ** 11n }),
    });
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 12 }), (lines) => {
        const { margin } = numbersOf(lines);
        expect((margin?.agreement.amount ?? 0n) >= (margin?.request.amount ?? 0n)).toBe(true);
        expect((margin?.lost ?? -1n) >= 0n).toBe(true);
      }),
    );
  });
});

describe('VAT rate of a line', () => {
  it('is a whole percent in spite of kopecks', () => {
    expect(vatRateOf(33n, 166n)).toBe(2_000);
    expect(vatRateOf(20_000n, 100_000n)).toBe(2_000);
    expect(vatRateOf(0n, 100_000n)).toBe(0);
    expect(vatRateOf(10n, 0n)).toBeNull();
  });
});
