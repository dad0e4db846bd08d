import { auditExport, auditList, auditVerify } from '@pult/shared/contracts/audit';
import { AppError } from '@pult/shared/errors/app-error';
import type { Db } from '../../platform/db/database.ts';
import { attachment } from '../../platform/http/attachment.ts';
import { Reply, type Route, route } from '../../platform/http/mount.ts';
import { auditCsv } from './export.ts';
import { verifyAudit } from './service.ts';
import { findEntries, type StoredEntry } from './store.ts';

export function createAuditRoutes({ db }: { db: Db }): Route[] {
  return [
    route(auditList, async ({ query: { cursor, limit, ...filter } }) => {
      const found = await findEntries(db, { ...filter, beforeId: positionOf(cursor), limit: limit + 1 });
      const rows = found.slice(0, limit);
      const last = rows.at(-1);
      return {
        rows: rows.map(toAnswer),
        nextCursor: found.length > limit && last !== undefined ? String(last.id) : null,
      };
    }),
    route(
      auditExport,
      async ({ query }) =>
        new Reply(200, await auditCsv(db, query), {
          'content-type': 'text/csv; charset=utf-8',
          'content-disposition': attachment('audit.csv'),
        }),
    ),
    route(auditVerify, () => verifyAudit(db)),
  ];
}

function positionOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const id = Number(cursor);
  if (Number.isSafeInteger(id) && id > 0) return id;
  throw new AppError('request.invalid', {
    issues: [{ path: 'query.cursor', code: 'invalid_cursor', message: 'not a cursor of this list' }],
  });
}

const toAnswer = (entry: StoredEntry) => ({
  id: entry.id,
  at: entry.at,
  actor: {
    kind: entry.actorKind,
    id: entry.actorId,
    name: entry.actorName,
    roles: [...entry.actorRoles],
    onBehalfOf: entry.onBehalfOf,
  },
  action: entry.action,
  objectKind: entry.objectKind,
  objectId: entry.objectId,
  before: entry.before,
  after: entry.after,
  reason: entry.reason,
  requestId: entry.requestId,
  hash: entry.hash,
});
