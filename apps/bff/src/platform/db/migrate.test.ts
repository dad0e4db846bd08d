import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assertSupportedServer, migrate, readMigrations } from './migrate.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';

let folder: string;
const databases: TestDatabase[] = [];

async function emptyDatabase(): Promise<TestDatabase> {
  const database = await createTestDatabase({ empty: true });
  databases.push(database);
  return database;
}

const folderUrl = (): URL => pathToFileURL(`${folder}${path.sep}`);
const file = (name: string, text: string): Promise<void> => writeFile(path.join(folder, name), text);

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pult-migrations-'));
  await file('0001_first.sql', 'create table first (id int)');
  await file('0002_second.sql', 'create table second (id int); insert into second values (1)');
});

afterAll(async () => {
  await Promise.all(databases.map((database) => database.close()));
  await rm(folder, { recursive: true, force: true });
});

test('applies every migration once, in order', async () => {
  const { url, db } = await emptyDatabase();
  expect(await migrate(url, folderUrl())).toEqual([1, 2]);
  expect(await migrate(url, folderUrl())).toEqual([]);
  const { rows } = await sql<{ id: number }>`select id from second`.execute(db);
  expect(rows).toEqual([{ id: 1 }]);
});

test('two instances that start together apply each migration once', async () => {
  const { url, db } = await emptyDatabase();
  const applied = await Promise.all([migrate(url, folderUrl()), migrate(url, folderUrl()), migrate(url, folderUrl())]);
  expect(applied.flat().sort()).toEqual([1, 2]);
  const { rows } = await sql`select id from second`.execute(db);
  expect(rows).toHaveLength(1);
});

test('refuses a migration that was changed after it had been applied', async () => {
  const { url, db } = await emptyDatabase();
  await migrate(url, folderUrl());
  await sql`update migration set checksum = 'other' where number = 1`.execute(db);
  await expect(migrate(url, folderUrl())).rejects.toThrow('migration 1 (first) was changed');
});

test('refuses a database of a newer release', async () => {
  const { url, db } = await emptyDatabase();
  await migrate(url, folderUrl());
  await sql`insert into migration (number, name, checksum) values (9000, 'later', '')`.execute(db);
  await expect(migrate(url, folderUrl())).rejects.toThrow('newer release');
});

test('a migration that fails leaves nothing of itself', async () => {
  const { url, db } = await emptyDatabase();
  const broken = await mkdtemp(path.join(tmpdir(), 'pult-migrations-'));
  await writeFile(path.join(broken, '0001_broken.sql'), 'create table half (id int); select no_such_function()');
  await expect(migrate(url, pathToFileURL(`${broken}${path.sep}`))).rejects.toThrow('migration 1 (broken) failed');
  const { rows } = await sql<{ found: string | null }>`select to_regclass('half')::text as found`.execute(db);
  expect(rows).toEqual([{ found: null }]);
  await rm(broken, { recursive: true });
});

test('the migrations of the product have unique numbers and names by the pattern', async () => {
  const migrations = await readMigrations();
  expect(migrations.length).toBeGreaterThan(0);
  expect(new Set(migrations.map((migration) => migration.number)).size).toBe(migrations.length);
});

test('a server older than 15 is refused by name, before anything is changed in it', () => {
  expect(() => assertSupportedServer(140_019)).toThrow('PostgreSQL 14; Pult needs 15 or newer');
  expect(() => assertSupportedServer(90_624)).toThrow('DATABASE_URL');
  for (const supported of [150_000, 180_004]) expect(() => assertSupportedServer(supported)).not.toThrow();
});
