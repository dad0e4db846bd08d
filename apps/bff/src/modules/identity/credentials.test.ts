import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PULT } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import { migrate } from '../../platform/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { sha256 } from '../../platform/http/gate.ts';
import { recordAudit } from '../audit/index.ts';
import { createCredentials } from './credentials.ts';

let database: TestDatabase;
const said: string[] = [];
const note = (_about: unknown, text?: string) => void said.push(text ?? '');
const credentials = (now = () => Date.now(), db = database.db) =>
  createCredentials({ db, clock: { now }, log: { info: note, warn: note } });
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  said.length = 0;
  await sql`truncate intake_credential`.execute(database.db);
});

const systemsOf = async (...tokens: string[]): Promise<(string | null)[]> => {
  const found = credentials();
  return Promise.all(tokens.map((token) => found.systemOf(token)));
};

describe('intake keys of the environment', () => {
  it('are valid as long as their variable names them, also after a deployment that was rolled back', async () => {
    await credentials().seed({ INTAKE_TOKEN_UT: 'A' });
    await credentials().seed({ INTAKE_TOKEN_UT: 'A' });
    expect(await systemsOf('A', 'B')).toEqual(['ut', null]);
    expect(said).toEqual([]);
    await credentials().seed({ INTAKE_TOKEN_UT: 'B' });
    expect(await systemsOf('A', 'B')).toEqual([null, 'ut']);
    await credentials().seed({ INTAKE_TOKEN_UT: 'A' });
    expect(await systemsOf('A', 'B')).toEqual(['ut', null]);
    expect(said.at(-1)).toContain('valid again');
    await credentials().seed({ INTAKE_TOKEN_UT: 'A,B' });
    expect(await systemsOf('A', 'B')).toEqual(['ut', 'ut']);
  });

  it('belong to the system whose variable names them, also when they went over to another', async () => {
    await credentials().seed({ INTAKE_TOKEN_UT: 'A' });
    await credentials().seed({ INTAKE_TOKEN_SITE: 'A', INTAKE_TOKEN_UT: 'B' });
    expect(await systemsOf('A', 'B')).toEqual(['site', 'ut']);
  });

  it('stay revoked once a person has revoked them, and the start says so', async () => {
    await credentials().seed({ INTAKE_TOKEN_UT: 'A,B' });
    const [first] = await credentials().list();
    await credentials().revoke(first?.id ?? '', { actor: PULT, requestId: 'r' });
    const revoked = (await credentials().systemOf('A')) === null ? 'A' : 'B';
    await credentials().seed({ INTAKE_TOKEN_UT: 'C' });
    await credentials().seed({ INTAKE_TOKEN_UT: 'A,B' });
    expect(await systemsOf(revoked, revoked === 'A' ? 'B' : 'A')).toEqual([null, 'ut']);
    expect(said.some((text) => text.includes('stays revoked'))).toBe(true);
  });

  it('leave those alone that were issued over the API', async () => {
    const issued = await credentials().issue({ systemId: 'ut', label: 'касса' }, { actor: PULT, requestId: 'r' });
    await credentials().seed({ INTAKE_TOKEN_UT: 'A' });
    await credentials().seed({ INTAKE_TOKEN_UT: 'B' });
    expect(await systemsOf(issued.token, 'B')).toEqual(['ut', 'ut']);
  });
});

it('says of a system which keys it has, when each was used last, and which are revoked', async () => {
  let now = Date.parse('2026-11-26T09:00:00Z');
  const kept = credentials(() => now);
  await kept.seed({ INTAKE_TOKEN_QC: 'first', INTAKE_TOKEN_UT: 'other' });
  expect(await kept.ofSystem('qc')).toEqual([{ label: 'INTAKE_TOKEN_QC', lastUsedAt: null, revokedAt: null }]);
  now += 60_001;
  expect(await kept.systemOf('first')).toBe('qc');
  const usedAt = now;
  now += 60_000;
  // A restart with another key in the same variable.
  await kept.seed({ INTAKE_TOKEN_QC: 'second' });
  expect(await kept.ofSystem('qc')).toEqual([
    { label: 'INTAKE_TOKEN_QC', lastUsedAt: usedAt, revokedAt: now },
    { label: 'INTAKE_TOKEN_QC', lastUsedAt: null, revokedAt: null },
  ]);
  expect(await kept.systemOf('first')).toBeNull();
  expect(await kept.ofSystem('nobody')).toEqual([]);
});

const MIGRATIONS = path.join(import.meta.dirname, '../../../migrations');
const WHO_REVOKED = '0077_who_revoked_a_key.sql';

it('keys that were revoked before the upgrade stay revoked, with a trace in the audit or without; those left out later come back', async () => {
  const old = await createTestDatabase({ empty: true });
  const folder = await mkdtemp(path.join(tmpdir(), 'pult-keys-'));
  try {
    const copy = (name: string): Promise<void> => copyFile(path.join(MIGRATIONS, name), path.join(folder, name));
    const upgrade = () => migrate(old.url, pathToFileURL(`${folder}${path.sep}`));
    for (const name of await readdir(MIGRATIONS)) if (name < WHO_REVOKED) await copy(name);
    await upgrade();
    const insert = (token: string, revokedAt: Date | null) =>
      sql<{ id: string }>`
        insert into intake_credential (id, system_id, token_hash, label, created_at, revoked_at)
        values (gen_random_uuid(), 'ut', ${sha256(token)}, 'INTAKE_TOKEN_UT', now(), ${revokedAt}) returning id`.execute(
        old.db,
      );
    // Left out of its variable, or revoked by SQL in an emergency: they look alike.
    await insert('no trace', new Date());
    const byPerson = await insert('by a person', new Date());
    await insert('valid', null);
    await inTransaction(old.db, (tx) =>
      recordAudit(tx, {
        actor: PULT,
        action: 'credential.revoke',
        objectKind: 'credential',
        objectId: byPerson.rows[0]?.id ?? '',
        requestId: 'r',
      }),
    );
    await copy(WHO_REVOKED);
    await upgrade();
    const upgraded = () => credentials(Date.now, old.db);
    const found = async () => {
      const kept = upgraded();
      return Promise.all(['no trace', 'by a person', 'valid'].map((token) => kept.systemOf(token)));
    };
    const all = { INTAKE_TOKEN_UT: 'no trace,by a person,valid' };
    await upgraded().seed(all);
    expect(await found()).toEqual([null, null, 'ut']);
    expect(said.filter((text) => text.includes('stays revoked'))).toHaveLength(2);
    await upgraded().seed({ INTAKE_TOKEN_UT: 'other' });
    await upgraded().seed(all);
    expect(await found()).toEqual([null, null, 'ut']);
    // Whoever revokes by SQL is a person, too.
    await sql`update intake_credential set revoked_at = now() where token_hash = ${sha256('valid')}`.execute(old.db);
    await upgraded().seed(all);
    expect(await found()).toEqual([null, null, null]);
  } finally {
    await old.close();
    await rm(folder, { recursive: true, force: true });
  }
});
