import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from './ports.ts';
import { planOf, sumOf, titleOf } from './rules.ts';

const candidates: fc.Arbitrary<Candidate[]> = fc.uniqueArray(
  fc.record({
    deliveryId: fc.uuid(),
    flow: fc.constantFrom('a', 'b', 'unknown'),
    consumer: fc.constantFrom('ut', 'bp'),
    messageId: fc.uuid(),
    documentType: fc.constantFrom('Заказ', 'Оплата'),
    number: fc.string(),
    ref: fc.constant(null),
    businessKey: fc.constantFrom('k1', 'k2', 'k3'),
    record: fc.constant(null),
    counterparty: fc.constant(null),
    amount: fc.option(
      fc.integer({ min: -100_000, max: 100_000 }).map((n) => (n / 100).toFixed(2)),
      { nil: null },
    ),
    occurredAt: fc.integer({ min: 0, max: 1_000_000 }),
    overdue: fc.boolean(),
    obstacle: fc.constantFrom(
      null,
      'no_record',
      'no_retry_topic',
      'no_file',
      'refused_to_chain',
      'replaced',
      'no_message',
    ),
    state: fc.constantFrom('failed', 'in_doubt', 'applied', 'sent', 'retrying', 'discarded'),
    causeId: fc.constantFrom('c1', 'c2', null),
    causeTitle: fc.constantFrom('Ошибка', null),
  }),
  { selector: (one) => one.deliveryId, maxLength: 30 },
);
const flows = new Map([
  ['a', { watched: true, resend: true, reExport: true }],
  ['b', { watched: true, resend: true, reExport: false }],
]);
const verbs = fc.constantFrom('resend' as const, 'reExport' as const, 'discard' as const, 'restore' as const);
const plan = (list: readonly Candidate[], verb: 'resend' | 'reExport' | 'discard' | 'restore') =>
  planOf({
    verb,
    candidates: list,
    flows,
    canVerify: ({ flow, documentType }) => flow === 'a' && documentType === 'Заказ',
    holders: new Map(),
    missing: 1,
    ratePerSecond: 4,
  });

describe('a plan', () => {
  it('leaves nobody out: eligible and not eligible add up to what was named', () => {
    fc.assert(
      fc.property(candidates, verbs, (list, verb) => {
        const { items, plan: summary } = plan(list, verb);
        const ineligible = summary.ineligible.reduce((sum, { count }) => sum + count, 0);
        expect(summary.eligible + ineligible).toBe(summary.total);
        expect(summary.total).toBe(list.length + 1);
        for (const counts of [summary.byFlow, summary.bySystem, summary.byState])
          expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(summary.eligible);
        expect(items.map(({ position }) => position)).toEqual(items.map((_, index) => index + 1));
      }),
    );
  });

  it('puts what fits first, oldest first, whatever the order it came in', () => {
    fc.assert(
      fc.property(candidates, verbs, (list, verb) => {
        const { items } = plan(list, verb);
        const fits = items.filter(({ reason }) => reason === null);
        expect(items.slice(0, fits.length)).toEqual(fits);
        expect(fits.map(({ occurredAt }) => occurredAt)).toEqual(
          fits.map(({ occurredAt }) => occurredAt).sort((x, y) => x - y),
        );
        expect(plan([...list].reverse(), verb).items).toEqual(items);
      }),
    );
  });
});

describe('what nobody can be asked about', () => {
  it('is no verified part of the plan, and a doubtful one of it is a risk that a person takes', () => {
    fc.assert(
      fc.property(candidates, fc.constantFrom('resend' as const, 'reExport' as const), (list, verb) => {
        const { items, plan: summary } = plan(list, verb);
        const eligible = items.filter(({ reason }) => reason === null);
        const asked = eligible.filter((one) => one.flow === 'a' && one.documentType === 'Заказ');
        expect(summary.verifiable).toBe(asked.length);
        const doubtful = (all: typeof eligible) => all.filter(({ state }) => state === 'in_doubt').length;
        expect(summary.riskInDoubt).toBe(doubtful(eligible) - doubtful(asked));
      }),
    );
  });
});

describe('sums and titles', () => {
  it('add decimals exactly', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1 }), (kopecks) => {
        const text = sumOf(
          kopecks.map(
            (n) => `${n < 0 ? '-' : ''}${Math.trunc(Math.abs(n) / 100)}.${String(Math.abs(n) % 100).padStart(2, '0')}`,
          ),
        );
        expect(Math.round(Number(text) * 100)).toBe(kopecks.reduce((sum, n) => sum + n, 0));
      }),
    );
    expect(sumOf(['0.1', '0.2'])).toBe('0.30');
    expect(sumOf(['1', '-0.0001'])).toBe('0.9999');
    expect(sumOf([])).toBeNull();
  });

  it('name the document of a single one and the cause of many', () => {
    const [one] = fc.sample(
      candidates.filter((list) => list.length > 0),
      1,
    );
    const first = one?.[0];
    if (first === undefined) throw new Error('no sample');
    const item = {
      ...first,
      documentType: 'Заказ',
      number: '1',
      causeId: 'c1',
      causeTitle: 'Период закрыт',
      position: 1,
      orderKey: null,
      reason: null,
      heldBy: null,
    };
    expect(titleOf([item])).toBe('Заказ 1');
    expect(titleOf([item, { ...item, position: 2 }])).toBe('Период закрыт');
    expect(titleOf([item, { ...item, causeId: 'c2', position: 2 }])).toBeNull();
  });
});
