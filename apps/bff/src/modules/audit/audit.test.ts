import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PULT } from '../../platform/actor.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { auditCsv } from './export.ts';
import { recordAudit, verifyAudit } from './index.ts';

const COMMAND = fileURLToPath(new URL('./verify-command.ts', import.meta.url));
const ENTRIES = 12;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  for (let index = 1; index <= ENTRIES; index += 1) await record(database.db, index);
});
afterAll(() => database.close());

const record = (db: Db, index: number): Promise<void> =>
  recordAudit(db, {
    actor: PULT,
    action: 'delivery.discard',
    objectKind: 'delivery',
    objectId: `d-${index}`,
    before: { state: 'failed', b: 1, a: [1, { z: 'Ёлка', y: null }] },
    after: { state: 'discarded', odd: 'nul\0 half\ud800' },
    reason: `причина ${index}`,
  });

/** Runs `work` on a copy of the truth that is thrown away, with the guards of the table switched off. */
async function tampered<T>(change: RawBuilder<unknown>, work: (tx: Db) => Promise<T>): Promise<T> {
  const undo = new Error('undo');
  let result: T | undefined;
  await inTransaction(database.db, async (tx) => {
    await sql`alter table audit_entry disable trigger user`.execute(tx);
    await change.execute(tx);
    result = await work(tx);
    throw undo;
  }).catch((error: unknown) => {
    if (error !== undo) throw error;
  });
  return result as T;
}

async function command(url: string): Promise<{ code: number; text: string }> {
  return promisify(execFile)(process.execPath, [COMMAND, url]).then(
    ({ stdout }) => ({ code: 0, text: stdout }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      text: error.stdout + error.stderr,
    }),
  );
}

describe('the chain', () => {
  it('is intact as written, whatever the size of the portions it is read in', async () => {
    const { rows } = await sql<{ hash: string }>`select hash from audit_entry order by id desc limit 1`.execute(
      database.db,
    );
    for (const portion of [1, 5, 5_000])
      expect(await verifyAudit(database.db, portion)).toEqual({
        intact: true,
        checked: ENTRIES,
        brokenId: null,
        lastHash: rows[0]?.hash,
      });
  });

  it('refuses every change by statement, also to its owner', async () => {
    for (const statement of [
      sql`update audit_entry set reason = 'другая' where id = 3`,
      sql`delete from audit_entry where id = 3`,
      sql`truncate audit_entry`,
    ])
      await expect(statement.execute(database.db)).rejects.toThrow('audit_entry is append-only');
  });

  it.each([
    ['a changed reason', sql`update audit_entry set reason = 'другая' where id = 5`, 5],
    ['a changed actor', sql`update audit_entry set actor_kind = 'system', actor_id = 'ut' where id = 5`, 5],
    ['a moment moved by a millisecond', sql`update audit_entry set at = at + interval '1 ms' where id = 5`, 5],
    [
      'a value deep inside',
      sql`update audit_entry set before = jsonb_set(before, '{a,1,z}', '"Елка"') where id = 5`,
      5,
    ],
    ['a removed entry', sql`delete from audit_entry where id = 5`, 6],
    ['a removed beginning', sql`delete from audit_entry where id = 1`, 2],
    ['two entries moved out of sight', sql`update audit_entry set id = -id where id in (5, 6)`, 7],
    [
      'a changed entry with a hash made to fit',
      sql`update audit_entry set reason = 'другая', hash = encode(sha256('x'), 'hex') where id = 5`,
      5,
    ],
  ] as const)('gives away %s', async (_name, change, brokenId) => {
    const check = await tampered(change, (tx) => verifyAudit(tx));
    expect(check).toMatchObject({ intact: false, brokenId });
  });

  it('keeps its order under writers at once, and nothing of a deed that was rolled back', async () => {
    const other = await createTestDatabase();
    await Promise.all(Array.from({ length: 20 }, (_, index) => record(other.db, index)));
    await inTransaction(other.db, async (tx) => {
      await record(tx, 99);
      throw new Error('the deed failed');
    }).catch(() => undefined);
    expect(await verifyAudit(other.db)).toMatchObject({ intact: true, checked: 20 });
    await other.close();
  });
});

describe('the command', () => {
  it('says intact with 0, broken with 1 and which entry, 2 when it cannot look', async () => {
    expect(await command(database.url)).toEqual({
      code: 0,
      text: expect.stringMatching(/^intact: 12 entries, last hash [0-9a-f]{64}/),
    });
    const other = await createTestDatabase();
    for (let index = 1; index <= 3; index += 1) await record(other.db, index);
    await sql`alter table audit_entry disable trigger user`.execute(other.db);
    await sql`update audit_entry set reason = 'другая' where id = 2`.execute(other.db);
    expect(await command(other.url)).toEqual({ code: 1, text: 'broken at entry 2; 1 entries before it are intact\n' });
    await other.close();
    expect((await command(other.url)).code).toBe(2);
    expect(await command('/nowhere')).toEqual({ code: 2, text: expect.stringContaining('DATABASE_URL') });
  });
});

describe('export', () => {
  it('writes the entries of the filter, newest first, each with both hashes of the chain', async () => {
    const all = (await auditCsv(database.db, { action: 'delivery' })).trim().split('\r\n');
    expect(all).toHaveLength(ENTRIES + 1);
    expect(all[0]).toMatch(/^\uFEFF?id;at;actorKind/);
    const cells = (line: string | undefined) => (line ?? '').split(';');
    expect(cells(all[1])[0]).toBe(String(ENTRIES));
    // What an entry calls its predecessor is the hash of the line below it.
    expect(cells(all[1]).at(-2)).toBe(cells(all[2]).at(-1));
    expect(await auditCsv(database.db, { objectId: 'd-3' })).toContain('причина 3');
    expect((await auditCsv(database.db, { actor: 'nobody' })).trim().split('\r\n')).toHaveLength(1);
  });
});
