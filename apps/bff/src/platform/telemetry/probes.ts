import { Router } from 'express';
import { sql } from 'kysely';
import type { Db } from '../db/database.ts';
import { pendingMigrations } from '../db/migrate.ts';
import type { Metrics } from './metrics.ts';

export interface ProbeOptions {
  readonly db: Db;
  readonly metrics: Metrics;
  readonly isDraining: () => boolean;
}

/** What readiness found: every part with `ok` or why it is not. */
export interface Readiness {
  readonly ready: boolean;
  readonly parts: {
    readonly process: 'ok' | 'draining';
    readonly database: 'ok' | 'unreachable';
    /** `unknown` while the database cannot be asked. */
    readonly schema: 'ok' | 'migrations pending' | 'unknown';
  };
}

/**
 * Ready = not shutting down, the database answers, its schema is the one of this release. The identity provider and the
 * systems of the landscape are no parts of it: without them open sessions and the intake go on, and the screens say so.
 */
export async function readinessOf({ db, isDraining }: Pick<ProbeOptions, 'db' | 'isDraining'>): Promise<Readiness> {
  const stored = await storedParts(db);
  const parts = { process: isDraining() ? ('draining' as const) : ('ok' as const), ...stored };
  return { ready: Object.values(parts).every((part) => part === 'ok'), parts };
}

async function storedParts(db: Db): Promise<Pick<Readiness['parts'], 'database' | 'schema'>> {
  try {
    const { rows } = await sql<{ number: number }>`select number from migration`.execute(db);
    const pending = await pendingMigrations(new Set(rows.map((row) => row.number)));
    return { database: 'ok', schema: pending.length > 0 ? 'migrations pending' : 'ok' };
  } catch {
    return { database: 'unreachable', schema: 'unknown' };
  }
}

/** `/healthz` (the process lives), `/readyz` (it can work), `/metrics` (Prometheus). */
export function probes(options: ProbeOptions): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const readiness = await readinessOf(options);
    if (!readiness.ready) response.set('Retry-After', '2');
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
  router.get('/metrics', async (_request, response) => {
    response.type(options.metrics.registry.contentType).send(await options.metrics.registry.metrics());
  });
  return router;
}
