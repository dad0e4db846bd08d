import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { needsReason, obstacleToDecide } from './admission.ts';
import { type Identity, isSamePerson } from './four-eyes.ts';
import { compareUrgency, INBOX_GROUPS, inboxGroup } from './inbox-group.ts';
import { boundaryOf, closeness, isComparable, type PastDecision, rankSimilar } from './similar.ts';

const who = (name: string | null, email: string | null = null, id: string | null = null): Identity => ({
  name,
  email,
  ids: [id],
});

describe('four eyes', () => {
  it.each([
    [who('Ильин Пётр', 'ilyin@ekf.example'), who('Другой', 'ILYIN@ekf.example '), true],
    [who('Ильин Пётр'), who('ильин петр'), true],
    [who('Кравцова Анна'), who('Кравцова А. С.'), true],
    [who('Кравцова Анна', 'a@x'), who('Кравцова А.', 'b@x'), false],
    [who('Кравцова Анна', 'a@x'), who('Кравцова Анна', 'b@x'), true],
    [who('Кравцова Анна'), who('Кравцов Антон'), false],
    [who('Дёмин Олег'), who('Дёмин Олеся'), false],
    [who('Кравцова Анна Сергеевна'), who('Анна Кравцова'), true],
    [who('Анна Сергеевна Кравцова', 'a@x'), who('Кравцова Анна'), true],
    [who('А. С. Кравцова'), who('Кравцова Анна Сергеевна'), true],
    [who('Кравцова Анна', 'a@x'), who('Анна Кравцова', 'b@x'), true],
    [who('Петрова Анна Сергеевна'), who('Кравцова Анна Сергеевна'), false],
    [who('Кравцова Анна Ивановна'), who('Анна Петровна Кравцова'), false],
    [who('А. К.'), who('Кравцова Анна'), false],
    [who(null, null, 'u1'), who('Кто-то', null, 'u1'), true],
    [who(null), who(null), false],
    [who('', ''), who('', ''), false],
  ])('%j and %j → %s', (a, b, same) => {
    expect(isSamePerson(a, b)).toBe(same);
  });

  it('does not depend on who is asked first', () => {
    const name = fc.constantFrom(
      'Ильин Пётр',
      'Пётр Ильин',
      'П. С. Ильин',
      'Ильин П. С.',
      'Ильин Петр Сергеевич',
      'Гусева Ирина',
      null,
    );
    const email = fc.constantFrom('a@x', 'b@x', null);
    const identity = fc.tuple(name, email).map(([n, e]) => who(n, e));
    fc.assert(fc.property(identity, identity, (a, b) => isSamePerson(a, b) === isSamePerson(b, a)));
  });

  it('says «decided» before «own»', () => {
    const me = who('Ильин Пётр');
    expect(obstacleToDecide({ state: 'decided', initiator: me }, me)).toBe('approval.already_decided');
    expect(obstacleToDecide({ state: 'open', initiator: me }, me)).toBe('approval.own_request');
    expect(obstacleToDecide({ state: 'clarification', initiator: me }, who('Дёмин Олег'))).toBeNull();
  });

  it('wants a reason for a refusal and words for «other»', () => {
    expect(needsReason({ verdict: 'approve', reasonCode: null, comment: null })).toBe(false);
    expect(needsReason({ verdict: 'reject', reasonCode: null, comment: 'нет' })).toBe(true);
    expect(needsReason({ verdict: 'reject', reasonCode: 'margin', comment: null })).toBe(false);
    expect(needsReason({ verdict: 'reject', reasonCode: 'other', comment: '  ' })).toBe(true);
  });
});

describe('inbox groups', () => {
  const base = {
    state: 'open' as const,
    breached: false,
    dueAt: 100,
    remainingMs: 3 * 3_600_000,
    percent: 10,
    todayEndsAt: 200,
  };

  it('sorts a request into its group', () => {
    expect(inboxGroup(base)).toBe('today');
    expect(inboxGroup({ ...base, percent: 80 })).toBe('breaching_today');
    expect(inboxGroup({ ...base, remainingMs: 90 * 60_000 })).toBe('breaching_today');
    expect(inboxGroup({ ...base, dueAt: 200 })).toBe('later');
    expect(inboxGroup({ ...base, breached: true })).toBe('breached');
    expect(inboxGroup({ ...base, state: 'clarification', breached: true, dueAt: null })).toBe('waiting_others');
    expect(inboxGroup({ ...base, state: 'decided', breached: true })).toBe('decided');
  });

  it('orders rows totally', () => {
    const row = fc.record({
      group: fc.constantFrom(...INBOX_GROUPS),
      dueAt: fc.option(fc.nat(), { nil: null }),
      remainingMs: fc.integer(),
    });
    fc.assert(
      fc.property(row, row, row, (a, b, c) => {
        expect(Math.sign(compareUrgency(a, b)) + Math.sign(compareUrgency(b, a))).toBe(0);
        if (compareUrgency(a, b) <= 0 && compareUrgency(b, c) <= 0) expect(compareUrgency(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

describe('similar decisions', () => {
  const request = { kind: 'discount', deviation: 700, amount: 100_000_00n, customer: 'ООО', segment: 'B' };
  const past = (over: Partial<PastDecision>): PastDecision => ({
    ...request,
    id: 'x',
    verdict: 'approve',
    decidedAt: 0,
    ...over,
  });

  it('compares ±2 п.п. and half to twice the amount, of one kind', () => {
    expect(isComparable(request, past({ deviation: 900, amount: 200_000_00n }))).toBe(true);
    expect(isComparable(request, past({ deviation: 901 }))).toBe(false);
    expect(isComparable(request, past({ amount: 49_999_00n }))).toBe(false);
    expect(isComparable(request, past({ kind: 'return' }))).toBe(false);
  });

  it('is 1 for the same and never leaves 0…1', () => {
    expect(closeness(request, past({}))).toBe(1);
    fc.assert(
      fc.property(fc.nat(5_000), fc.bigInt({ min: 0n, max: 10n ** 12n }), fc.boolean(), (deviation, amount, same) => {
        const value = closeness(request, past({ deviation, amount, customer: same ? 'ООО' : 'АО', segment: null }));
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('ranks the closest first, newer first among equals', () => {
    const ranked = rankSimilar(request, [
      past({ id: 'far', deviation: 850 }),
      past({ id: 'old' }),
      past({ id: 'new', decidedAt: 9 }),
    ]);
    expect(ranked.map(({ decision }) => decision.id)).toEqual(['new', 'old', 'far']);
  });

  it('finds the boundary of approvals', () => {
    const list = [500, 550, 600, 650, 700, 800].map((deviation) =>
      past({ deviation, verdict: deviation <= 600 ? 'approve' : 'reject' }),
    );
    expect(boundaryOf(list)).toEqual({ upTo: 6, below: { approved: 3, of: 3 }, above: { approved: 0, of: 3 } });
    expect(boundaryOf(list.slice(0, 2))).toBeNull();
  });

  it('prefers a boundary with decisions on both sides', () => {
    const mostly = [500, 600, 700, 800].map((deviation) => past({ deviation, verdict: 'approve' }));
    expect(boundaryOf(mostly)).toMatchObject({ upTo: 7, above: { approved: 1, of: 1 } });
    expect(boundaryOf([past({}), past({}), past({})])).toMatchObject({ upTo: 7, above: { approved: 0, of: 0 } });
  });
});
