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

/** What readiness found; `reason` is null when Pult can work. */
export interface Readiness {
  readonly ready: boolean;
  readonly reason: 'draining' | 'database' | 'migrations' | null;
}

/** Ready = not shutting down, the database answers, its schema is the one of this release. */
export async function readinessOf({ db, isDraining }: Pick<ProbeOptions, 'db' | 'isDraining'>): Promise<Readiness> {
  if (isDraining()) return { ready: false, reason: 'draining' };
  try {
    const { rows } = await sql<{ number: number }>`select number from migration`.execute(db);
    const pending = await pendingMigrations(new Set(rows.map((row) => row.number)));
    return pending.length > 0 ? { ready: false, reason: 'migrations' } : { ready: true, reason: null };
  } catch {
    return { ready: false, reason: 'database' };
  }
}

/** `/healthz` (the process lives), `/readyz` (it can work), `/metrics` (Prometheus). */
export function probes(options: ProbeOptions): Router {
  const router = Router();
  router.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  router.get('/readyz', async (_request, response) => {
    const readiness = await readinessOf(options);
    response.status(readiness.ready ? 200 : 503).json(readiness);
  });
  router.get('/metrics', async (_request, response) => {
    response.type(options.metrics.registry.contentType).send(await options.metrics.registry.metrics());
  });
  return router;
}
