/** What waits because of a system that is down. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import { createSharing } from '../../platform/shared-answers.ts';
import type { ListDeps } from './lists.ts';

/** Messages fail before Pult notices that the system is down. */
export const NOTICED_WITHIN_MS = 5 * 60_000;

/** Many screens ask at once for the same incident. */
const SHARED_MS = 250;

export interface SystemDown {
  readonly systemId: string;
  /** ms since the epoch */
  readonly since: number;
}
export interface Waiting {
  readonly count: number;
  /** Roubles, decimal string. */
  readonly amount: string;
  /** Flow → how many of them are of it. */
  readonly flows: ReadonlyMap<string, number>;
}

/** A flow comes into a bus and goes out of it: all that is on its way there waits for the brokers. */
const passes = ({ from, to }: FlowConfig, systemId: string): boolean =>
  from.includes(systemId) && to.includes(systemId);

/**
 * Deliveries that wait for each of these systems: open ones to it that are on their way, or that failed or came into doubt
 * since it is down. What failed before has another cause, and a source keeps nobody waiting whom Pult has heard of. Asks the
 * database once, and only while something is down.
 */
export function createIncidentWaiting({ db, flows }: Pick<ListDeps, 'db' | 'flows'>) {
  const share = createSharing<ReadonlyMap<string, Waiting>>(SHARED_MS);
  const watched = [...flows.values()].filter((flow) => flow.watched);
  const ids = watched.map(({ id }) => id);
  const read = async (down: readonly SystemDown[]): Promise<ReadonlyMap<string, Waiting>> => {
    const asked = down.map(({ systemId, since }) => ({
      system_id: systemId,
      since: new Date(since - NOTICED_WITHIN_MS).toISOString(),
      passing: watched.filter((flow) => passes(flow, systemId)).map(({ id }) => id),
    }));
    const earliest = new Date(Math.min(...down.map(({ since }) => since)) - NOTICED_WITHIN_MS);
    const { rows } = await sql<{
      system_id: string;
      count: number;
      amount: string | null;
      flows: Record<string, number>;
    }>`
      with w as materialized (
        select * from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as w (system_id text, since timestamptz, passing text[])),
      -- Added up before it is asked for whom: what is on its way waits for whoever is down, since whenever.
      waits as (
        select d.flow_id, d.consumer, d.recipient, 'infinity'::timestamptz as state_at, count(*)::int as count, sum(d.amount) as amount
        from delivery d where d.state in ('accepted', 'sent', 'delivered', 'retrying') and d.flow_id = any(${ids}::text[])
        group by d.flow_id, d.consumer, d.recipient
        union all
        select d.flow_id, d.consumer, d.recipient, d.state_at, 1, d.amount
        from delivery d where d.state in ('failed', 'in_doubt') and d.flow_id = any(${ids}::text[]) and d.state_at >= ${earliest})
      select f.system_id, sum(f.count)::int as count, trim_scale(sum(f.amount))::text as amount,
        jsonb_object_agg(f.flow_id, f.count) as flows
      from (
        select w.system_id, d.flow_id, sum(d.count)::int as count, sum(d.amount) as amount
        from waits d join w on d.state_at >= w.since
          and (d.consumer = w.system_id or d.recipient = w.system_id or d.flow_id = any(w.passing))
        group by w.system_id, d.flow_id
      ) f group by f.system_id`.execute(db);
    return new Map(
      rows.map(({ system_id, count, amount, flows: byFlow }) => [
        system_id,
        { count, amount: amount ?? '0', flows: new Map(Object.entries(byFlow)) },
      ]),
    );
  };
  return async (down: readonly SystemDown[]): Promise<ReadonlyMap<string, Waiting>> =>
    down.length === 0 ? new Map() : (await share(JSON.stringify(down), () => read(down))).value;
}
