/** Silence after a time in which nobody watched: works, Pult itself away, a flow that was not watched. */
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import type { Ticker } from '../../../platform/jobs/ticker.ts';
import { createQuiet } from '../quiet/quiet.ts';
import { flowPart, systemPart } from '../testing/house.ts';
import { createSilenceWatch } from './silence.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const T0 = Date.parse('2026-11-23T12:00:00+03:00');
const ops = { kind: 'person', userId: 'u', name: 'Орлова', roles: ['ops'] } as const;
let database: TestDatabase;
const clock = { time: T0, now: () => clock.time };
/** Last message of the source `ut`. */
let lastAt: number | null;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  clock.time = T0;
  lastAt = T0 - 5 * MINUTE;
  await sql`truncate flow_watch, silence_watch, quiet_period`.execute(database.db);
});

/** A process of Pult on this database. Its loop runs when a test says so. */
function openPult({ watched = true } = {}) {
  const cadence = { everyMs: '1h', graceMs: '10m', during: 'always' };
  const file = landscapeFile.parse({
    version: 1,
    systems: ['ut', 'site'].map((id) => systemPart(id)),
    flows: [flowPart('prices', { from: ['ut'], to: ['site'] }, { cadence, watched })],
  });
  const { db } = database;
  const quiet = createQuiet({ db, file, clock, live: { announce: () => undefined } });
  const silence = createSilenceWatch({
    db,
    file,
    clock,
    works: quiet.works,
    working: { intervals: () => [], dayOf: () => ({ kind: 'working', holiday: null }) } as never,
    arrivals: {
      spans: async () =>
        lastAt === null ? [] : [{ flowId: 'prices', source: 'ut', firstAt: T0 - 5 * MINUTE, lastAt }],
      since: async () => (lastAt === null ? [] : [{ source: 'ut', at: lastAt }]),
    },
  });
  let round: (signal: AbortSignal) => Promise<void> = async () => undefined;
  silence.start({
    alone: (_ms, _name, work) => {
      round = work;
    },
  } as Partial<Ticker> as Ticker);
  const tick = () => round(new AbortController().signal);
  return {
    quiet,
    /** So long it runs, looking each minute. */
    run: async (ms: number) => {
      for (const end = clock.time + ms; clock.time < end; clock.time += MINUTE) await tick();
      await tick();
    },
    missed: async () => (await silence.cadences(() => null)).get('prices')?.missed,
    marks: async () =>
      (await silence.rhythm('prices', () => null)).sources[0]?.days
        .flatMap(({ slots }) => slots)
        .filter(({ state }) => state === 'missing').length,
  };
}

describe('a flow that spoke before', () => {
  it('and was not watched for days is counted from when it is watched again', async () => {
    await openPult().run(5 * MINUTE);
    await openPult({ watched: false }).run(5 * MINUTE);
    clock.time += 3 * DAY;
    const again = openPult();
    await again.run(5 * MINUTE);
    expect([await again.missed(), await again.marks()]).toEqual([0, 0]);
    // The message of 12:00 may have come just before 12:10; those of 13:00 and 14:00 did not.
    await again.run(2 * HOUR);
    expect([await again.missed(), await again.marks()]).toEqual([2, 2]);
    lastAt = clock.time;
    await again.run(MINUTE);
    // It is the one of 14:00, late.
    expect([await again.missed(), await again.marks()]).toEqual([0, 1]);
  });

  it('and was never watched is counted from when it is watched', async () => {
    await openPult({ watched: false }).run(5 * MINUTE);
    clock.time += 3 * DAY;
    const first = openPult();
    await first.run(5 * MINUTE);
    expect([await first.missed(), await first.marks()]).toEqual([0, 0]);
  });

  it('stays silent over a restart, and over days in which Pult was away', async () => {
    const before = openPult();
    await before.run(3 * HOUR);
    expect(await before.missed()).toBe(2);
    clock.time += 2 * MINUTE;
    expect(await openPult().missed()).toBe(2);
    clock.time += DAY;
    const after = openPult();
    expect(await after.missed()).toBe(2);
    await after.run(5 * MINUTE);
    expect(await after.missed()).toBe(2);
  });

  it('is not silent when Pult was away itself, before its source had the time to repeat what it could not tell', async () => {
    await openPult().run(5 * MINUTE);
    clock.time += 2 * DAY;
    const back = openPult();
    // Before the first round, too.
    expect(await back.missed()).toBe(0);
    await back.run(10 * MINUTE);
    expect([await back.missed(), await back.marks()]).toEqual([0, 0]);
    lastAt = clock.time - 15 * MINUTE;
    await back.run(50 * MINUTE);
    expect(await back.missed()).toBe(0);
  });

  it('was silent while Pult was away when nothing was repeated for that time', async () => {
    await openPult().run(5 * MINUTE);
    clock.time += 5 * HOUR;
    const back = openPult();
    await back.run(16 * MINUTE);
    expect([await back.missed(), await back.marks()]).toEqual([5, 5]);
  });

  it('is waited for again when Pult goes away before everything was repeated', async () => {
    await openPult().run(5 * MINUTE);
    clock.time += 2 * DAY;
    await openPult().run(5 * MINUTE);
    clock.time += 8 * MINUTE;
    const back = openPult();
    await back.run(14 * MINUTE);
    expect(await back.missed()).toBe(0);
  });

  it('is counted without the time of planned works on its source, each week anew', async () => {
    const pult = openPult();
    await pult.run(5 * MINUTE);
    await pult.quiet.create(
      {
        kind: 'maintenance',
        target: { kind: 'system', id: 'ut' },
        reason: 'обновление',
        until: new Date(clock.time + 6 * HOUR).toISOString(),
        weekly: true,
        weeklyUntil: null,
      },
      { actor: ops, requestId: 'r' } as never,
    );
    for (let week = 0; week < 2; week += 1) {
      // Works from 12:05 to 18:05; the next message is due at 19:00. Pult itself was there all the time.
      await sql`truncate silence_watch`.execute(database.db);
      clock.time = T0 + week * 7 * DAY + 7 * HOUR;
      lastAt = T0 + week * 7 * DAY - 5 * MINUTE;
      expect([week, await pult.missed()]).toEqual([week, 0]);
      clock.time += 11 * MINUTE;
      expect([week, await pult.missed()]).toEqual([week, 1]);
    }
  });

  it('is reported for all of its silence when somebody did not want to be reminded', async () => {
    const pult = openPult();
    await pult.run(5 * MINUTE);
    const mute = { kind: 'mute', target: { kind: 'flow', id: 'prices' }, reason: 'знаем', weekly: false } as const;
    const until = new Date(clock.time + 3 * HOUR).toISOString();
    await pult.quiet.create({ ...mute, until, weeklyUntil: null }, { actor: ops, requestId: 'r' } as never);
    await pult.run(4 * HOUR);
    expect(await pult.missed()).toBe(3);
  });
});
