import { csvFile } from '../../platform/csv-cell.ts';
import type { Db } from '../../platform/db/database.ts';
import { type EntryFilter, findEntries } from './store.ts';

const LIMIT = 50_000;
const PAGE = 5_000;
const HEAD = [
  'id',
  'at',
  'actorKind',
  'actorId',
  'actorName',
  'actorRoles',
  'onBehalfOf',
  'action',
  'objectKind',
  'objectId',
  'before',
  'after',
  'reason',
  'requestId',
  'prevHash',
  'hash',
] as const;

/**
 * Entries by filter as a file, newest first, at most 50 000; read in pages by position. Both hashes stand in each line, so
 * that a file of neighbouring entries can be checked without Pult.
 */
export async function auditCsv(db: Db, filter: Omit<EntryFilter, 'beforeId' | 'limit'>): Promise<string> {
  const lines: unknown[][] = [[...HEAD]];
  let beforeId: number | undefined;
  do {
    const page = await findEntries(db, { ...filter, beforeId, limit: PAGE });
    for (const entry of page)
      lines.push(
        HEAD.map((column) => {
          const value = entry[column];
          return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
        }),
      );
    beforeId = page.length === PAGE ? page.at(-1)?.id : undefined;
  } while (beforeId !== undefined && lines.length <= LIMIT);
  return csvFile(lines.slice(0, LIMIT + 1));
}
