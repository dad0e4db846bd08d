import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedDatabase } from './embedded.ts';
import { migrate } from './migrate.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Server of this test run: where to make databases, and which one to clone. */
    databaseServer: { adminUrl: string; template: string };
  }
}

/** Settings that trade durability, which a test run does not need, for speed. */
const FAST = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: '300' };

/**
 * vitest globalSetup: one PostgreSQL per run with one migrated template. `DATABASE_URL_TEST` names a server to use
 * instead of the bundled one (its user must be allowed to create databases).
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env.DATABASE_URL_TEST;
  const server = external === undefined ? await startOwn() : { adminUrl: external, stop: async () => undefined };
  const template = `pult_template_${randomUUID().replaceAll('-', '')}`;
  await execute(server.adminUrl, `create database ${template} encoding 'UTF8' template template0`);
  const url = new URL(server.adminUrl);
  url.pathname = `/${template}`;
  await migrate(url.href);
  project.provide('databaseServer', { adminUrl: server.adminUrl, template });
  return async () => {
    if (external !== undefined) await execute(server.adminUrl, `drop database ${template} with (force)`);
    await server.stop();
  };
}

async function startOwn(): Promise<{ adminUrl: string; stop: () => Promise<void> }> {
  const dir = await mkdtemp(path.join(tmpdir(), 'pult-test-'));
  const database = await startEmbeddedDatabase({ dir, settings: FAST });
  return {
    adminUrl: database.url,
    stop: async () => {
      await database.stop();
      await rm(database.home, { recursive: true, force: true });
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function execute(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
