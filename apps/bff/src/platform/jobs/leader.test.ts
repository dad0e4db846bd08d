import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../db/test-database.ts';
import { createMetrics } from '../telemetry/metrics.ts';
import { type Leader, startLeader } from './leader.ts';
import { createTicker, type Ticker } from './ticker.ts';

const log = pino({ level: 'silent' });
const NEVER = new AbortController().signal;
let database: TestDatabase;
const leaders: Leader[] = [];
const tickers: Ticker[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
});
afterEach(async () => {
  await Promise.all(tickers.splice(0).map((ticker) => ticker.stop()));
  await Promise.all(leaders.splice(0).map((leader) => leader.stop()));
});
afterAll(() => database.close());

function candidate(): Leader {
  const leader = startLeader({ url: database.url, log, roundMs: 20 });
  leaders.push(leader);
  return leader;
}
const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

describe('the lead', () => {
  it('belongs to one of several instances and goes to the next when that one stops', async () => {
    const first = candidate();
    const term = await first.lead(NEVER);
    const second = candidate();
    const next = second.lead(NEVER);
    expect([first.isLeading(), second.isLeading()]).toEqual([true, false]);
    await first.stop();
    expect(term.aborted).toBe(true);
    expect((await next).aborted).toBe(false);
    expect([first.isLeading(), second.isLeading()]).toEqual([false, true]);
  });

  it('is lost with the connection, said at once, and taken again by one of them', async () => {
    const both = [candidate(), candidate()];
    const term = await Promise.race(both.map((leader) => leader.lead(NEVER)));
    await sql`select pg_terminate_backend(l.pid) from pg_locks l join pg_database d on d.oid = l.database
      where d.datname = current_database() and l.locktype = 'advisory' and l.granted and l.objid = 7202601`.execute(
      database.db,
    );
    await aborted(term);
    await Promise.race(both.map((leader) => leader.lead(NEVER)));
    await vi.waitFor(() => expect(both.filter((leader) => leader.isLeading())).toHaveLength(1));
  });

  it('is waited for no longer than the one who asks wants', async () => {
    const first = candidate();
    await first.lead(NEVER);
    const second = candidate();
    const giveUp = new AbortController();
    const answer = second.lead(giveUp.signal);
    giveUp.abort();
    expect((await answer).aborted).toBe(true);
  });
});

describe('work of one', () => {
  it('runs in the leader only and goes on at once in its successor, however long the interval', async () => {
    const done: string[] = [];
    const instance = (name: string): { ticker: Ticker; leader: Leader } => {
      const leader = candidate();
      const ticker = createTicker({ log, metrics: createMetrics(), leader });
      tickers.push(ticker);
      ticker.alone(3_600_000, 'work', async () => void done.push(name));
      return { ticker, leader };
    };
    const first = instance('first');
    await vi.waitFor(() => expect(done).toEqual(['first']));
    instance('second');
    await first.ticker.stop();
    await first.leader.stop();
    await vi.waitFor(() => expect(done).toEqual(['first', 'second']));
  });

  it('is told to end when the lead is lost in the middle of it', async () => {
    const leader = candidate();
    const ticker = createTicker({ log, metrics: createMetrics(), leader });
    tickers.push(ticker);
    const rounds: AbortSignal[] = [];
    ticker.alone(5, 'work', async (signal) => {
      rounds.push(signal);
      await aborted(signal);
    });
    await vi.waitFor(() => expect(rounds).toHaveLength(1));
    await sql`select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'pult-leader' and datname = current_database()`.execute(database.db);
    await vi.waitFor(() => expect(rounds).toHaveLength(2));
    expect(rounds[0]?.aborted).toBe(true);
  });

  it('goes on in the next term of the same instance although a round of the last one hangs', async () => {
    const terms = [new AbortController(), new AbortController()];
    const [first, second] = terms.map(({ signal }) => signal);
    const leader = { lead: async () => (first?.aborted ? (second ?? NEVER) : (first ?? NEVER)) };
    const ticker = createTicker({ log, metrics: createMetrics(), leader, termEndMs: 5 });
    tickers.push(ticker);
    const rounds: AbortSignal[] = [];
    ticker.alone(3_600_000, 'work', async (signal) => {
      rounds.push(signal);
      if (rounds.length === 1) await new Promise(() => undefined);
    });
    await vi.waitFor(() => expect(rounds).toHaveLength(1));
    terms[0]?.abort();
    await vi.waitFor(() => expect(rounds.map(({ aborted: isOver }) => isOver)).toEqual([true, false]));
  });
});
