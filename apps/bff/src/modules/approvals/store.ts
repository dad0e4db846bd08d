import type { ApprovalKind, ApprovalState } from '@pult/shared/contracts/approvals';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { type Background, canonicalJson, type LineJson, lineFromJson, lineToJson, type StoredLine } from './lines.ts';
import type { KnownVersion } from './rules.ts';

/** Requests, their versions, who saw them, sources. */

export interface RequestRow {
  readonly id: string;
  readonly processRef: string;
  readonly processSet: string | null;
  readonly kind: ApprovalKind;
  readonly state: ApprovalState;
  readonly knownInUt: boolean;
  readonly knownInElma: boolean;
  readonly taskRef: string | null;
  readonly elmaItemId: string | null;
  readonly documentSet: string | null;
  readonly documentRef: string | null;
  readonly documentType: string;
  readonly documentNumber: string;
  readonly documentDate: Date | null;
  readonly documentDataVersion: string | null;
  readonly customerName: string;
  readonly customerInn: string | null;
  readonly customerRef: string | null;
  readonly segment: string | null;
  readonly agreement: string | null;
  readonly initiatorName: string;
  readonly initiatorEmail: string | null;
  readonly initiatorRef: string | null;
  readonly reason: string | null;
  readonly amount: string | null;
  readonly amountWithoutVat: boolean;
  /** Hundredths of п.п.; the same for the mean. */
  readonly deviationMax: number;
  readonly deviationMean: number;
  readonly version: number;
  readonly startedAt: Date;
  readonly clockId: string;
  readonly cycle: number;
  readonly decisionId: string | null;
  readonly decidedAt: Date | null;
  readonly background: Background;
  readonly foundAt: Date;
  readonly changedAt: Date;
}

export const REQUEST_COLUMNS = sql.raw(`
  r.id, r.process_ref as "processRef", r.process_set as "processSet", r.kind, r.state, r.known_in_ut as "knownInUt",
  r.known_in_elma as "knownInElma", r.task_ref as "taskRef", r.elma_item_id as "elmaItemId",
  r.document_set as "documentSet", r.document_ref as "documentRef", r.document_type as "documentType",
  r.document_number as "documentNumber", r.document_date as "documentDate",
  r.document_data_version as "documentDataVersion", r.customer_name as "customerName",
  r.customer_inn as "customerInn", r.customer_ref as "customerRef", r.segment, r.agreement,
  r.initiator_name as "initiatorName", r.initiator_email as "initiatorEmail", r.initiator_ref as "initiatorRef",
  r.reason, r.amount, r.amount_without_vat as "amountWithoutVat", r.deviation_max as "deviationMax",
  r.deviation_mean as "deviationMean", r.version, r.started_at as "startedAt", r.clock_id as "clockId", r.cycle,
  r.decision_id as "decisionId", r.decided_at as "decidedAt", r.background, r.found_at as "foundAt",
  r.changed_at as "changedAt"`);

const COLUMN_OF = {
  processSet: 'process_set',
  kind: 'kind',
  state: 'state',
  knownInUt: 'known_in_ut',
  knownInElma: 'known_in_elma',
  taskRef: 'task_ref',
  elmaItemId: 'elma_item_id',
  documentSet: 'document_set',
  documentRef: 'document_ref',
  documentType: 'document_type',
  documentNumber: 'document_number',
  documentDate: 'document_date',
  documentDataVersion: 'document_data_version',
  customerName: 'customer_name',
  customerInn: 'customer_inn',
  customerRef: 'customer_ref',
  segment: 'segment',
  agreement: 'agreement',
  initiatorName: 'initiator_name',
  initiatorEmail: 'initiator_email',
  initiatorRef: 'initiator_ref',
  reason: 'reason',
  amount: 'amount',
  amountWithoutVat: 'amount_without_vat',
  deviationMax: 'deviation_max',
  deviationMean: 'deviation_mean',
  version: 'version',
  startedAt: 'started_at',
  clockId: 'clock_id',
  cycle: 'cycle',
  decisionId: 'decision_id',
  decidedAt: 'decided_at',
  background: 'background',
} as const satisfies Partial<Record<keyof RequestRow, string>>;
export type RequestChange = { -readonly [K in keyof typeof COLUMN_OF]?: RequestRow[K] };

const isSame = (a: unknown, b: unknown): boolean =>
  a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : canonicalJson(a) === canonicalJson(b);

/** Writes the fields that differ. @returns whether there were any */
export async function updateRequest(tx: Db, row: RequestRow, change: RequestChange, now: number): Promise<boolean> {
  const fields = Object.keys(change) as (keyof typeof COLUMN_OF)[];
  const differing = fields.filter((field) => change[field] !== undefined && !isSame(row[field], change[field]));
  if (differing.length === 0) return false;
  const sets = differing.map((field) => {
    const value = change[field];
    return field === 'background'
      ? sql`background = ${JSON.stringify(value)}::jsonb`
      : sql`${sql.ref(COLUMN_OF[field])} = ${value}`;
  });
  await sql`update approval_request set ${sql.join(sets)}, changed_at = ${new Date(now)} where id = ${row.id}`.execute(
    tx,
  );
  return true;
}

/** Adds a request; false when another process was faster with the same business process. */
export async function insertRequest(tx: Db, row: RequestRow): Promise<boolean> {
  const { rows } = await sql<{ id: string }>`
    insert into approval_request (id, process_ref, kind, state, document_type, document_number, customer_name,
      initiator_name, deviation_max, deviation_mean, started_at, clock_id, found_at, changed_at)
    values (${row.id}, ${row.processRef}, ${row.kind}, 'open', ${row.documentType}, ${row.documentNumber},
      ${row.customerName}, ${row.initiatorName}, ${row.deviationMax}, ${row.deviationMean}, ${row.startedAt},
      ${row.clockId}, ${row.foundAt}, ${row.foundAt})
    on conflict (process_ref) do nothing returning id`.execute(tx);
  return rows.length > 0;
}

/** The request of a business process under its lock; null when it is new. */
export async function lockByProcess(tx: Db, processRef: string): Promise<RequestRow | null> {
  const { rows } = await sql<RequestRow>`
    select ${REQUEST_COLUMNS} from approval_request r where r.process_ref = ${processRef} for update`.execute(tx);
  return rows[0] ?? null;
}

/** @throws AppError `approval.not_found` */
export async function loadRequest(db: Db, id: string, options: { lock?: boolean } = {}): Promise<RequestRow> {
  const { rows } = await sql<RequestRow>`
    select ${REQUEST_COLUMNS} from approval_request r where r.id = ${id}
    ${options.lock === true ? sql`for update` : sql``}`.execute(db);
  const [row] = rows;
  if (row === undefined) throw new AppError('approval.not_found', { approval: id });
  return row;
}

export interface VersionRow extends KnownVersion {
  readonly version: number;
  readonly at: Date;
  readonly hash: string;
  readonly deviationMean: number;
  readonly amount: string | null;
}

interface VersionDbRow extends Omit<VersionRow, 'lines'> {
  readonly lines: readonly LineJson[];
}

export async function versionsOf(db: Db, requestId: string): Promise<VersionRow[]> {
  const { rows } = await sql<VersionDbRow>`
    select version, at, hash, source, deviation_max as "deviationMax", deviation_mean as "deviationMean", amount, lines
    from approval_version where request_id = ${requestId} order by version`.execute(db);
  return rows.map((row) => ({ ...row, lines: row.lines.map(lineFromJson) }));
}

export interface NewVersion {
  readonly requestId: string;
  readonly version: number;
  readonly at: number;
  readonly hash: string;
  readonly source: 'ut' | 'elma';
  readonly deviationMax: number;
  readonly deviationMean: number;
  readonly amount: string | null;
  readonly lines: readonly StoredLine[];
}

/** Writes a version; an existing one of the same number is filled in (the head came first, the lines later). */
export async function saveVersion(tx: Db, one: NewVersion): Promise<void> {
  const lines = JSON.stringify(one.lines.map(lineToJson));
  await sql`
    insert into approval_version (request_id, version, at, hash, source, deviation_max, deviation_mean, amount, lines)
    values (${one.requestId}, ${one.version}, ${new Date(one.at)}, ${one.hash}, ${one.source}, ${one.deviationMax},
      ${one.deviationMean}, ${one.amount}, ${lines}::jsonb)
    on conflict (request_id, version) do update set hash = excluded.hash, source = excluded.source,
      deviation_max = excluded.deviation_max, deviation_mean = excluded.deviation_mean, amount = excluded.amount,
      lines = excluded.lines`.execute(tx);
}

export interface SeenRow {
  readonly userId: string;
  readonly userName: string;
  readonly version: number;
  readonly firstAt: Date;
  readonly lastAt: Date;
  readonly previousVersion: number | null;
  readonly previousAt: Date | null;
}

export async function seenBy(db: Db, requestId: string): Promise<SeenRow[]> {
  const { rows } = await sql<SeenRow>`
    select user_id as "userId", user_name as "userName", version, first_at as "firstAt", last_at as "lastAt",
      previous_version as "previousVersion", previous_at as "previousAt"
    from approval_seen where request_id = ${requestId} order by first_at`.execute(db);
  return rows;
}

/** Versions that a person has opened, by request. */
export async function seenVersions(db: Db, userId: string, ids: readonly string[]): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; version: number }>`
    select request_id as id, version from approval_seen
    where user_id = ${userId} and request_id = any(${[...ids]}::uuid[])`.execute(db);
  return new Map(rows.map(({ id, version }) => [id, version]));
}

export async function markSeen(
  db: Db,
  seen: { requestId: string; userId: string; userName: string; version: number; now: number },
): Promise<void> {
  const at = new Date(seen.now);
  await sql`
    insert into approval_seen (request_id, user_id, user_name, version, first_at, last_at)
    values (${seen.requestId}, ${seen.userId}, ${seen.userName}, ${seen.version}, ${at}, ${at})
    on conflict (request_id, user_id) do update
      set version = greatest(approval_seen.version, excluded.version), last_at = excluded.last_at,
        previous_version = case when excluded.version > approval_seen.version then approval_seen.version
          else approval_seen.previous_version end,
        previous_at = case when excluded.version > approval_seen.version then approval_seen.last_at
          else approval_seen.previous_at end`.execute(db);
}

/** Requests that wait for somebody. */
export async function undecided(db: Db): Promise<RequestRow[]> {
  const { rows } = await sql<RequestRow>`
    select ${REQUEST_COLUMNS} from approval_request r where r.state <> 'decided'
    order by r.started_at limit 10000`.execute(db);
  return rows;
}

/** Requests about a document, newest first. A reference may be that of the document or of its process. */
export async function requestsAbout(
  db: Db,
  document: { ref?: string | null; number?: string | null },
): Promise<RequestRow[]> {
  const ref = document.ref?.toLowerCase() ?? null;
  const { rows } = await sql<RequestRow>`
    select ${REQUEST_COLUMNS} from approval_request r
    where r.document_ref = ${ref} or r.process_ref = ${ref} or r.document_number = ${document.number ?? null}
    order by r.started_at desc limit 20`.execute(db);
  return rows;
}
