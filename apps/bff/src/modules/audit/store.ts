import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { GENESIS_HASH, type SealedFacts } from './chain.ts';

/** Key of the advisory lock that puts writers of the chain in a row. Any fixed number. */
const CHAIN_LOCK = 7_185_300_207;

interface Row {
  id: number;
  at: Date;
  actor_kind: 'person' | 'system' | 'pult';
  actor_id: string | null;
  actor_name: string | null;
  actor_roles: string[];
  on_behalf_of: string | null;
  action: string;
  object_kind: string;
  object_id: string;
  before: unknown;
  after: unknown;
  reason: string | null;
  request_id: string | null;
  prev_hash: string;
  hash: string;
}

export interface StoredEntry extends SealedFacts {
  readonly actorKind: 'person' | 'system' | 'pult';
  readonly prevHash: string;
  readonly hash: string;
}

const toEntry = (row: Row): StoredEntry => ({
  id: row.id,
  at: row.at.toISOString(),
  actorKind: row.actor_kind,
  actorId: row.actor_id,
  actorName: row.actor_name,
  actorRoles: row.actor_roles,
  onBehalfOf: row.on_behalf_of,
  action: row.action,
  objectKind: row.object_kind,
  objectId: row.object_id,
  before: row.before,
  after: row.after,
  reason: row.reason,
  requestId: row.request_id,
  prevHash: row.prev_hash,
  hash: row.hash,
});

/** Takes the chain until the transaction ends and reads its end. */
export async function lockChain(tx: Db): Promise<{ id: number; hash: string }> {
  await sql`select pg_advisory_xact_lock(${CHAIN_LOCK})`.execute(tx);
  const { rows } = await sql<{
    id: number;
    hash: string;
  }>`select id, hash from audit_entry order by id desc limit 1`.execute(tx);
  return rows[0] ?? { id: 0, hash: GENESIS_HASH };
}

export async function insertEntry(tx: Db, entry: StoredEntry): Promise<void> {
  await sql`insert into audit_entry (id, at, actor_kind, actor_id, actor_name, actor_roles, on_behalf_of, action,
      object_kind, object_id, before, after, reason, request_id, prev_hash, hash)
    values (${entry.id}, ${entry.at}, ${entry.actorKind}, ${entry.actorId}, ${entry.actorName}, ${[...entry.actorRoles]},
      ${entry.onBehalfOf}, ${entry.action}, ${entry.objectKind}, ${entry.objectId}, ${json(entry.before)}, ${json(entry.after)},
      ${entry.reason}, ${entry.requestId}, ${entry.prevHash}, ${entry.hash})`.execute(tx);
}

const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));

export interface EntryFilter {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  readonly objectKind?: string | undefined;
  readonly objectId?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Only entries in front of this one. */
  readonly beforeId?: number | undefined;
  readonly limit: number;
}

const likeText = (text: string): string => text.replaceAll(/[\\%_]/g, '\\$&');

/** Entries, newest first. */
export async function findEntries(db: Db, filter: EntryFilter): Promise<StoredEntry[]> {
  const conditions: RawBuilder<unknown>[] = [sql`true`];
  const { actor, action, objectKind, objectId, from, to, beforeId } = filter;
  if (actor !== undefined) conditions.push(sql`(actor_id = ${actor} or actor_name ilike ${`%${likeText(actor)}%`})`);
  if (action !== undefined) conditions.push(sql`(action = ${action} or action like ${`${likeText(action)}.%`})`);
  if (objectKind !== undefined) conditions.push(sql`object_kind = ${objectKind}`);
  if (objectId !== undefined) conditions.push(sql`object_id = ${objectId}`);
  if (from !== undefined) conditions.push(sql`at >= ${from}::timestamptz`);
  if (to !== undefined) conditions.push(sql`at < ${to}::timestamptz`);
  if (beforeId !== undefined) conditions.push(sql`id < ${beforeId}`);
  const { rows } = await sql<Row>`select * from audit_entry where ${sql.join(conditions, sql` and `)}
    order by id desc limit ${filter.limit}`.execute(db);
  return rows.map(toEntry);
}

/** The next entries of the chain behind an id, oldest first. */
export async function entriesAfter(db: Db, id: number, limit: number): Promise<StoredEntry[]> {
  const { rows } = await sql<Row>`select * from audit_entry where id > ${id} order by id limit ${limit}`.execute(db);
  return rows.map(toEntry);
}
