import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from './lines.ts';
import { backOffMs, decisionIn, elmaStage, taskResult, verdictOf, withoutMark } from './rules.ts';

const ID = '0190f1c2-0000-7000-8000-000000000001';

describe('result of a task', () => {
  it('can be told by its mark and read back', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 200 }),
        fc.constantFrom('approve' as const, 'reject' as const),
        (text, verdict) => {
          const comment = text.replaceAll(/[[\]]/g, '');
          const result = taskResult({ id: ID, verdict, by: 'Кравцова Анна', comment });
          expect(decisionIn(result)).toBe(ID);
          expect(verdictOf(result)).toBe(verdict);
          expect(decisionIn(withoutMark(result))).toBeNull();
        },
      ),
    );
  });

  it('shows no mark to people, whoever wrote it', () => {
    expect(withoutMark(`Согласовано в ELMA: да [elma:${ID}]`)).toBe('Согласовано в ELMA: да');
    expect(withoutMark('Согласовано в ELMA [elma:15]')).toBe('Согласовано в ELMA');
    expect(withoutMark(taskResult({ id: ID, verdict: 'approve', by: 'А', comment: 'да' }))).toBe('Согласовано: А. да');
    expect(withoutMark('Скидка [до 5 %]')).toBe('Скидка [до 5 %]');
  });

  it.each([
    ['Согласовано', 'approve'],
    ['НеСогласовано', 'reject'],
    ['Не согласовано: дорого', 'reject'],
    ['Отклонено', 'reject'],
    ['', null],
    ['Передано дальше', null],
  ])('%s → %s', (text, verdict) => {
    expect(verdictOf(text)).toBe(verdict);
  });
});

describe('back-off', () => {
  it('grows to a minute and never leaves its bounds', () => {
    fc.assert(
      fc.property(fc.nat(1_000_000), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempts, random) => {
        const wait = backOffMs(attempts, random);
        expect(wait).toBeGreaterThanOrEqual(1_000);
        expect(wait).toBeLessThanOrEqual(60_000);
        expect(backOffMs(attempts + 1, random)).toBeGreaterThanOrEqual(wait);
      }),
    );
  });
});

describe('statuses of ELMA', () => {
  it('counts unknown ones as open', () => {
    expect([elmaStage('approved'), elmaStage('clarification'), elmaStage('что-то'), elmaStage(null)]).toEqual([
      'approved',
      'clarification',
      'open',
      'open',
    ]);
  });
});

describe('canonical JSON', () => {
  it('does not depend on the order of names', () => {
    expect(canonicalJson({ b: 1, a: { d: 1, c: [2, 1] } })).toBe(canonicalJson({ a: { c: [2, 1], d: 1 }, b: 1 }));
    expect(canonicalJson([1, 2])).not.toBe(canonicalJson([2, 1]));
  });
});
