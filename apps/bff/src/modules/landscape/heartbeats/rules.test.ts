import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Beat, forgottenBefore, serviceLife } from './rules.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const SECOND = 1_000;
const HOUR = 3_600_000;
const expected = { service: 'ut-exchange', everyMs: 15 * SECOND, instances: 2 };
const beat = (instance: string, age: number): Beat => ({
  systemId: 'ut',
  service: 'ut-exchange',
  instance,
  lastAt: NOW - age,
});
const life = (...beats: Beat[]) => serviceLife('ut-exchange', { expected, beats, now: NOW });

describe('serviceLife', () => {
  it('tells all, some, none and never apart', () => {
    expect(life(beat('a', SECOND), beat('b', 45 * SECOND))).toMatchObject({ state: 'ok', alive: 2, since: null });
    expect(life(beat('a', SECOND), beat('b', 46 * SECOND))).toMatchObject({
      state: 'missing',
      alive: 1,
      since: NOW - 46 * SECOND,
    });
    expect(life(beat('a', HOUR), beat('b', 2 * HOUR))).toMatchObject({ state: 'silent', alive: 0, since: NOW - HOUR });
    expect(life()).toMatchObject({ state: 'unknown', lastAt: null });
  });
  it('alarms about no service that the landscape does not name', () =>
    expect(serviceLife('other', { expected: undefined, beats: [beat('a', 5 * HOUR)], now: NOW })).toMatchObject({
      state: 'unknown',
      expected: null,
      since: null,
    }));
  it('does not miss an instance that was replaced under another name', () =>
    expect(life(beat('old', HOUR), beat('new-1', SECOND), beat('new-2', SECOND)).state).toBe('ok'));
  it('never lives worse for one more beat', () =>
    fc.assert(
      fc.property(fc.array(fc.nat(HOUR), { maxLength: 6 }), fc.nat(HOUR), (ages, more) => {
        const beats = ages.map((age, index) => beat(`i${index}`, age));
        expect(life(...beats, beat('one-more', more)).alive).toBeGreaterThanOrEqual(life(...beats).alive);
      }),
    ));
});

describe('instances that are gone for good', () => {
  const before = (...beats: Beat[]) => forgottenBefore(life(...beats), { now: NOW, shown: 2 });

  it('are forgotten after six hours while enough others live', () =>
    expect(before(beat('old', 7 * HOUR), beat('a', 0), beat('b', 0))).toBe(NOW - 6 * HOUR));
  it('are not gone while a slow beat of theirs may still come', () => {
    const slow = { service: 'ut-exchange', everyMs: 3 * HOUR, instances: 1 };
    const beats = [beat('a', 8 * HOUR)];
    const one = serviceLife('ut-exchange', { expected: slow, beats, now: NOW });
    expect(forgottenBefore(one, { now: NOW, shown: 2 })).toBe(NOW - 9 * HOUR);
  });
  it('stay while the service is short of instances: their last word is what people look for', () => {
    expect(before(beat('old', 7 * HOUR))).toBeNull();
    expect(before(beat('older', 8 * HOUR), beat('old', 7 * HOUR))).toBe(NOW - 8 * HOUR);
  });
});
