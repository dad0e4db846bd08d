import { CHECK_STEPS, type CheckStep } from '@pult/shared/contracts/connection-checks';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interruptedSteps, LOGIN_PAUSE_MS, loginPausedUntil, plannedSteps } from './rules.ts';

const step = (id: CheckStep['id'], state: CheckStep['state']): CheckStep => ({
  id,
  state,
  ms: state === 'ok' ? 4 : null,
  facts: {},
  fault: null,
});
const NOW = 10 * LOGIN_PAUSE_MS;

describe('steps of a check', () => {
  it('go on from the step asked for when the ones before were good', () => {
    const last = [step('dns', 'ok'), step('connect', 'kept'), step('login', 'failed')];
    const { steps, from } = plannedSteps(['dns', 'connect', 'login', 'rights'], { from: 'login', last });
    expect(steps.map(({ state }) => state)).toEqual(['kept', 'kept', 'waiting', 'waiting']);
    expect(from).toBe('login');
  });
  it('begin earlier where the last check did not get through', () => {
    const last = [step('dns', 'ok'), step('connect', 'failed')];
    expect(plannedSteps(['dns', 'connect', 'login'], { from: 'login', last })).toMatchObject({ from: 'connect' });
    expect(plannedSteps(['dns', 'connect'], { from: 'connect', last: null })).toMatchObject({ from: null });
  });
  it('are all there in their order, kept ones only in front', () => {
    const states = fc.constantFrom('waiting', 'running', 'ok', 'failed', 'kept');
    fc.assert(
      fc.property(
        fc.subarray([...CHECK_STEPS], { minLength: 1 }),
        fc.array(states, { minLength: 6, maxLength: 6 }),
        fc.option(fc.constantFrom(...CHECK_STEPS)),
        (ids, before, from) => {
          const last = CHECK_STEPS.map((id, index) => step(id, before[index] ?? 'waiting'));
          const { steps } = plannedSteps(ids, { from, last });
          expect(steps.map(({ id }) => id)).toEqual(ids);
          expect(steps.map(({ state }) => state).join(' ')).toMatch(/^(kept ?)*(waiting ?)+$/);
        },
      ),
    );
  });
  it('wait again when the process ended in the middle of one', () => {
    expect(interruptedSteps([step('dns', 'ok'), step('login', 'running')]).map(({ state }) => state)).toEqual([
      'ok',
      'waiting',
    ]);
  });
});

describe('a refused password', () => {
  it('is tried twice, then not before a quarter of an hour has passed', () => {
    const now = { now: NOW, startedAt: 0 };
    expect(loginPausedUntil([NOW - 60_000], now)).toBeNull();
    expect(loginPausedUntil([NOW - 1_000, NOW - 60_000], now)).toBe(NOW - 60_000 + LOGIN_PAUSE_MS);
    expect(loginPausedUntil([NOW - 1_000, NOW - LOGIN_PAUSE_MS], now)).toBeNull();
  });
  it('is forgotten with the process: the next one has read its secrets anew', () => {
    expect(loginPausedUntil([NOW - 2_000, NOW - 3_000], { now: NOW, startedAt: NOW - 1_000 })).toBeNull();
  });
});
