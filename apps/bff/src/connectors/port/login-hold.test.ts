import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoginHold, GOOD_FOR_MS, LOGIN_PAUSES_MS } from './login-hold.ts';

const MINUTE = 60_000;
const DATA = 'data';
const SERVICES = 'services';
const REASON = { code: 'source.unauthorized', text: '' };
const at = (start = 0) => {
  const clock = { time: start, now: () => clock.time };
  const told: string[] = [];
  const hold = createLoginHold(clock, { onChange: (reason) => told.push(reason === null ? 'over' : 'held') });
  const send = (refuses: boolean, way: string = DATA): boolean => {
    const turn = hold.enter(way);
    if (refuses) turn?.refused(REASON);
    else turn?.accepted();
    turn?.end();
    return turn !== null;
  };
  return { clock, hold, send, told };
};

describe('a login that is refused', () => {
  it('stands still for longer and longer, at most an hour', () => {
    const { clock, hold, send } = at();
    const sent: number[] = [];
    for (; clock.time < 5 * 60 * MINUTE; clock.time += MINUTE / 2) if (send(true)) sent.push(clock.time / MINUTE);
    expect(sent).toEqual([0, 15, 75, 135, 195, 255]);
    expect(hold.state()).toMatchObject({ since: 0, refusals: 6 });
  });

  it('is tried by one request alone when the pause is over', () => {
    const { clock, hold, send } = at();
    send(true);
    clock.time = 15 * MINUTE;
    const first = hold.enter(DATA);
    expect([first === null, hold.enter(DATA)]).toEqual([false, null]);
    // It got no verdict, a time-out say: the next one may try.
    first?.end();
    expect(hold.enter(DATA)).not.toBeNull();
  });

  it('counts requests that were under way together as one refusal', () => {
    const { hold, told } = at();
    const together = [hold.enter(DATA), hold.enter(DATA), hold.enter(DATA)];
    for (const turn of together) turn?.refused(REASON);
    expect(hold.state()?.refusals).toBe(1);
    together[1]?.accepted();
    expect(hold.state()).not.toBeNull();
    hold.release();
    hold.release();
    expect(told).toEqual(['held', 'over']);
  });

  it('is good again by an answer on the same way, not by one that needs no login', () => {
    const { clock, hold, send } = at();
    send(true, DATA);
    clock.time = 15 * MINUTE;
    send(false, SERVICES);
    expect(hold.state()).not.toBeNull();
    send(false, DATA);
    expect(hold.state()).toBeNull();
  });

  it('may be sent at once after a release', () => {
    const { hold, send } = at();
    send(true);
    hold.release();
    expect([hold.state(), send(true)]).toEqual([null, true]);
    expect(hold.state()?.refusals).toBe(1);
  });

  it('leaves a way alone that was answered well just before, however often the other one is refused', () => {
    const { clock, hold, send } = at();
    send(false, SERVICES);
    for (let minute = 1; minute < 3 * 60; minute += 1) {
      clock.time += MINUTE;
      send(true, DATA);
      expect([minute, send(false, SERVICES), hold.stateOf(SERVICES)]).toEqual([minute, true, null]);
    }
    expect(hold.stateOf(DATA)).toMatchObject({ refusals: 4 });
  });

  it.each<[string, number, boolean[], boolean]>([
    ['answered well, then silent', GOOD_FOR_MS + 1, [], false],
    ['answered well just before', GOOD_FOR_MS, [], true],
    ['refused itself', 0, [true], false],
  ])('lets another way, %s, send: %#', (_name, silentMs, refusals, expected) => {
    const { clock, send } = at();
    send(false, SERVICES);
    clock.time += silentMs;
    send(true, DATA);
    for (const refuses of refusals) send(refuses, SERVICES);
    expect(send(false, SERVICES)).toBe(expected);
  });

  it('does not let a way go on whose refusal came behind that of another one', () => {
    const { hold, send } = at();
    send(false, SERVICES);
    const [data, services] = [hold.enter(DATA), hold.enter(SERVICES)];
    data?.refused(REASON);
    services?.refused(REASON);
    expect([send(false, SERVICES), hold.state()?.refusals]).toEqual([false, 1]);
  });

  it('is sent a handful of times a day by any number of pollers', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10 * MINUTE }), { minLength: 50, maxLength: 400 }), (steps) => {
        const { clock, send } = at();
        const sent: number[] = [];
        for (const step of steps) {
          clock.time += step;
          if (send(true)) sent.push(clock.time);
        }
        const gaps = sent.slice(1).map((time, index) => time - (sent[index] ?? 0));
        for (const [index, gap] of gaps.entries())
          expect(gap).toBeGreaterThanOrEqual(LOGIN_PAUSES_MS[Math.min(index, LOGIN_PAUSES_MS.length - 1)] ?? 0);
      }),
    ));
});
