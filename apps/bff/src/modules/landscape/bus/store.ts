/** What Pult keeps of the buses and of the polled services: the last reading, and a short past to see where figures go. */
import { sql } from 'kysely';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { leaseIsFree } from '../../../platform/jobs/lease.ts';
import type { BusReading, MissedOnBus } from './ports.ts';
import { RATE_WINDOW_MS, type ServiceSample } from './service-rules.ts';

const at = (ms: number): Date => new Date(ms);
const ms = (date: Date | null): number | null => date?.getTime() ?? null;
/** The chart shows half an hour; the rest is for whoever looks into the table after a night. */
const SAMPLES_KEPT_MS = 2 * 3_600_000;
/** Facts that are gone explain a picture with holes for as long as anybody compares with it. */
const MISSED_KEPT_MS = 14 * 24 * 3_600_000;

export interface Lease {
  readonly now: number;
  /** How long the reader may take, ms; who died at it is followed by another then. */
  readonly ms: number;
  /** Not read again sooner than this, ms, by whichever instance. */
  readonly everyMs: number;
}

/** Takes the next reading for one instance. @returns false while another one reads, or has just read */
export async function claimSource(
  db: Db,
  table: 'bus_source' | 'service_source',
  systemId: string,
  lease: Lease,
): Promise<boolean> {
  const { rows } = await sql`
    insert into ${sql.table(table)} as s (system_id, leased_until, tried_at) values (${systemId}, ${at(lease.now + lease.ms)}, ${at(lease.now)})
    on conflict (system_id) do update set leased_until = excluded.leased_until, tried_at = excluded.tried_at
      where ${leaseIsFree(sql`s.leased_until`, lease)}
        and (s.tried_at is null or s.tried_at <= ${at(lease.now - lease.everyMs)} or s.tried_at > ${at(lease.now + lease.everyMs)})
    returning system_id`.execute(db);
  return rows.length > 0;
}

/** What a reading means, as samples keep it. */
export interface SampleFacts {
  /** group → lag and whether it is rebalancing */
  readonly groups: Readonly<Record<string, { readonly lag: number; readonly rebalancing: boolean }>>;
  /** topic → sum of its newest offsets */
  readonly topics: Readonly<Record<string, number>>;
}

/** Keeps a whole reading and its sample in one transaction; freshness moves only with it. */
export async function saveBusReading(
  db: Db,
  systemId: string,
  { reading, sample, empty, now }: { reading: BusReading; sample: SampleFacts; empty: readonly string[]; now: number },
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const { rows } = await sql<{ empty_since: Record<string, number> }>`
      select empty_since from bus_source where system_id = ${systemId} for update`.execute(tx);
    const known = rows[0]?.empty_since ?? {};
    const emptySince = Object.fromEntries(empty.map((group) => [group, known[group] ?? now]));
    await sql`
      update bus_source set fresh_at = ${at(now)}, tried_at = ${at(now)}, reading = ${JSON.stringify(reading)}::jsonb || jsonb_build_object('missed', coalesce((
          select jsonb_agg(one order by (one ->> 'at')::bigint) from jsonb_array_elements(reading -> 'missed') as one
          where (one ->> 'at')::bigint > ${now - MISSED_KEPT_MS}::bigint), '[]')),
        empty_since = ${JSON.stringify(emptySince)}::jsonb, error_code = null, error_text = null, error_since = null,
        leased_until = null
      where system_id = ${systemId}`.execute(tx);
    await sql`
      insert into bus_sample (system_id, at, groups, topics)
      values (${systemId}, ${at(now)}, ${JSON.stringify(sample.groups)}::jsonb, ${JSON.stringify(sample.topics)}::jsonb)
      on conflict do nothing`.execute(tx);
    await sql`delete from bus_sample where system_id = ${systemId} and at < ${at(now - SAMPLES_KEPT_MS)}`.execute(tx);
  });
}

/**
 * Adds a gap to what is kept of the bus, beside its reading; the same gap, found by whichever instance, stands there once.
 * @returns false while the bus has not been read yet: there is nothing to add it to
 */
export async function noteMissed(db: Db, systemId: string, missed: MissedOnBus): Promise<boolean> {
  const { topicId, partition, from } = missed;
  const { numAffectedRows } = await sql`
    update bus_source set reading = jsonb_set(reading, '{missed}', case
      when coalesce(reading -> 'missed', '[]') @> ${JSON.stringify([{ topicId, partition, from }])}::jsonb then reading -> 'missed'
      else coalesce(reading -> 'missed', '[]') || ${JSON.stringify([missed])}::jsonb end)
    where system_id = ${systemId} and reading is not null`.execute(db);
  return Number(numAffectedRows) === 1;
}

/** The last reading stays, with its age. */
export async function noteFailedBusReading(
  db: Db,
  systemId: string,
  failure: { code: string; text: string | null; now: number },
): Promise<void> {
  await sql`
    update bus_source set tried_at = ${at(failure.now)}, error_code = ${failure.code}, error_text = ${failure.text},
      error_since = coalesce(error_since, ${at(failure.now)}), leased_until = null
    where system_id = ${systemId}`.execute(db);
}

export interface StoredBus {
  readonly freshAt: number | null;
  readonly error: { readonly code: string; readonly text: string | null; readonly since: number } | null;
  readonly reading: BusReading | null;
  /** Gaps of the last two weeks, oldest first. */
  readonly missed: readonly MissedOnBus[];
  /** group → ms since the epoch */
  readonly emptySince: Readonly<Record<string, number>>;
  /** Oldest first. */
  readonly samples: readonly (SampleFacts & { readonly at: number })[];
}

/** The buses with their samples since an instant. */
export async function storedBuses(db: Db, systems: readonly string[], since: number): Promise<Map<string, StoredBus>> {
  const { rows } = await sql<{
    system_id: string;
    fresh_at: Date | null;
    error_code: string | null;
    error_text: string | null;
    error_since: Date | null;
    reading: (BusReading & { readonly missed?: readonly MissedOnBus[] }) | null;
    empty_since: Record<string, number>;
  }>`select system_id, fresh_at, error_code, error_text, error_since, reading, empty_since from bus_source
     where system_id = any(${[...systems]}::text[])`.execute(db);
  const samples = await sql<{ system_id: string; at: Date } & SampleFacts>`
    select system_id, at, groups, topics from bus_sample
    where system_id = any(${[...systems]}::text[]) and at > ${at(since)} order by at`.execute(db);
  return new Map(
    rows.map((row) => [
      row.system_id,
      {
        freshAt: ms(row.fresh_at),
        error:
          row.error_code !== null && row.error_since !== null
            ? { code: row.error_code, text: row.error_text, since: row.error_since.getTime() }
            : null,
        reading: row.reading,
        missed: row.reading?.missed ?? [],
        emptySince: row.empty_since,
        samples: samples.rows
          .filter((sample) => sample.system_id === row.system_id)
          .map(({ at: taken, groups, topics }) => ({ at: taken.getTime(), groups, topics })),
      },
    ]),
  );
}

/** Lag of every group by minutes, oldest first. */
export async function lagByMinutes(
  db: Db,
  systemId: string,
  since: number,
): Promise<Map<string, { at: number; lag: number }[]>> {
  const { rows } = await sql<{ at: Date; groups: SampleFacts['groups'] }>`
    select distinct on (date_trunc('minute', at)) date_trunc('minute', at) as at, groups from bus_sample
    where system_id = ${systemId} and at > ${at(since)} order by date_trunc('minute', at), bus_sample.at desc`.execute(
    db,
  );
  const byGroup = new Map<string, { at: number; lag: number }[]>();
  for (const { at: minute, groups } of rows)
    for (const [group, { lag }] of Object.entries(groups))
      byGroup.set(group, [...(byGroup.get(group) ?? []), { at: minute.getTime(), lag }]);
  return byGroup;
}

/**
 * Adds a sample of a service and forgets those that no rate needs. Each sample carries since when no instance was up: an
 * outage is longer than what is kept.
 */
export async function saveServiceSample(db: Db, systemId: string, sample: ServiceSample): Promise<void> {
  await sql`
    update service_source set fresh_at = ${at(sample.at)}, leased_until = null,
      samples = coalesce((
        select jsonb_agg(one order by (one ->> 'at')::bigint)
        from jsonb_array_elements(samples || jsonb_build_array(${JSON.stringify(sample)}::jsonb || jsonb_build_object('downSince',
          case when ${sample.instances.some(({ up }) => up)}::boolean then null
            else coalesce((samples -> -1 ->> 'downSince')::bigint, ${sample.at}::bigint) end))) as one
        where (one ->> 'at')::bigint > ${sample.at - RATE_WINDOW_MS}::bigint), '[]')
    where system_id = ${systemId}`.execute(db);
}

/** Samples of the services, oldest first. */
export async function storedServices(
  db: Db,
  systems: readonly string[],
): Promise<Map<string, { freshAt: number | null; samples: ServiceSample[] }>> {
  const { rows } = await sql<{ system_id: string; fresh_at: Date | null; samples: ServiceSample[] }>`
    select system_id, fresh_at, samples from service_source where system_id = any(${[...systems]}::text[])`.execute(db);
  return new Map(rows.map((row) => [row.system_id, { freshAt: ms(row.fresh_at), samples: row.samples }]));
}
