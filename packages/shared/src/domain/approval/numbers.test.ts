import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deviationOf, numbersOf, type PricedLine } from './lines.ts';
import { hundredthsOf, kopecksOf, roublesOf } from './points.ts';
import { compareVersions, decisionStands, type VersionLine, versionText } from './versions.ts';

const percent = fc.integer({ min: 0, max: 9_900 });
const line = fc.record({
  requested: percent,
  allowed: percent,
  amount: fc.bigInt({ min: 1n, max: 10n ** 12n }),
  cost: fc.bigInt({ min: 0n, max: 10n ** 12n }),
}) satisfies fc.Arbitrary<PricedLine>;
const versionLine = fc
  .record({ requested: percent, allowed: percent, amount: fc.bigInt({ min: 1n, max: 10n ** 9n }), quantity: fc.nat() })
  .map((one) => ({ ...one, cost: null }));
const version = fc
  .array(versionLine, { minLength: 1, maxLength: 8 })
  .map((lines) => lines.map((one, index): VersionLine => ({ ...one, key: String(index) })));

describe('points', () => {
  it('has no float noise', () => {
    expect(hundredthsOf(12.35) - hundredthsOf(12.3)).toBe(5);
    expect(hundredthsOf(1.005)).toBe(101);
    expect(hundredthsOf(0)).toBe(0);
    expect(Object.is(hundredthsOf(-0.001), 0)).toBe(true);
  });

  it('reads back every amount', () => {
    fc.assert(fc.property(fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }), (k) => kopecksOf(roublesOf(k)) === k));
  });

  it('refuses what is no amount', () => {
    expect(kopecksOf('12,50')).toBeNull();
    expect(kopecksOf('')).toBeNull();
  });
});

describe('numbers of a request', () => {
  it('takes the largest deviation, exactly at the limit none', () => {
    expect(deviationOf({ requested: 500, allowed: 500 })).toBe(0);
    expect(deviationOf({ requested: 501, allowed: 500 })).toBe(1);
    expect(deviationOf({ requested: 100, allowed: 500 })).toBe(0);
  });

  it('computes the figures of the picture', () => {
    const numbers = numbersOf([
      { requested: 2_500, allowed: 2_200, amount: 33_390_000n, cost: 24_480_000n },
      { requested: 2_900, allowed: 2_200, amount: 33_739_200n, cost: 26_160_000n },
    ]);
    expect(numbers.deviationMax).toBe(700);
    expect(numbers.worstLine).toBe(1);
    expect(numbers.deviationMean).toBe(501);
    expect(roublesOf(numbers.margin?.request.amount ?? 0n)).toBe('164892.00');
    expect(numbers.margin?.request.percent).toBe(2_456);
    // 333 900 × 78/75 + 337 392 × 78/71
    expect(roublesOf(numbers.margin?.agreement.amount ?? 0n)).toBe('211512.00');
  });

  it('keeps mean ≤ max, what is given away ≥ 0, margin = agreement − lost', () => {
    fc.assert(
      fc.property(fc.array(line, { minLength: 1, maxLength: 20 }), (lines) => {
        const numbers = numbersOf(lines);
        expect(numbers.deviationMean).toBeLessThanOrEqual(numbers.deviationMax);
        expect(numbers.deviationMax).toBe(Math.max(...lines.map(deviationOf)));
        expect(numbers.givenAway >= 0n).toBe(true);
        const { margin } = numbers;
        expect(margin === null ? null : margin.agreement.amount - margin.request.amount).toBe(margin?.lost);
      }),
    );
  });

  it('gives no margin when one cost is unknown', () => {
    const known = { requested: 500, allowed: 0, amount: 100n, cost: 50n };
    expect(numbersOf([known, { ...known, cost: null }]).margin).toBeNull();
    expect(numbersOf([]).margin).toBeNull();
  });
});

describe('versions', () => {
  it('names a version by its lines, not by their order', () => {
    fc.assert(
      fc.property(version, (lines) => {
        expect(versionText(lines.toReversed())).toBe(versionText(lines));
      }),
    );
  });

  it('lets a decision stand while nothing changed', () => {
    fc.assert(
      fc.property(version, fc.constantFrom('approve' as const, 'reject' as const), (lines, verdict) => {
        expect(compareVersions(lines, lines).lines).toEqual([]);
        expect(decisionStands(verdict, lines, lines)).toBe(true);
      }),
    );
  });

  it('never keeps an approval when the deviation of any line grew', () => {
    fc.assert(
      fc.property(version, fc.nat(), fc.integer({ min: 1, max: 99 }), (lines, at, more) => {
        const index = at % lines.length;
        const base = lines.map((one, n) =>
          n === index ? { ...one, requested: Math.max(one.requested, one.allowed) } : one,
        );
        const now = base.map((one, n) => (n === index ? { ...one, requested: one.requested + more } : one));
        expect(decisionStands('approve', base, now)).toBe(false);
        expect(decisionStands('reject', base, now)).toBe(true);
      }),
    );
  });

  it('keeps an approval when a discount became smaller, and asks again about a refusal', () => {
    const was: VersionLine = { key: '1', quantity: 1000, requested: 700, allowed: 200, amount: 9_300n, cost: null };
    const now = [{ ...was, requested: 500, amount: 9_500n }];
    expect(decisionStands('approve', [was], now)).toBe(true);
    expect(decisionStands('reject', [was], now)).toBe(false);
  });

  it('says what was added, removed and changed', () => {
    const one: VersionLine = { key: '1', quantity: 1, requested: 0, allowed: 0, amount: 1n, cost: null };
    const diff = compareVersions(
      [one, { ...one, key: '2' }],
      [
        { ...one, quantity: 2 },
        { ...one, key: '3' },
      ],
    );
    expect(diff.lines.map(({ kind, now, was }) => [kind, now?.key ?? was?.key])).toEqual([
      ['changed', '1'],
      ['added', '3'],
      ['removed', '2'],
    ]);
  });
});
