import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLoginHold, LOGIN_PAUSES_MS } from './login-hold.ts';

const MINUTE = 60_000;
const DATA = {};
const SERVICES = {};
const at = (start = 0) => {
  const clock = { time: start, now: () => clock.time };
  const hold = createLoginHold(clock);
  const send = (refuses: boolean, way: object = DATA): boolean => {
    const turn = hold.enter();
    if (refuses) turn?.refused(way);
    else turn?.accepted(way);
    turn?.end();
    return turn !== null;
  };
  return { clock, hold, send };
};

describe('a login that is refused', () => {
  it('stands still for longer and longer, at most an hour', () => {
    const { clock, hold, send } = at();
    const sent: number[] = [];
    for (; clock.time < 5 * 60 * MINUTE; clock.time += MINUTE / 2) if (send(true)) sent.push(clock.time / MINUTE);
    expect(sent).toEqual([0, 1, 6, 21, 81, 141, 201, 261]);
    expect(hold.state()).toMatchObject({ since: 0, refusals: 8 });
  });

  it('is tried by one request alone when the pause is over', () => {
    const { clock, hold, send } = at();
    send(true);
    clock.time = MINUTE;
    const first = hold.enter();
    expect([first === null, hold.enter()]).toEqual([false, null]);
    // It got no verdict, a time-out say: the next one may try.
    first?.end();
    expect(hold.enter()).not.toBeNull();
  });

  it('counts requests that were under way together as one refusal', () => {
    const { hold } = at();
    const together = [hold.enter(), hold.enter(), hold.enter()];
    for (const turn of together) turn?.refused(DATA);
    expect(hold.state()?.refusals).toBe(1);
    together[1]?.accepted(DATA);
    expect(hold.state()).not.toBeNull();
  });

  it('is good again by an answer on the same way, not by one that needs no login', () => {
    const { clock, hold, send } = at();
    send(true, DATA);
    clock.time = MINUTE;
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
