import type { Db } from '../../platform/db/database.ts';
import type { Route } from '../../platform/http/mount.ts';
import { createAuditRoutes } from './routes.ts';

export { recordAudit, verifyAudit } from './service.ts';

export function createAuditModule({ db }: { db: Db }): { routes: Route[] } {
  return { routes: createAuditRoutes({ db }) };
}
