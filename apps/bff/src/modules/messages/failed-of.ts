/** Failed deliveries as automatic retry looks at them: what failed when and why, and what else is known of their documents. */
import type { ErrorClass } from '@pult/shared/domain/delivery/error-cause';
import type { Failed, FailedQuery } from '@pult/shared/domain/operation/automatic-retry';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { behindByKey } from './dead-letters/store.ts';
import type { ListDeps } from './lists.ts';
import { idsOverBus, resendObstacles } from './resend-obstacles.ts';

interface Row {
  readonly id: string;
  readonly flow_id: string;
  readonly consumer: string;
  readonly key_type: string;
  readonly state_at: Date;
  readonly error_class: ErrorClass | null;
  readonly overtaken: boolean;
  readonly behind: boolean;
}

const GONE = sql`s.state not in ('failed', 'discarded')`;
const older = sql`(coalesce(s.occurred_at, s.started_at), s.id) < (coalesce(d.occurred_at, d.started_at), d.id)`;
const newer = sql`(coalesce(s.occurred_at, s.started_at), s.id) > (coalesce(d.occurred_at, d.started_at), d.id)`;

/**
 * Whether another message of the same document to the same consumer is so. The same reference says so; a number alone only
 * where one of the two has no reference: 1С begins its numbers anew each year. Two questions, an index for each.
 */
const other = (which: RawBuilder<unknown>): RawBuilder<boolean> => {
  const alike = sql`s.flow_id = d.flow_id and s.consumer = d.consumer and s.key_type = d.key_type and ${which}`;
  return sql<boolean>`(exists (select from delivery s where s.key_ref = d.key_ref and ${alike})
    or exists (select from delivery s where s.key_number = d.key_number and (s.key_ref is null or d.key_ref is null) and ${alike}))`;
};

/** Oldest failure first. */
export async function failedOf(deps: Pick<ListDeps, 'db' | 'flows'>, query: FailedQuery): Promise<Failed[]> {
  const { classes, after } = query;
  return read(
    deps,
    sql`d.flow_id = ${query.flow} and d.state = 'failed' and d.state_at <= ${new Date(query.failedUpTo)}
      ${classes === null ? sql`` : sql`and c.error_class = any(${[...classes]}::text[])`}
      ${after === null ? sql`` : sql`and (d.state_at, d.id) > (${new Date(after.failedAt)}, ${after.deliveryId}::uuid)`}`,
    query.limit,
  );
}

/** The same about one delivery; null when it has not failed or does not exist. */
export async function failedOne(deps: Pick<ListDeps, 'db' | 'flows'>, deliveryId: string): Promise<Failed | null> {
  const [one] = await read(deps, sql`d.id = ${deliveryId}::uuid and d.state = 'failed'`, 1);
  return one ?? null;
}

/** Those of the deliveries, whatever their state, of whose document a newer message is on its way or through. */
export async function overtakenOf(tx: Db, deliveryIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select d.id from delivery d where d.id = any(${[...deliveryIds]}::uuid[]) and ${other(sql`${newer} and ${GONE}`)}`.execute(
    tx,
  );
  return rows.map(({ id }) => id);
}

async function read(
  deps: Pick<ListDeps, 'db' | 'flows'>,
  where: RawBuilder<unknown>,
  limit: number,
): Promise<Failed[]> {
  // The page first: of other messages only those of its documents are looked for.
  const { rows } = await sql<Row>`
    with d as materialized (
      select d.id, d.flow_id, d.consumer, d.key_type, d.key_number, d.key_ref, d.occurred_at, d.started_at, d.state_at,
        c.error_class
      from delivery d left join failure_cause c on c.id = d.cause_id
      where ${where} order by d.state_at, d.id limit ${limit})
    select d.id, d.flow_id, d.consumer, d.key_type, d.state_at, d.error_class,
      ${other(sql`${newer} and ${GONE}`)} as overtaken,
      ${other(sql`${older} and s.state not in ('applied', 'discarded')`)} as behind
    from d order by d.state_at, d.id`.execute(deps.db);
  const obstacles = await resendObstacles(deps, rows);
  // Records are bound by their key, too: one that has no end holds back the later ones.
  const byKey = await behindByKey(deps.db, idsOverBus(deps.flows, rows));
  return rows.map((row) => ({
    deliveryId: row.id,
    flow: row.flow_id,
    documentType: row.key_type,
    errorClass: row.error_class,
    failedAt: row.state_at.getTime(),
    obstacle: obstacles.get(row.id) ?? null,
    overtaken: row.overtaken,
    behind: row.behind || byKey.has(row.id),
  }));
}
