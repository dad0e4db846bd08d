/** When messages of flows with a cadence came, per source and minute: what silence and the rhythm card are judged by. */
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { ExchangeEvent } from './event.ts';

const MINUTE_MS = 60_000;
/** Longer than any screen looks back; the newest message of a source is kept however old it is. */
const KEPT = '35 days';

const iso = (at: number): string => new Date(at).toISOString();

/**
 * Writes down for which minutes messages came. A minute that is known already is left as it is: its row is never changed, so
 * no group commit waits for another one over it. News of a clock that is ahead are as old as their arrival.
 */
export async function noteArrivals(tx: Db, events: readonly ExchangeEvent[], now: number): Promise<void> {
  const rows = new Map<string, { flow_id: string; source: string; minute: string; at: string }>();
  for (const { flowId, rhythmSource, at: stated } of events) {
    if (rhythmSource === null) continue;
    const at = Math.min(stated, now);
    const minute = iso(Math.floor(at / MINUTE_MS) * MINUTE_MS);
    const key = `${flowId} ${rhythmSource} ${minute}`;
    const known = rows.get(key);
    if (known === undefined || known.at > iso(at))
      rows.set(key, { flow_id: flowId, source: rhythmSource, minute, at: iso(at) });
  }
  if (rows.size === 0) return;
  await sql`
    insert into flow_arrival (flow_id, source, minute, at)
    select * from jsonb_to_recordset(${JSON.stringify([...rows.values()])}::jsonb)
      as r (flow_id text, source text, minute timestamptz, at timestamptz)
    order by flow_id, source, minute
    on conflict (flow_id, source, minute) do nothing`.execute(tx);
}

/** A flow and one of its sources. */
export interface FlowSource {
  readonly flowId: string;
  readonly source: string;
}

/** First and last message of a source that are known, ms since the epoch. */
export interface ArrivalSpan extends FlowSource {
  readonly firstAt: number;
  readonly lastAt: number;
}

export function createArrivals(db: Db) {
  return {
    /** Two looks into the index per pair, however many messages came. */
    async spans(pairs: readonly FlowSource[]): Promise<ArrivalSpan[]> {
      if (pairs.length === 0) return [];
      const { rows } = await sql<{ flow_id: string; source: string; first: Date; last: Date }>`
        select p.flow_id, p.source, f.at as first, l.at as last
        from unnest(${pairs.map(({ flowId }) => flowId)}::text[], ${pairs.map(({ source }) => source)}::text[]) as p (flow_id, source)
        cross join lateral (select at from flow_arrival a where a.flow_id = p.flow_id and a.source = p.source order by minute limit 1) as f
        cross join lateral (select at from flow_arrival a where a.flow_id = p.flow_id and a.source = p.source order by minute desc limit 1) as l`.execute(
        db,
      );
      return rows.map((row) => ({
        flowId: row.flow_id,
        source: row.source,
        firstAt: row.first.getTime(),
        lastAt: row.last.getTime(),
      }));
    },

    /** Messages of the sources of a flow since a moment: at most one a minute, oldest first. */
    async since(flowId: string, from: number): Promise<{ readonly source: string; readonly at: number }[]> {
      const { rows } = await sql<{ source: string; at: Date }>`
        select source, at from flow_arrival where flow_id = ${flowId} and minute >= ${new Date(from)} order by source, minute`.execute(
        db,
      );
      return rows.map(({ source, at }) => ({ source, at: at.getTime() }));
    },

    /** Forgets what no screen shows; the last message of each source stays. */
    async forget(now: number): Promise<void> {
      await sql`
        delete from flow_arrival a where a.minute < ${new Date(now)}::timestamptz - ${KEPT}::interval
          and exists (select from flow_arrival n where n.flow_id = a.flow_id and n.source = a.source and n.minute > a.minute)`.execute(
        db,
      );
    },
  };
}
