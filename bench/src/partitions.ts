/**
 * Why the deliveries are one table (docs/adr/0003): the same rows once more in a table of one partition per day, and what
 * the questions of the screens and the purge of a day cost in both.
 */
import pg from 'pg';
import { fill } from './fill.ts';
import { type Measurement, rank, rounded, timed } from './measurement.ts';
import { startSystem } from './system.ts';

const DELIVERIES = Number(process.env.BENCH_DELIVERIES ?? 1_000_000);
const ROUNDS = 60;

export async function partitions(): Promise<Measurement[]> {
  const system = await startSystem();
  const client = new pg.Client({ connectionString: system.databaseUrl });
  try {
    await fill(system, DELIVERIES);
    await client.connect();
    await makePartitioned(client);
    const { rows } = await client.query<{ id: string; uid: string; number: string }>(
      `select d.id, d.key_number as number, (select uid from exchange_event e where e.delivery_id = d.id limit 1) as uid
       from delivery d tablesample system (1) limit 500`,
    );
    const of = (n: number) => rows[(n * 7) % rows.length];
    const compare = async (what: string, sql: string, value?: (n: number) => unknown): Promise<Measurement> => {
      const times = async (table: string): Promise<number> => {
        const samples: number[] = [];
        for (let n = 0; n < ROUNDS; n += 1)
          samples.push(await timed(() => client.query(sql.replaceAll('{}', table), value ? [value(n)] : [])));
        return rank(samples, 0.5);
      };
      const [one, many] = [await times('delivery'), await times('bench_daily')];
      return {
        what,
        value: rounded(many, 2),
        unit: 'ms p50',
        baseline: rounded(one, 2),
        ratio: rounded(many / one, 1),
        bar: '—',
      };
    };
    const questions = [
      await compare('newest page', 'select * from {} order by started_at desc, id desc limit 51'),
      await compare('one delivery by its id', 'select * from {} where id = $1', (n) => of(n)?.id),
      await compare(
        'lock 50 deliveries by id, as intake does',
        'select * from {} where id = any($1) order by id',
        (n) => Array.from({ length: 50 }, (_, place) => of(n + place)?.id),
      ),
      await compare('by document number', 'select * from {} where key_number = $1', (n) => of(n)?.number),
      await compare('oldest of what is open', "select * from {} where state = 'failed' order by started_at limit 51"),
    ];
    return [...questions, ...(await purge(client))];
  } finally {
    await client.end();
    await system.stop();
  }
}

async function makePartitioned(client: pg.Client): Promise<void> {
  await client.query(`set work_mem = '256MB'; set maintenance_work_mem = '1GB'; set synchronous_commit = off`);
  // A unique identity must contain the key of the partitions: (id, started_at) instead of (id).
  await client.query('create table bench_daily (like delivery) partition by range (started_at)');
  await client.query(`do $$ declare day date; begin
    for day in select generate_series(min(started_at)::date, max(started_at)::date, '1 day')::date from delivery loop
      execute format('create table bench_daily_%s partition of bench_daily for values from (%L) to (%L)', to_char(day, 'YYYYMMDD'), day, day + 1);
    end loop; end $$`);
  await client.query('insert into bench_daily select * from delivery');
  const { rows } = await client.query<{ indexdef: string }>(
    `select indexdef from pg_indexes where tablename = 'delivery' and indexname <> 'delivery_pkey'`,
  );
  for (const { indexdef } of rows)
    await client.query(indexdef.replace(/INDEX \S+ ON (public\.)?delivery /, 'INDEX ON bench_daily '));
  await client.query('alter table bench_daily add primary key (id, started_at)');
  await client.query('analyze bench_daily');
}

/** The oldest day goes: rows deleted in both parts of the story and the space made free again, or a partition dropped. */
async function purge(client: pg.Client): Promise<Measurement[]> {
  const { rows } = await client.query<{ day: string; count: string }>(
    `select min(started_at)::date::text as day, (select count(*) from delivery where started_at < (select min(started_at)::date + 1 from delivery)) as count from delivery`,
  );
  const day = rows[0]?.day ?? '';
  const doomed = 'select id from delivery where started_at < $1::date + 1';
  const events = await timed(() => client.query(`delete from exchange_event where delivery_id in (${doomed})`, [day]));
  await client.query(`delete from delivery_fact where delivery_id in (${doomed})`, [day]);
  await client.query(`delete from message_payload where delivery_id in (${doomed})`, [day]);
  const deletion = await timed(() => client.query('delete from delivery where started_at < $1::date + 1', [day]));
  const vacuum = await timed(() => client.query('vacuum delivery'));
  const drop = await timed(() => client.query(`drop table bench_daily_${day.replaceAll('-', '')}`));
  const line = (what: string, ms: number): Measurement => ({ what, value: rounded(ms, 0), unit: 'ms', bar: '—' });
  return [
    line(`purge of a day (${rows[0]?.count} deliveries): delete`, deletion),
    line('purge of a day: delete of their events', events),
    line('purge of a day: vacuum of the deliveries', vacuum),
    line('purge of a day: drop of a partition', drop),
  ];
}
