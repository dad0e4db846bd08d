import { describe, expect, it } from 'vitest';
import { explanationOf, type JudgedPair } from './explanations.ts';

const difference = (field: string) => ({ path: field, field, old: 1, bus: 2 });
const pair: JudgedPair = {
  id: 'p1',
  outcome: 'differs',
  date: '2026-11-24',
  differences: [difference('unit'), difference('price')],
  differing: 2,
};
const field = (id: string, name: string) => ({ id, scope: { kind: 'field' as const, field: name } });

describe('explanationOf', () => {
  it('rules on fields explain a pair only when they cover every field that differs', () => {
    expect(explanationOf(pair, [field('e1', 'unit')])).toBeNull();
    expect(explanationOf(pair, [field('e1', 'unit'), field('e2', 'price')])).toBe('e1');
  });
  it('what was not kept of a long list is covered by no rule on fields', () => {
    expect(explanationOf({ ...pair, differing: 51 }, [field('e1', 'unit'), field('e2', 'price')])).toBeNull();
  });
  it('an explanation of one pair or of a day ends with the outcome that it was given for', () => {
    const one = { id: 'e1', scope: { kind: 'pair' as const, pairId: 'p1', outcome: 'only_old' as const } };
    const day = { id: 'e2', scope: { kind: 'day' as const, date: '2026-11-24', outcome: 'only_old' as const } };
    expect(explanationOf(pair, [one, day])).toBeNull();
    const lost: JudgedPair = { ...pair, outcome: 'only_old', differences: [], differing: 0 };
    expect(explanationOf(lost, [one])).toBe('e1');
    expect(explanationOf(lost, [day])).toBe('e2');
    expect(explanationOf({ ...lost, date: '2026-11-25' }, [day])).toBeNull();
  });
  it('what is the same, or not decided yet, needs no reason', () => {
    const any = { id: 'e1', scope: { kind: 'pair' as const, pairId: 'p1', outcome: 'same' as const } };
    expect(explanationOf({ ...pair, outcome: 'same' }, [any])).toBeNull();
    expect(explanationOf({ ...pair, outcome: 'waiting' }, [any])).toBeNull();
  });
});
