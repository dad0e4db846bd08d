import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attemptOfProblem, type BegunAttempt } from './register-attempt.ts';

const MINUTE = 60_000;
const NOON = Date.parse('2026-11-26T12:00:00Z');
const attempt = (number: number, change: Partial<BegunAttempt> = {}): BegunAttempt => ({
  attempt: number,
  at: NOON + (number - 1) * 30 * MINUTE,
  failedAt: null,
  refused: false,
  ...change,
});

describe('a problem of a register', () => {
  it('is of the first attempt where nothing else is known', () => {
    expect(attemptOfProblem(NOON, [])).toBe(1);
  });

  it('is of the newest attempt without an outcome, whatever its source has said of it on the way', () => {
    expect(attemptOfProblem(NOON + 31 * MINUTE, [attempt(1, { failedAt: NOON + MINUTE }), attempt(2)])).toBe(2);
  });

  it('that arose before the newest attempt began is late news of an earlier one', () => {
    expect(attemptOfProblem(NOON + 29 * MINUTE, [attempt(1), attempt(2)])).toBe(1);
  });

  it('is of the attempt that is still open where the newest one has its outcome', () => {
    expect(attemptOfProblem(NOON + 90 * MINUTE, [attempt(1), attempt(2, { failedAt: NOON + 31 * MINUTE })])).toBe(1);
  });

  it('is the same failure as the one that a worker reported about this time', () => {
    const attempts = [attempt(1), attempt(2, { failedAt: NOON + 31 * MINUTE })];
    expect(attemptOfProblem(NOON + 31 * MINUTE + 5_000, attempts)).toBe(2);
    expect(attemptOfProblem(NOON + 31 * MINUTE - 5_000, attempts)).toBe(2);
  });

  it('is never of an attempt whose request was refused: nothing of it was on its way', () => {
    expect(attemptOfProblem(NOON + 31 * MINUTE, [attempt(1), attempt(2, { refused: true })])).toBe(1);
  });

  it('that arises again when every attempt has failed is more news of the newest one', () => {
    const attempts = [attempt(1, { failedAt: NOON + MINUTE }), attempt(2, { failedAt: NOON + 31 * MINUTE })];
    expect(attemptOfProblem(NOON + 300 * MINUTE, attempts)).toBe(2);
  });

  it('is of no attempt that began after it, in whatever order they are named', () => {
    const some = fc
      .array(
        fc.record({
          attempt: fc.integer({ min: 1, max: 6 }),
          at: fc.integer({ min: NOON, max: NOON + 60 * MINUTE }),
          failedAt: fc.option(fc.integer({ min: NOON, max: NOON + 60 * MINUTE })),
          refused: fc.boolean(),
        }),
        { maxLength: 6 },
      )
      .map((all) => [...new Map(all.map((one) => [one.attempt, one])).values()]);
    fc.assert(
      fc.property(some, fc.integer({ min: NOON, max: NOON + 60 * MINUTE }), (attempts, raisedAt) => {
        const found = attemptOfProblem(raisedAt, attempts);
        expect(attemptOfProblem(raisedAt, attempts.toReversed())).toBe(found);
        const its = attempts.find((one) => one.attempt === found);
        if (its !== undefined && found !== 1) expect(its.at).toBeLessThan(raisedAt + 1_000);
        // What is newer and could be meant as well has begun later, was refused, or had failed before.
        for (const newer of attempts.filter((one) => one.attempt > found && !one.refused && one.at < raisedAt))
          expect(newer.failedAt).not.toBeNull();
      }),
    );
  });
});
