import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { russianCalendar } from '../sla/calendars/russia.ts';
import { workingSegments } from '../sla/working-segments.ts';
import { expectedFrom, rhythmOfDay, type Slot, silenceOf } from './rhythm.ts';
import { type Cadence, dayStartOf, dueBetween, dueOfDay, type WorkingHours } from './slots.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const at = (moscow: string): number => Date.parse(`${moscow}:00+03:00`);
const clock = (time: number): string => new Date(time + 3 * HOUR).toISOString().slice(11, 16);

const house = russianCalendar({ id: 'house', version: 1, title: 'house', zone: 'Europe/Moscow' });
const working: WorkingHours = (from, to) => {
  const inside: { from: number; to: number }[] = [];
  for (const one of workingSegments(house, from)) {
    if (one.from >= to) break;
    inside.push({ from: one.from, to: Math.min(one.to, to) });
  }
  return inside;
};

/** «Пакет к каждой четверти часа с 07:00 до 22:00 в рабочие дни, ночью и в выходные раз в час; опоздание от 1 мин». */
const prices: Cadence = {
  everyMs: 15 * MINUTE,
  graceMs: MINUTE,
  during: 'working',
  hours: { from: '07:00', to: '22:00' },
  offHoursEveryMs: HOUR,
};
const receipts: Cadence = { everyMs: HOUR, graceMs: 10 * MINUTE, during: 'working' };
const always: Cadence = { everyMs: 15 * MINUTE, graceMs: 3 * MINUTE, during: 'always' };
const due = (cadence: Cadence, date: string): string[] =>
  dueOfDay(cadence, at(`${date}T00:00`), working).map((one) => clock(one));

describe('due moments', () => {
  it('follow the working hours: nothing at the opening, nothing over lunch', () =>
    expect(due(receipts, '2026-11-26')).toEqual([
      '10:00',
      '11:00',
      '12:00',
      '13:00',
      '15:00',
      '16:00',
      '17:00',
      '18:00',
    ]));
  it('end earlier on a short day and do not exist on a holiday or a weekend', () => {
    expect(due(receipts, '2026-11-03').at(-1)).toBe('17:00');
    expect(due(receipts, '2026-11-04')).toEqual([]);
    expect(due(receipts, '2026-11-28')).toEqual([]);
  });
  it('have a second step at night, on weekends and on holidays', () => {
    expect(due(prices, '2026-11-26')).toHaveLength(69);
    expect(due(prices, '2026-11-28')).toHaveLength(24);
    expect(due(prices, '2026-11-04')).toHaveLength(24);
    expect(due(prices, '2026-11-26').slice(6, 9)).toEqual(['06:00', '07:00', '07:15']);
    expect(due(prices, '2026-11-26').slice(-3)).toEqual(['21:45', '22:00', '23:00']);
  });
  it('of a step longer than the working hours are their end', () =>
    expect(due({ everyMs: DAY, graceMs: HOUR, during: 'working' }, '2026-11-26')).toEqual(['18:00']));
  it('stand in order, once each, as far apart as the step says at most, on each day of four years', () =>
    fc.assert(
      fc.property(fc.constantFrom(prices, receipts, always), fc.integer({ min: 0, max: 4 * 365 }), (cadence, days) => {
        const list = dueOfDay(cadence, at('2024-01-01T00:00') + days * DAY, working);
        expect(list).toEqual([...new Set(list)].sort((one, other) => one - other));
        const step = cadence.during === 'always' ? cadence.everyMs : (cadence.offHoursEveryMs ?? DAY);
        const steps = list.map((one, index) => one - (list[index - 1] ?? one));
        expect(Math.max(0, ...steps)).toBeLessThanOrEqual(step);
      }),
    ));
  it('of a span are those of its days', () =>
    fc.assert(
      fc.property(fc.nat(30 * DAY), fc.nat(3 * DAY), (offset, span) => {
        const after = at('2026-10-25T00:00') + offset;
        const days = [0, 1, 2, 3, 4].flatMap((step) => dueOfDay(prices, dayStartOf(after) + step * DAY, working));
        expect([...dueBetween(prices, { after, until: after + span }, working)]).toEqual(
          days.filter((one) => one > after && one <= after + span),
        );
      }),
    ));
});

const states = (slots: readonly Slot[]) => Object.fromEntries(slots.map((slot) => [clock(slot.dueAt), slot.state]));
const DAY_26 = at('2026-11-26T00:00');
/** A day on which each message comes some seconds after it is due, besides what `change` says. */
const day26 = (now: string, change: Record<string, string | null> = {}) => {
  const dues = [DAY_26 - HOUR, ...dueOfDay(prices, DAY_26, working)];
  const arrivals = dues.flatMap((one) => {
    const came = change[clock(one)];
    return came === null ? [] : [came === undefined ? one + 20_000 : at(`2026-11-26T${came}`)];
  });
  return { cadence: prices, working, arrivals, now: at(`2026-11-26T${now}`), firstAt: at('2026-11-01T00:00') };
};

describe('the rhythm of a day', () => {
  it('tells on time, late, missing and ahead apart', () => {
    const slots = rhythmOfDay(
      DAY_26,
      day26('14:32', { '09:15': '09:19', '11:30': '11:37', '14:15': null, '14:30': null }),
    );
    const marks = states(slots);
    expect([marks['09:00'], marks['09:15'], marks['09:30']]).toEqual(['on_time', 'late', 'on_time']);
    expect([marks['14:00'], marks['14:15'], marks['14:30'], marks['14:45']]).toEqual([
      'on_time',
      'missing',
      'missing',
      'ahead',
    ]);
    expect(slots.find(({ dueAt }) => clock(dueAt) === '09:15')?.cameAt).toBe(at('2026-11-26T09:19'));
    const passed = slots.filter(({ state }) => state !== 'ahead');
    expect(passed).toHaveLength(38);
  });
  it('lets one message serve one moment only', () => {
    const marks = states(rhythmOfDay(DAY_26, day26('10:00', { '09:15': '09:19', '09:30': null })));
    expect([marks['09:15'], marks['09:30']]).toEqual(['missing', 'on_time']);
  });
  it('calls a late message late at once, while the next moment is still open', () =>
    expect(states(rhythmOfDay(DAY_26, day26('09:20', { '09:15': '09:19' })))['09:15']).toBe('late'));
  it('takes a message that comes early, from night into the working hours too', () =>
    expect(states(rhythmOfDay(DAY_26, day26('08:00', { '07:00': '06:03', '07:15': '07:02' })))['07:15']).toBe(
      'on_time',
    ));
  it('waits no more for what came early: the next that is ahead is the one that the flow expects', () => {
    const input = day26('09:10', { '09:15': '09:05' });
    const slots = rhythmOfDay(DAY_26, input);
    expect([states(slots)['09:15'], states(slots)['09:30']]).toEqual(['ahead', 'ahead']);
    expect(slots.find(({ dueAt }) => clock(dueAt) === '09:15')?.cameAt).toBe(at('2026-11-26T09:05'));
    const told = input.arrivals.filter((one) => one <= input.now);
    const { expectedAt } = silenceOf(prices, { lastAt: Math.max(...told), now: input.now }, working);
    expect(slots.find(({ state, cameAt }) => state === 'ahead' && cameAt === null)?.dueAt).toBe(expectedAt);
    expect(slots.every(({ dueAt, state }) => dueAt <= input.now || state === 'ahead')).toBe(true);
  });
  it('counts nothing before the first message that is known', () => {
    const slots = rhythmOfDay(DAY_26, { ...day26('12:00'), firstAt: at('2026-11-26T08:40') });
    expect(states(slots)['08:30']).toBe('unwatched');
    expect(states(slots)['08:45']).toBe('on_time');
  });
  it('is the same for facts that come out of order, and mends itself by one that comes late', () => {
    const input = day26('14:32', { '13:00': null });
    const shuffled = { ...input, arrivals: input.arrivals.toReversed() };
    expect(rhythmOfDay(DAY_26, shuffled)).toEqual(rhythmOfDay(DAY_26, input));
    expect(states(rhythmOfDay(DAY_26, input))['13:00']).toBe('missing');
    const mended = { ...input, arrivals: [...input.arrivals, at('2026-11-26T12:58')] };
    expect(states(rhythmOfDay(DAY_26, mended))['13:00']).toBe('on_time');
  });
});

describe('silence', () => {
  const of = (cadence: Cadence, last: string, now: string) =>
    silenceOf(cadence, { lastAt: at(last), now: at(now) }, working);
  it('begins when the grace of the expected message is over', () => {
    expect(of(prices, '2026-11-26T13:51', '2026-11-26T14:16')).toEqual({
      expectedAt: at('2026-11-26T14:15'),
      silentSince: null,
      missed: 0,
    });
    expect(of(prices, '2026-11-26T13:51', '2026-11-26T14:32')).toEqual({
      expectedAt: at('2026-11-26T14:15'),
      silentSince: at('2026-11-26T14:15'),
      missed: 2,
    });
  });
  it('waits over the night, the weekend and the holidays for the next working hour', () => {
    expect(of(receipts, '2026-11-27T17:55', '2026-11-30T10:10').silentSince).toBeNull();
    expect(of(receipts, '2026-11-27T17:55', '2026-11-30T10:11')).toMatchObject({ missed: 1 });
    expect(of(receipts, '2025-12-30T17:59', '2026-01-11T23:00')).toMatchObject({ silentSince: null });
  });
  it('is unknown before the first message and without a cadence', () => {
    expect(silenceOf(prices, { lastAt: null, now: DAY_26 }, working).expectedAt).toBeNull();
    expect(silenceOf(undefined, { lastAt: DAY_26, now: DAY_26 }, working).missed).toBe(0);
  });
  it('of a source that never spoke begins at the second due moment behind the beginning of the watch', () =>
    fc.assert(
      fc.property(
        fc.constantFrom(prices, receipts, always),
        fc.nat(20 * DAY),
        fc.nat(3 * DAY),
        (cadence, offset, passed) => {
          const watchedSince = at('2026-10-30T00:00') + offset;
          const now = watchedSince + passed;
          const { silentSince, missed } = silenceOf(cadence, { lastAt: null, watchedSince, now }, working);
          const until = now - cadence.graceMs - 1;
          const after = expectedFrom(cadence, watchedSince, working) - cadence.graceMs - 1;
          const overdue = after >= until ? [] : [...dueBetween(cadence, { after, until }, working)];
          expect({ silentSince, missed }).toEqual({ silentSince: overdue[0] ?? null, missed: overdue.length });
        },
      ),
    ));
  it('of a source that is watched again is counted from then, not over the pause', () => {
    const again = (now: string) =>
      silenceOf(
        receipts,
        { lastAt: at('2026-11-16T12:00'), watchedSince: at('2026-11-26T11:30'), now: at(`2026-11-26T${now}`) },
        working,
      );
    // The message of 12:00 may have come at 11:20, before Pult looked.
    expect(again('13:10')).toMatchObject({ missed: 0, expectedAt: at('2026-11-26T13:00') });
    expect(again('13:11')).toEqual({
      expectedAt: at('2026-11-26T13:00'),
      silentSince: at('2026-11-26T13:00'),
      missed: 1,
    });
  });
  it('leaves out what was due during planned works, and keeps what was missed before them', () => {
    const excused = [{ from: at('2026-11-26T14:00'), to: at('2026-11-26T16:30') }];
    const of = (last: string, now: string) =>
      silenceOf(receipts, { lastAt: at(`2026-11-26T${last}`), now: at(`2026-11-26T${now}`), excused }, working);
    expect(of('12:55', '16:59')).toMatchObject({ missed: 0, expectedAt: at('2026-11-26T17:00') });
    expect(of('12:55', '17:11')).toMatchObject({ missed: 1, silentSince: at('2026-11-26T17:00') });
    expect(of('10:55', '16:59')).toMatchObject({ missed: 2, silentSince: at('2026-11-26T12:00') });
  });
  it('waits for what could not be told while nobody listened, then counts all of it', () => {
    const untold = { from: at('2026-11-26T14:30'), to: at('2026-11-26T17:30') };
    const of = (last: string, now: string) =>
      silenceOf(receipts, { lastAt: at(`2026-11-26T${last}`), now: at(`2026-11-26T${now}`), untold }, working);
    expect(of('13:00', '17:30').missed).toBe(0);
    expect(of('13:00', '17:31')).toMatchObject({ missed: 3, silentSince: at('2026-11-26T15:00') });
    expect(of('10:55', '17:30')).toMatchObject({ missed: 2, silentSince: at('2026-11-26T12:00') });
  });
  it('is not fooled by a clock that runs ahead', () =>
    expect(of(always, '2027-11-26T13:51', '2026-11-26T14:32')).toMatchObject({ silentSince: null }));

  const stretch = fc
    .record({ start: fc.integer({ min: -30 * HOUR, max: HOUR }), length: fc.integer({ min: MINUTE, max: 12 * HOUR }) })
    .map(({ start, length }) => ({ from: start, to: start + length }));
  const history = fc.record({
    cadence: fc.constantFrom(prices, receipts, always),
    now: fc.integer({ min: 0, max: 20 * DAY }).map((offset) => at('2026-10-30T00:00') + offset),
    ages: fc.array(fc.integer({ min: 0, max: DAY }), { minLength: 1, maxLength: 60 }),
    works: fc.array(stretch, { maxLength: 2 }),
    away: fc.option(stretch),
    watchedFor: fc.option(fc.integer({ min: 0, max: 30 * HOUR })),
  });
  it('is the tail of missing marks of the rhythm', () =>
    fc.assert(
      fc.property(history, ({ cadence, now, ages, works, away, watchedFor }) => {
        const arrivals = ages.map((age) => now - age);
        const at = ({ from, to }: { from: number; to: number }) => ({ from: now + from, to: now + to });
        const excused = works.map(at).filter(({ to }) => to <= now);
        const allowances = { excused, untold: away && at(away) };
        const watchedSince = watchedFor === null ? null : now - watchedFor;
        const expected = watchedSince === null ? null : expectedFrom(cadence, watchedSince, working);
        const firstAt = Math.min(...arrivals);
        const input = { cadence, working, now, arrivals, firstAt, expectedFrom: expected, ...allowances };
        const slots = [dayStartOf(now) - DAY, dayStartOf(now)].flatMap((day) => rhythmOfDay(day, input));
        const judged = slots.filter(({ state }) => state !== 'ahead' && state !== 'unwatched');
        let tail = 0;
        while (judged.at(-1 - tail)?.state === 'missing') tail += 1;
        const silence = silenceOf(
          cadence,
          { lastAt: Math.max(...arrivals), watchedSince, now, ...allowances },
          working,
        );
        expect(silence.missed).toBe(tail);
        expect(silence.silentSince).toBe(tail === 0 ? null : judged.at(-tail)?.dueAt);
      }),
    ));
  it('never misses fewer messages as time goes by, and a newer message never makes it worse', () =>
    fc.assert(
      fc.property(history, fc.nat(DAY), ({ cadence, now, ages }, more) => {
        const lastAt = now - Math.min(...ages);
        const missed = (last: number, moment: number) =>
          silenceOf(cadence, { lastAt: last, now: moment }, working).missed;
        expect(missed(lastAt, now + more)).toBeGreaterThanOrEqual(missed(lastAt, now));
        expect(missed(Math.min(now, lastAt + more), now)).toBeLessThanOrEqual(missed(lastAt, now));
      }),
    ));
});
