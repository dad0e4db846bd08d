import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { AppError } from '@pult/shared/errors/app-error';
import pg from 'pg';

/** Key of the advisory lock that keeps two instances from migrating at the same time. Any fixed number. */
const MIGRATION_LOCK = 7_185_300_114;
/** ADR 0001: the oldest release that the tests run on. */
const OLDEST_MAJOR = 15;
const MIGRATIONS = new URL('../../../migrations/', import.meta.url);
const FILE_NAME = /^(\d{4})_([a-z0-9_]+)\.sql$/;

export interface Migration {
  readonly number: number;
  readonly name: string;
  readonly sql: string;
  readonly checksum: string;
}

/** Reads the migrations of a folder in the order of their numbers. Throws on a name out of the pattern or a number used twice. */
export async function readMigrations(folder: URL = MIGRATIONS): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  const migrations = await Promise.all(
    names.map(async (file) => {
      const match = FILE_NAME.exec(file);
      if (match === null) throw new Error(`migration ${file}: the name must be NNNN_lower_case.sql`);
      const sql = await readFile(new URL(file, folder), 'utf8');
      const checksum = createHash('sha256').update(sql).digest('hex');
      return { number: Number(match[1]), name: match[2] ?? '', sql, checksum };
    }),
  );
  for (const [index, migration] of migrations.entries()) {
    if (migrations[index + 1]?.number === migration.number) {
      throw new Error(`migration number ${migration.number} is used twice`);
    }
  }
  return migrations;
}

/** @throws AppError `config.invalid` when the server (`server_version_num`) is older than Pult can use */
export function assertSupportedServer(versionNumber: number): void {
  const major = Math.floor(versionNumber / 10_000);
  if (major >= OLDEST_MAJOR) return;
  const message = `the server is PostgreSQL ${major}; Pult needs ${OLDEST_MAJOR} or newer (docs/operations.md, Database)`;
  throw new AppError('config.invalid', { file: 'environment', issues: [{ path: 'DATABASE_URL', message }] });
}

/**
 * Brings the schema forward: applies every migration that is not recorded yet, each in its own transaction, under
 * an advisory lock (several instances may start together). Throws when a recorded migration was changed afterwards
 * or is unknown to this release, i.e. the database belongs to a newer one.
 * @returns numbers that were applied now
 */
export async function migrate(url: string, folder: URL = MIGRATIONS): Promise<number[]> {
  const migrations = await readMigrations(folder);
  const client = new pg.Client({ connectionString: url, application_name: 'pult-migrate' });
  await client.connect();
  try {
    const version = await client.query<{ n: number }>("select current_setting('server_version_num')::int as n");
    assertSupportedServer(version.rows[0]?.n ?? 0);
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await client.query(
      `create table if not exists migration (
         number int primary key, name text not null, checksum text not null, applied_at timestamptz not null default now())`,
    );
    const { rows } = await client.query<{ number: number; checksum: string }>('select number, checksum from migration');
    const applied = new Map(rows.map((row) => [row.number, row.checksum]));
    assertKnown(migrations, applied);
    const now: number[] = [];
    for (const migration of migrations) {
      if (applied.has(migration.number)) continue;
      await applyOne(client, migration);
      now.push(migration.number);
    }
    return now;
  } finally {
    await client.end();
  }
}

/** Numbers of migrations that this release has and the database has not. */
export async function pendingMigrations(applied: ReadonlySet<number>): Promise<number[]> {
  return (await readMigrations()).map((migration) => migration.number).filter((number) => !applied.has(number));
}

function assertKnown(migrations: readonly Migration[], applied: ReadonlyMap<number, string>): void {
  const known = new Map(migrations.map((migration) => [migration.number, migration]));
  for (const [number, checksum] of applied) {
    const migration = known.get(number);
    if (migration === undefined)
      throw new Error(`migration ${number} of the database is unknown: it belongs to a newer release`);
    if (migration.checksum !== checksum) {
      throw new Error(`migration ${number} (${migration.name}) was changed after it had been applied`);
    }
  }
}

async function applyOne(client: pg.Client, migration: Migration): Promise<void> {
  await client.query('begin');
  try {
    await client.query(migration.sql);
    await client.query('insert into migration (number, name, checksum) values ($1, $2, $3)', [
      migration.number,
      migration.name,
      migration.checksum,
    ]);
    await client.query('commit');
  } catch (cause) {
    await client.query('rollback');
    throw new Error(`migration ${migration.number} (${migration.name}) failed`, { cause });
  }
}
