/**
 * Fills a database with deliveries as intake would have written them: set-based SQL into the same tables, then a check
 * that proves it — a sample is taken out and reported again over HTTP, and must come back equal, rollups included.
 */
import pg from 'pg';
import { type CloudEvent, ERRORS, eventsOf, FLOWS, report, type SeedRow } from './seed.ts';
import type { System } from './system.ts';

const DAYS = 90;
const CHUNK = 1_000_000;
const SAMPLE = 400;

export interface Filled {
  readonly deliveries: number;
  readonly seconds: number;
  /** Deliveries reported again over HTTP and found equal. */
  readonly proved: number;
  readonly sizes: {
    readonly table: string;
    readonly heapMb: number;
    readonly indexesMb: number;
    readonly rows: number;
  }[];
}

/** Fills, proves and vacuums; throws when the rows are not what intake writes. */
export async function fill(system: System, deliveries: number): Promise<Filled> {
  const startedAt = performance.now();
  await report(system, causeExamples());
  const client = new pg.Client({ connectionString: system.databaseUrl });
  await client.connect();
  try {
    await client.query(`set work_mem = '256MB'; set maintenance_work_mem = '1GB'; set synchronous_commit = off`);
    await prepare(client);
    const restoreIndexes = await withoutIndexes(client);
    const now = Date.now();
    for (let from = 0; from < deliveries; from += CHUNK) {
      await seedChunk(client, { from, to: Math.min(deliveries, from + CHUNK), of: deliveries, now });
      await writeChunk(client);
    }
    await restoreIndexes();
    const proved = await prove(client, system);
    await client.query('drop table bench_seed, bench_error, bench_flow; drop function bench_id');
    for (const table of TABLES) await client.query(`vacuum (analyze, freeze) ${table}`);
    await client.query('checkpoint');
    return { deliveries, proved, seconds: (performance.now() - startedAt) / 1000, sizes: await sizesOf(client) };
  } finally {
    await client.end();
  }
}

const TABLES = [
  'delivery',
  'exchange_event',
  'message_payload',
  'delivery_fact',
  'failure_cause',
  'rollup_minute',
  'rollup_latency',
  'rollup_cause',
  'rollup_hour',
  'rollup_latency_day',
  'rollup_cause_day',
];

/** One failure of each text in each flow over HTTP: the causes are those that intake itself makes. */
const causeExamples = (): CloudEvent[] =>
  FLOWS.flatMap((flow) =>
    ERRORS.flatMap((text, index) =>
      eventsOf({
        flow: flow.id,
        source: flow.source,
        consumer: flow.consumer,
        message_id: `example-${flow.id}-${index}`,
        key_type: flow.keyType,
        key_number: `${flow.prefix}EX${index}`,
        key_ref: null,
        counterparty: null,
        inn: null,
        amount: null,
        error_text: text.replace('%s', '1000001'),
        body: null,
        steps: [['failed', 1, Date.now() - DAYS * 86_400_000]],
      }),
    ),
  );

async function prepare(client: pg.Client): Promise<void> {
  await client.query(`
    create function bench_id(a text, b text, c text) returns uuid language sql immutable parallel safe as $$
      select encode(set_byte(set_byte(h, 6, (get_byte(h, 6) & 15) | 128), 8, (get_byte(h, 8) & 63) | 128), 'hex')::uuid
      from (select substring(sha256(convert_to(a, 'UTF8') || '\\x00'::bytea || convert_to(b, 'UTF8') || '\\x00'::bytea
        || convert_to(c, 'UTF8')) from 1 for 16) as h) as hash $$;
    create unlogged table bench_flow (flow text, source text, consumer text, key_type text, prefix text, trade boolean, low float8, high float8);
    create unlogged table bench_error (flow text, place int, cause_id uuid, class text, text text)`);
  let low = 0;
  for (const flow of FLOWS) {
    await client.query('insert into bench_flow values ($1, $2, $3, $4, $5, $6, $7, $8)', [
      flow.id,
      flow.source,
      flow.consumer,
      flow.keyType,
      flow.prefix,
      flow.trade,
      low,
      low + flow.share,
    ]);
    low += flow.share;
  }
  const { rowCount } = await client.query(
    `insert into bench_error select d.flow_id, e.place - 1, d.cause_id, d.error ->> 'class', e.text
     from unnest($1::text[]) with ordinality as e (text, place)
     join delivery d on d.message_id = 'example-' || d.flow_id || '-' || (e.place - 1)`,
    [ERRORS],
  );
  if (rowCount !== FLOWS.length * ERRORS.length) throw new Error('intake did not keep every example of a cause');
}

/** Takes the secondary indexes away for the load; answers how to bring exactly the same back. */
async function withoutIndexes(client: pg.Client): Promise<() => Promise<void>> {
  const { rows: indexes } = await client.query<{ indexname: string; indexdef: string }>(
    `select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename = any($1)
     and not exists (select from pg_constraint where conname = indexname)`,
    [['delivery', 'exchange_event', 'message_payload']],
  );
  for (const { indexname } of indexes) await client.query(`drop index ${indexname}`);
  await client.query('alter table exchange_event drop constraint exchange_event_pkey');
  await client.query('alter table message_payload drop constraint message_payload_pkey');
  return async () => {
    await client.query('alter table exchange_event add primary key (uid)');
    await client.query('alter table message_payload add primary key (delivery_id, revision)');
    for (const { indexdef } of indexes) await client.query(indexdef);
  };
}

/**
 * One row per delivery. Ends: 98.5 % applied (3 % of them after a failure and a retry), 1 % failed, 0.2 % in doubt, 0.3 %
 * stuck on their way; business hours carry 85 %; 5 000 counterparties, a few of them large; causes as skewed as in life.
 */
async function seedChunk(
  client: pg.Client,
  { from, to, of, now }: { from: number; to: number; of: number; now: number },
): Promise<void> {
  await client.query(`drop table if exists bench_seed; select setseed(${((from / CHUNK) % 97) / 100})`);
  await client.query(`
    create unlogged table bench_seed with (autovacuum_enabled = false) as
    with dice as (
      select i, random() as f, random() as e, random() as again, random() as cp, random() as err, random() as money, random() as h1,
        random() as h2, random() as slow, random() as wait from generate_series(${from}, ${to - 1}) as i offset 0
    ), placed as (
      select dice.*, case when e >= 0.997 then ${now} - 600000 - floor(wait * 259200000)::bigint else least(${now} - 1800000 - floor(wait * 21600000)::bigint,
          ${now} - ${DAYS * 86_400_000} + floor(i::float8 / ${of} * ${DAYS})::bigint * 86400000
          + case when h1 < 0.85 then 18000000 + floor((h2 + slow) * 21600000)::bigint else floor(h2 * 86400000)::bigint end) end as t0
      from dice
    ), timed as (
      select *, t0 + 200 + floor(slow * 800)::bigint as t1,
        case when e >= 0.9985 then 'accepted' when e >= 0.997 then 'delivered' when e >= 0.995 then 'in_doubt'
          when e >= 0.985 then 'failed' when again < 0.03 and t0 < ${now} - 86400000 then 'retried' else 'applied' end as ends,
        500 + floor(-ln(1 - wait * 0.9999) * 4000)::bigint as takes
      from placed
    )
    select t.i, f.flow, f.source, f.consumer, f.key_type, f.trade, f.prefix || lpad(t.i::text, 8, '0') as key_number,
      case when f.trade then md5('ref' || t.i)::uuid::text end as key_ref,
      case when f.flow = 'ut-site-prices-stock' then 'package-' || t.i else md5('ref' || t.i)::uuid::text end as message_id,
      c.name as counterparty, c.inn, case when f.trade then (300 + floor(t.money ^ 4 * 5000000) / 100)::numeric(19, 4) end as amount,
      t.ends, t.t0, t.t1, t.t1 + 1500 as td, t.t1 + 1500 as tf, t.t1 + 601500 + floor(t.h2 * 7200000)::bigint as ts2,
      case when t.ends = 'retried' then t.t1 + 601500 + floor(t.h2 * 7200000)::bigint + t.takes else t.t1 + t.takes end as te,
      x.cause_id, x.class as error_class, replace(x.text, '%s', (1000000 + t.i)::text) as error_text,
      bench_id(f.flow, case when f.flow = 'ut-site-prices-stock' then 'package-' || t.i else md5('ref' || t.i)::uuid::text end, f.consumer) as delivery_id
    from timed t
    join bench_flow f on t.f >= f.low and t.f < f.high
    join bench_error x on x.flow = f.flow and x.place = floor(t.err ^ 3 * ${ERRORS.length})::int
    left join lateral (
      select n, (array['ООО «Электромонтаж ', 'ООО «Светотехника ', 'АО «Энергосбыт ', 'ИП Кузнецов ', 'ООО «Кабельный дом '])[n % 5 + 1]
        || n || case when n % 5 = 3 then '' else '»' end as name, ((10 + n % 83) * 100000000::bigint + n * 7919 % 99999999)::text as inn
      from (select floor(t.cp ^ 2 * 5000)::int as n) as pick
    ) as c on f.trade
    order by t.t0`);
  await client.query('create index on bench_seed (i)');
  await client.query('analyze bench_seed');
}

/** Events of a seed row: kind, attempt, moment. */
const STEPS = `lateral (values ('accepted', 1, s.t0, true), ('sent', 1, s.t1, s.ends <> 'accepted'),
  ('delivered', 1, s.td, s.ends = 'delivered'), ('failed', 1, s.tf, s.ends in ('failed', 'retried')), ('sent', 2, s.ts2, s.ends = 'retried'),
  ('applied', case when s.ends = 'retried' then 2 else 1 end, s.te, s.ends in ('applied', 'retried'))) as step (kind, attempt, at, told)`;

/** Exact: to_timestamp of a fraction may miss the millisecond. */
const at = (ms: string): string => `(timestamptz 'epoch' + (${ms}) * interval '1 millisecond')`;
const BODY = `jsonb_build_object('Номер', s.key_number, 'Контрагент', s.counterparty, 'Сумма', s.amount,
  'Строки', jsonb_build_array(jsonb_build_object('Артикул', 'EKF-' || s.i % 20000, 'Количество', s.i % 40 + 1)))`;

async function writeChunk(client: pg.Client): Promise<void> {
  await client.query(`
    insert into exchange_event (uid, delivery_id, source, event_id, kind, attempt, revision, at, received_at, error)
    select bench_id('event', s.source, s.message_id || '-' || step.kind || '-' || step.attempt), s.delivery_id, s.source,
      s.message_id || '-' || step.kind || '-' || step.attempt, step.kind, step.attempt, 1, ${at('step.at')}, ${at('step.at + 400')},
      case when step.kind = 'failed' then jsonb_build_object('class', s.error_class, 'code', '400', 'text', s.error_text) end
    from bench_seed s, ${STEPS} where step.told order by s.t0`);
  await client.query(`
    insert into message_payload (delivery_id, revision, at, size_bytes, truncated, body)
    select s.delivery_id, 1, ${at('s.t0')}, octet_length(${BODY}::text), false, ${BODY} from bench_seed s order by s.t0`);
  await client.query(`
    insert into delivery (id, flow_id, consumer, message_id, state, state_at, started_at, applied_at, first_failed_at, attempt, revision,
      key_type, key_number, key_ref, counterparty, inn, amount, error, cause_id, first_cause_id, search, summary, version)
    select s.delivery_id, s.flow, s.consumer, s.message_id, replace(s.ends, 'retried', 'applied'),
      ${at("case s.ends when 'applied' then s.te when 'retried' then s.te when 'failed' then s.tf when 'in_doubt' then s.t1 + 300000 when 'delivered' then s.td else s.t0 end")},
      ${at('s.t0')}, case when s.ends in ('applied', 'retried') then ${at('s.te')} end, case when mark is not null then ${at('s.tf')} end,
      case when s.ends = 'retried' then 2 else 1 end, 1, s.key_type, s.key_number, s.key_ref, s.counterparty, s.inn, s.amount,
      case when mark is not null then jsonb_build_object('class', s.error_class, 'code', '400', 'text', s.error_text) end,
      case when mark is not null then s.cause_id end, case when mark is not null then s.cause_id end,
      translate(lower(concat_ws(' ', s.key_number, s.inn, s.counterparty, s.message_id)), 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя', 'abvgdeejziyklmnoprstufhcqw784x396'),
      jsonb_build_object('startedAt', s.t0,
        'reach', case s.ends
          when 'accepted' then jsonb_build_object('attempt', 1, 'rank', 1, 'at', s.t0)
          when 'delivered' then jsonb_build_object('attempt', 1, 'rank', 3, 'at', s.td)
          when 'failed' then jsonb_build_object('attempt', 1, 'rank', 4, 'at', s.tf)
          when 'retried' then jsonb_build_object('attempt', 2, 'rank', 2, 'at', s.ts2)
          else jsonb_build_object('attempt', 1, 'rank', 2, 'at', s.t1) end,
        'applied', case when s.ends = 'applied' then jsonb_build_object('at', s.te, 'attempt', 1)
          when s.ends = 'retried' then jsonb_build_object('at', s.te, 'attempt', 2) end,
        'firstFailure', mark, 'lastFailure', mark, 'control', null, 'disposition', null,
        'doubt', case when s.ends = 'in_doubt' then jsonb_build_object('attempt', 1, 'at', s.t1 + 300000) end, 'absent', null,
        'marks', jsonb_build_object('about', said)), 1
    from bench_seed s, lateral (select jsonb_build_array(1, case s.ends when 'accepted' then s.t0 when 'delivered' then s.td when 'failed' then s.tf
      when 'in_doubt' then s.t1 else s.te end) as said) as told, lateral (select case when s.ends in ('failed', 'retried') then jsonb_build_object('attempt', 1, 'at', s.tf,
      'id', bench_id('event', s.source, s.message_id || '-failed-1'), 'causeId', s.cause_id) end as mark) as m order by s.t0`);
  await client.query(`
    insert into delivery_fact (delivery_id, kind, at, attempt)
    select s.delivery_id, 'timed_out', ${at('s.t1 + 300000')}, 1 from bench_seed s where s.ends = 'in_doubt'`);
}

const HOUR_OF = "date_trunc('hour', minute, 'UTC')";
/** Days of Moscow. */
const DAY_OF = "date_trunc('day', minute + interval '3 hours', 'UTC') - interval '3 hours'";

/** Rollups as a recount of the deliveries, the longer steps from the shorter: what ingest keeps by differences. */
const RECOUNT = {
  rollup_minute: `select flow_id, minute, sum(accepted)::int as accepted, sum(applied)::int as applied, sum(failed)::int as failed from (
      select flow_id, date_trunc('minute', started_at) as minute, 1 as accepted, 0 as applied, 0 as failed from delivery
      union all select flow_id, date_trunc('minute', applied_at), 0, 1, 0 from delivery where applied_at is not null
      union all select flow_id, date_trunc('minute', first_failed_at), 0, 0, 1 from delivery where first_failed_at is not null) as one
    group by 1, 2`,
  rollup_latency: `select flow_id, date_trunc('minute', applied_at) as minute,
      (case when ms <= 1 then 0 else ceil(ln(ms) / ln(1.04::float8) - 1e-9) end)::smallint as bucket, count(*)::int as count
    from (select flow_id, applied_at, greatest(0, round(extract(epoch from applied_at - started_at) * 1000))::float8 as ms
      from delivery where applied_at is not null and first_failed_at is null) as one group by 1, 2, 3`,
  rollup_cause: `select first_cause_id as cause_id, date_trunc('minute', first_failed_at) as minute, count(*)::int as failed
    from delivery where first_failed_at is not null and first_cause_id is not null group by 1, 2`,
  rollup_hour: `select flow_id, ${HOUR_OF} as hour, sum(accepted)::int as accepted, sum(applied)::int as applied, sum(failed)::int as failed
    from rollup_minute where (accepted, applied, failed) <> (0, 0, 0) group by 1, 2`,
  rollup_latency_day: `select flow_id, ${DAY_OF} as day, bucket, sum(count)::int as count from rollup_latency where count <> 0 group by 1, 2, 3`,
  rollup_cause_day: `select cause_id, ${DAY_OF} as day, sum(failed)::int as failed from rollup_cause where failed <> 0 group by 1, 2`,
} as const;

const KEPT = {
  rollup_minute:
    'select flow_id, minute, accepted, applied, failed from rollup_minute where (accepted, applied, failed) <> (0, 0, 0)',
  rollup_latency: 'select flow_id, minute, bucket, count from rollup_latency where count <> 0',
  rollup_cause: 'select cause_id, minute, failed from rollup_cause where failed <> 0',
  rollup_hour:
    'select flow_id, hour, accepted, applied, failed from rollup_hour where (accepted, applied, failed) <> (0, 0, 0)',
  rollup_latency_day: 'select flow_id, day, bucket, count from rollup_latency_day where count <> 0',
  rollup_cause_day: 'select cause_id, day, failed from rollup_cause_day where failed <> 0',
} as const;

async function prove(client: pg.Client, system: System): Promise<number> {
  const sampleOf = async (where: string): Promise<SeedRow[]> =>
    (
      await client.query<SeedRow>(`
    select s.flow, s.source, s.consumer, s.message_id, s.key_type, s.key_number, s.key_ref, s.counterparty, s.inn,
      s.amount::text as amount, s.error_text, ${BODY} as body,
      (select jsonb_agg(jsonb_build_array(step.kind, step.attempt, step.at)) from ${STEPS} where step.told) as steps
    from bench_seed s where ${where} order by s.i::bigint * 7919 % 10007, s.i limit ${SAMPLE}`)
    ).rows;
  // Doubts are stated by Pult's clock, not by a reporter.
  const chosen = [
    ...(await sampleOf(`s.ends not in ('applied', 'in_doubt')`)),
    ...(await sampleOf(`s.ends = 'applied'`)),
  ];
  await client.query('create temp table taken as select delivery_id as id from bench_seed where message_id = any($1)', [
    chosen.map(({ message_id }) => message_id),
  ]);
  const { rows: both } = await client.query<{ count: string }>('select count(*) from taken');
  if (Number(both[0]?.count) !== chosen.length) throw new Error('the sample is not unique');
  for (const [table, key] of [
    ['delivery', 'id'],
    ['exchange_event', 'delivery_id'],
    ['message_payload', 'delivery_id'],
  ] as const) {
    await client.query(
      `create temp table was_${table} as select * from ${table} where ${key} in (select id from taken)`,
    );
    await client.query(`delete from ${table} where ${key} in (select id from taken)`);
  }
  for (const [table, recount] of Object.entries(RECOUNT)) {
    await client.query(`truncate ${table}`);
    await client.query(`insert into ${table} ${recount}`);
  }
  await client.query(`update failure_cause c set first_seen_at = seen.first, last_seen_at = seen.last from (
    select cause_id, min(first_failed_at) as first, max(first_failed_at) as last from delivery where cause_id is not null group by 1) as seen
    where seen.cause_id = c.id`);
  // Facts come in any order: the sample is reported backwards.
  await report(system, chosen.flatMap(eventsOf).reverse());
  const differences: string[] = [];
  const compare = async (what: string, left: string, right: string): Promise<void> => {
    const { rows } = await client.query<{ count: string }>(
      `select count(*) from ((${left} except all ${right}) union all (${right} except all ${left})) as difference`,
    );
    if (Number(rows[0]?.count) > 0) differences.push(`${what}: ${rows[0]?.count}`);
  };
  for (const [table, key, outside] of [
    ['delivery', 'id', "- 'version'"],
    ['exchange_event', 'delivery_id', "- 'received_at'"],
    ['message_payload', 'delivery_id', "- 'size_bytes'"],
  ] as const)
    await compare(
      table,
      `select to_jsonb(t) ${outside} from was_${table} t`,
      `select to_jsonb(t) ${outside} from ${table} t where ${key} in (select id from taken)`,
    );
  // What came back to nothing stays as a row of noughts.
  for (const [table, kept] of Object.entries(KEPT)) await compare(table, kept, RECOUNT[table as keyof typeof RECOUNT]);
  if (differences.length > 0)
    throw new Error(`generated rows differ from what intake writes: ${differences.join(', ')}`);
  return chosen.length;
}

async function sizesOf(client: pg.Client): Promise<Filled['sizes']> {
  const { rows } = await client.query<{ table: string; heapMb: number; indexesMb: number; rows: number }>(
    `select relname as table, (pg_table_size(oid) / 1048576.0)::float8 as "heapMb", (pg_indexes_size(oid) / 1048576.0)::float8 as "indexesMb",
       reltuples::float8 as rows from pg_class where relname = any($1) order by pg_total_relation_size(oid) desc`,
    [TABLES],
  );
  return rows;
}
