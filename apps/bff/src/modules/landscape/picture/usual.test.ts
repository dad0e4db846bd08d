import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type House, openHouse } from '../testing/house.ts';
import { createUsual, likeDays, usualHour } from './usual.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Wednesday, 10:20 in Moscow. */
const NOW = Date.parse('2026-11-25T07:20:00Z');
/** Saturday and Sunday of Moscow are off. */
const isWorking = (at: number): boolean => ![0, 6].includes(new Date(at + 3 * HOUR).getUTCDay());

describe('what is usual at this time', () => {
  it('looks at the same minutes of the working days of four weeks, on a day off at those of the days off', () => {
    const { ends } = likeDays(NOW, isWorking);
    expect(ends).toHaveLength(20);
    expect(ends[0]).toBe(NOW - DAY);
    expect(ends.every((end) => (NOW - end) % DAY === 0)).toBe(true);
    expect(likeDays(NOW + 3 * DAY, isWorking).ends).toHaveLength(8);
  });

  it('counts an hour by the part of it that is meant', () => {
    const ends = [1, 2, 3].map((back) => NOW - back * DAY);
    const applied = (hour: number) => (new Date(hour).getUTCHours() === 7 ? 30 : 60);
    // Twenty minutes of the hour with 30 and forty of that with 60.
    expect(usualHour(ends, 0, applied)).toBe(50);
  });

  it('says nothing of a flow that was seen on fewer than three such days', () => {
    const ends = [1, 2, 3].map((back) => NOW - back * DAY);
    expect(usualHour(ends, NOW - 3 * DAY - HOUR, () => 6)).toBe(6);
    expect(usualHour(ends, NOW - 3 * DAY - HOUR + 1, () => 6)).toBeNull();
    expect(usualHour(ends, null, () => 6)).toBeNull();
  });

  it('is what a flow always does, of a flow that always does the same', () =>
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 60 * 24 * 365 }), fc.nat({ max: 10_000 }), (minute, hourly) => {
        const { ends, hours } = likeDays(NOW + minute * MINUTE, isWorking);
        // Nothing beside the hours that were asked for is needed.
        const book = new Map(hours.map((hour) => [hour, hourly]));
        expect(usualHour(ends, 0, (hour) => book.get(hour) ?? -1e9)).toBe(hourly);
      }),
    ));

  it('reads the past once for many looks, anew after a minute, and again at once after a failure', async () => {
    let reads = 0;
    let fails = true;
    const usual = createUsual({
      activity: {
        appliedInHours: async () => {
          reads += 1;
          if (fails) throw new Error('database is away');
          return [];
        },
      },
      working: { dayOf: (at) => ({ working: isWorking(at), holiday: null }) },
    });
    await expect(usual(NOW, new Map())).rejects.toThrow('away');
    fails = false;
    for (const later of [0, 1_000, MINUTE - 1]) await usual(NOW + later, new Map());
    expect(reads).toBe(2);
    await usual(NOW + MINUTE, new Map());
    expect(reads).toBe(3);
  });
});

describe('traffic of a flow over HTTP', () => {
  let house: House;
  const title = { ru: 'а', en: 'a' };
  beforeAll(async () => {
    house = await openHouse({
      now: NOW,
      systems: ['site', 'ut'].map((id) => ({ id, title, kind: 'onec', place: { column: 0, row: 0 } })),
      flows: [{ id: 'orders', title, what: title, from: ['site'], to: ['ut'], channel: 'rest', watched: true }],
    });
  });
  afterAll(() => house.close());

  const put = async (at: number, applied: number): Promise<void> => {
    const { db } = house.database;
    const [minute, hour] = [new Date(at), new Date(Math.floor(at / HOUR) * HOUR)];
    await sql`insert into rollup_minute (flow_id, minute, accepted, applied) values ('orders', ${minute}, ${applied}, ${applied})`.execute(
      db,
    );
    await sql`
      insert into rollup_hour (flow_id, hour, accepted, applied) values ('orders', ${hour}, ${applied}, ${applied})
      on conflict (flow_id, hour) do update set applied = rollup_hour.applied + excluded.applied`.execute(db);
  };
  const look = async () => {
    const { body } = await house.call('ops', 'GET', '/api/landscape/flows/orders');
    return body.flow;
  };

  it('counts whole minutes, since the first one, beside the same time of working days', async () => {
    expect((await look()).traffic).toEqual({ fiveMinutes: 0, hour: 0, seenMs: null, usualHour: null });
    await put(NOW, 9);
    // The minute that has just begun says nothing about a rate, only that something moves.
    expect(await look()).toMatchObject({ traffic: { fiveMinutes: 0, hour: 0, seenMs: null }, perMinute: 1.8 });
    await put(NOW - 4 * MINUTE, 4);
    expect((await look()).traffic).toEqual({ fiveMinutes: 4, hour: 4, seenMs: 4 * MINUTE, usualHour: null });
    await put(NOW - 60 * MINUTE, 2);
    await put(NOW - 61 * MINUTE, 50);
    expect((await look()).traffic).toMatchObject({ fiveMinutes: 4, hour: 6, seenMs: 61 * MINUTE });
    // Three working days before, and a Sunday that does not count.
    for (const back of [1, 2, 5]) await put(NOW - back * DAY - 30 * MINUTE, 12);
    await put(NOW - 3 * DAY - 30 * MINUTE, 600);
    await put(NOW - 5 * DAY - 2 * HOUR, 1);
    house.now = NOW + 11 * MINUTE;
    const { traffic } = await look();
    // By then 31 minutes of the present hour and 29 of the one before, in which the twelve came.
    expect(traffic.usualHour).toBe(5.8);
    const { body } = await house.call('ops', 'GET', '/api/landscape/overview');
    expect(body.systems.find(({ id }: { id: string }) => id === 'ut').incoming).toMatchObject({ hour: 13 });
  });
});
