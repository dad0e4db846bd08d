import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

export interface CredentialRow {
  readonly id: string;
  readonly systemId: string;
  readonly label: string;
  readonly createdAt: string;
  readonly lastUsedAt: string | null;
  readonly revokedAt: string | null;
}

export interface NewCredential {
  readonly id: string;
  readonly systemId: string;
  readonly tokenHash: string;
  readonly label: string;
  readonly at: Date;
}

export async function insertCredential(db: Db, credential: NewCredential): Promise<void> {
  await sql`insert into intake_credential (id, system_id, token_hash, label, created_at)
    values (${credential.id}, ${credential.systemId}, ${credential.tokenHash}, ${credential.label}, ${credential.at})`.execute(
    db,
  );
}

/** What became of a key that the environment names. */
export type Named = 'kept' | 'added' | 'restored' | 'revoked_by_person';

/** Takes a key of the environment over. One that was valid stays as it is; one that a person revoked stays revoked. */
export async function nameCredential(db: Db, credential: NewCredential): Promise<Named> {
  const { rows } = await sql<{ id: string }>`
    insert into intake_credential as c (id, system_id, token_hash, label, created_at)
    values (${credential.id}, ${credential.systemId}, ${credential.tokenHash}, ${credential.label}, ${credential.at})
    on conflict (token_hash) do update set system_id = excluded.system_id, label = excluded.label, revoked_at = null, revoked_by = null
      where c.revoked_at is not null and c.revoked_by = 'environment'
    returning id`.execute(db);
  if (rows[0] !== undefined) return rows[0].id === credential.id ? 'added' : 'restored';
  const { rows: known } = await sql<{ revoked: boolean }>`
    select revoked_at is not null as revoked from intake_credential where token_hash = ${credential.tokenHash}`.execute(
    db,
  );
  return known[0]?.revoked === true ? 'revoked_by_person' : 'kept';
}

/** Revokes keys with this label that are not in the list any more. @returns how many */
export async function revokeOthers(
  db: Db,
  label: string,
  keep: { hashes: readonly string[]; at: Date },
): Promise<number> {
  const { numAffectedRows } = await sql`update intake_credential set revoked_at = ${keep.at}, revoked_by = 'environment'
    where label = ${label} and revoked_at is null and token_hash <> all(${[...keep.hashes]}::text[])`.execute(db);
  return Number(numAffectedRows);
}

/** System of a valid key. The index finds the digest, so the time says nothing about the key. */
export async function findSystem(db: Db, tokenHash: string): Promise<{ id: string; systemId: string } | null> {
  const { rows } = await sql<{ id: string; system_id: string }>`select id, system_id from intake_credential
    where token_hash = ${tokenHash} and revoked_at is null`.execute(db);
  return rows[0] === undefined ? null : { id: rows[0].id, systemId: rows[0].system_id };
}

export async function markUsed(db: Db, id: string, at: Date): Promise<void> {
  await sql`update intake_credential set last_used_at = ${at} where id = ${id}`.execute(db);
}

export async function listCredentials(db: Db): Promise<CredentialRow[]> {
  const { rows } = await sql<{
    id: string;
    system_id: string;
    label: string;
    created_at: Date;
    last_used_at: Date | null;
    revoked_at: Date | null;
  }>`select id, system_id, label, created_at, last_used_at, revoked_at from intake_credential
    order by system_id, created_at, id`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    systemId: row.system_id,
    label: row.label,
    createdAt: row.created_at.toISOString(),
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
    revokedAt: row.revoked_at?.toISOString() ?? null,
  }));
}

/** @returns system of the key, null when it is unknown or had been revoked before */
export async function revokeCredential(db: Db, id: string, at: Date): Promise<string | null> {
  const { rows } = await sql<{
    system_id: string;
  }>`update intake_credential set revoked_at = ${at}, revoked_by = 'person'
    where id = ${id} and revoked_at is null returning system_id`.execute(db);
  return rows[0]?.system_id ?? null;
}
