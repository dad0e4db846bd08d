import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  keepMarks,
  mergeStatements,
  readMarks,
  type Said,
  type Statement,
  statementOf,
  withOperation,
} from './said.ts';

const letter = fc.constantFrom('a', 'b', 'c');
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });
const said: fc.Arbitrary<Said> = fc.record({
  key: fc.record({ type: letter, number: letter }),
  ref: maybe(letter),
  recipient: maybe(letter),
  counterparty: maybe(fc.record({ name: letter, inn: maybe(letter) })),
  amount: maybe(letter),
  occurredAt: maybe(fc.nat(3)),
  traceId: maybe(letter),
  operation: maybe(fc.record({ id: letter, idempotencyKey: maybe(letter) })),
});
const few = fc.integer({ min: 1, max: 2 });
const statement: fc.Arbitrary<Statement> = fc
  .tuple(said, few, few, few)
  .map(([one, revision, attempt, at]) => statementOf(one, { revision, attempt, at }));

describe('what is said about a message', () => {
  it('merges in any order, grouping and repetition to the same', () =>
    fc.assert(
      fc.property(statement, statement, statement, (a, b, c) => {
        expect(mergeStatements(a, b)).toEqual(mergeStatements(b, a));
        expect(mergeStatements(mergeStatements(a, b), c)).toEqual(mergeStatements(a, mergeStatements(b, c)));
        expect(mergeStatements(mergeStatements(a, b), b)).toEqual(mergeStatements(a, b));
      }),
    ));

  it('keeps its marks in a short form and reads them back', () =>
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 4 }), (all) => {
        const once = all.reduce(mergeStatements);
        const merged = mergeStatements(once, once);
        expect(readMarks(keepMarks(merged), merged.said)).toEqual(merged.marks);
      }),
    ));
  it('keeps one mark where one event said everything', () => {
    expect(keepMarks(mergeStatements(first, first))).toEqual({ about: [1, 5] });
  });

  const nothing: Said = {
    key: { type: 'ЗаказКлиента', number: 'ЗК-1' },
    ref: null,
    recipient: null,
    counterparty: null,
    amount: null,
    occurredAt: null,
    traceId: null,
    operation: null,
  };
  const first = statementOf(
    { ...nothing, amount: '10', counterparty: { name: 'А', inn: '1' } },
    { revision: 1, attempt: 1, at: 5 },
  );

  it('takes the newest revision, and keeps what it does not say', () => {
    const second = statementOf({ ...nothing, amount: '12' }, { revision: 2, attempt: 1, at: 3 });
    expect(mergeStatements(second, first).said).toMatchObject({ amount: '12', counterparty: { name: 'А', inn: '1' } });
  });
  it('never gives the taxpayer number of one counterparty to another', () => {
    const other = statementOf(
      { ...nothing, counterparty: { name: 'Б', inn: null } },
      { revision: 2, attempt: 1, at: 3 },
    );
    expect(mergeStatements(other, first).said.counterparty).toEqual({ name: 'Б', inn: null });
  });
  it('keeps the operation of Pult against late news of an earlier one', () => {
    const late = statementOf(
      { ...nothing, operation: { id: 'old', idempotencyKey: 'k' } },
      { revision: 1, attempt: 2, at: 99 },
    );
    const claimed = withOperation(first, { id: 'new', idempotencyKey: null }, 3);
    expect(mergeStatements(claimed, late).said.operation?.id).toBe('new');
  });
  it('counts anything said above a row without marks', () => {
    const stored = { said: { ...nothing, amount: '10' }, marks: {} };
    const news = statementOf({ ...nothing, amount: '9' }, { revision: 1, attempt: 1, at: 1 });
    expect(mergeStatements(stored, news).said.amount).toBe('9');
    expect(mergeStatements(stored, statementOf(nothing, { revision: 1, attempt: 1, at: 1 })).said.amount).toBe('10');
  });
});
