import type { EdiDocument } from '@pult/shared/domain/edi/document';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';
import { hashedId } from '../../../platform/ids.ts';
import { deliveryId as idOfDelivery } from '../identity.ts';
import type { KnownOrder } from './facts.ts';

export type FileKind = 'order' | 'response' | 'notice' | 'other' | 'broken';

export interface NewFile {
  readonly systemId: string;
  readonly flowId: string;
  readonly name: string;
  readonly hash: string;
  readonly encoding: string | null;
  readonly declared: string | null;
  readonly bytes: Uint8Array;
  readonly changedAt: number;
  readonly readAt: number;
}

/** What was found in a file. */
export interface FileFindings {
  readonly kind: FileKind;
  readonly deliveryId: string | null;
  readonly number: string | null;
  readonly buyer: string | null;
  readonly orderDate: string | null;
  readonly document: EdiDocument | null;
  readonly problems: readonly string[];
}

export const fileId = ({ systemId, name, hash }: Pick<NewFile, 'systemId' | 'name' | 'hash'>): string =>
  hashedId('file', systemId, name, hash);

/** Notes a file before it is read; false when it was read before. */
export async function insertFile(tx: Db, file: NewFile): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into exchange_file (id, system_id, flow_id, name, hash, encoding, declared, kind, bytes, changed_at, read_at)
    values (${fileId(file)}, ${file.systemId}, ${file.flowId}, ${file.name}, ${file.hash}, ${file.encoding}, ${file.declared},
      'broken', ${Buffer.from(file.bytes)}, ${new Date(file.changedAt)}, ${new Date(file.readAt)})
    on conflict (id) do nothing`.execute(tx);
  return Number(numAffectedRows) === 1;
}

export async function noteFindings(tx: Db, id: string, found: FileFindings): Promise<void> {
  await sql`
    update exchange_file set kind = ${found.kind}, delivery_id = ${found.deliveryId}, number = ${found.number}, buyer = ${found.buyer},
      order_date = ${found.orderDate}, document = ${found.document === null ? null : JSON.stringify(found.document)}::jsonb,
      problems = ${JSON.stringify(found.problems)}::jsonb
    where id = ${id}`.execute(tx);
}

export async function kindOfFile(db: Db, id: string): Promise<FileKind | null> {
  const { rows } = await sql<{ kind: FileKind }>`select kind from exchange_file where id = ${id}`.execute(db);
  return rows[0]?.kind ?? null;
}

export interface StoredFile {
  readonly id: string;
  readonly system_id: string;
  readonly flow_id: string;
  readonly name: string;
  readonly hash: string;
  readonly encoding: string | null;
  readonly bytes: Buffer;
  readonly changed_at: Date;
}

export async function loadFile(tx: Db, id: string): Promise<StoredFile | null> {
  const { rows } = await sql<StoredFile>`
    select id, system_id, flow_id, name, hash, encoding, bytes, changed_at from exchange_file where id = ${id} for update`.execute(
    tx,
  );
  return rows[0] ?? null;
}

interface OrderRow {
  readonly message_id: string;
  readonly number: string;
  readonly attempt: number;
}

const KNOWN = sql`select d.message_id, d.key_number as number, d.attempt from exchange_file f join delivery d on d.id = f.delivery_id`;
const knownOf = (rows: readonly OrderRow[]): KnownOrder | null => {
  const [row] = rows;
  return row ? { messageId: row.message_id, number: row.number, attempt: row.attempt } : null;
};

/** The newest order of this number that Pult has seen: of this buyer and date where they are known. */
export async function orderByNumber(
  tx: Db,
  of: { readonly flowId: string; readonly number: string; readonly buyer: string | null; readonly date: string | null },
): Promise<KnownOrder | null> {
  const { rows } = await sql<OrderRow>`
    ${KNOWN} where f.kind = 'order' and f.flow_id = ${of.flowId} and f.number = ${of.number}
      and (${of.buyer}::text is null or f.buyer = ${of.buyer}) and (${of.date}::date is null or f.order_date = ${of.date}::date)
    order by f.changed_at desc, f.id limit 1`.execute(tx);
  return knownOf(rows.slice());
}

/** The order that a file of this name was about: notices name files, not documents. */
export async function orderByFileName(tx: Db, systemId: string, name: string): Promise<KnownOrder | null> {
  const { rows } = await sql<OrderRow>`
    ${KNOWN} where f.system_id = ${systemId} and f.name = ${name} order by f.changed_at desc, f.id limit 1`.execute(tx);
  if (rows.length > 0) return knownOf(rows.slice());
  // News about an answer of Pult may come before the copy of that answer.
  const answered = await sql<OrderRow>`
    ${KNOWN} where f.delivery_id in (select delivery_id from edi_answer where system_id = ${systemId} and name = ${name})
      and f.kind = 'order' order by f.changed_at, f.id limit 1`.execute(tx);
  return knownOf(answered.rows.slice());
}

/** An order whose copy has not come yet, by what its answer says about it. */
export async function orderByMessage(
  tx: Db,
  of: { readonly flowId: string; readonly messageId: string; readonly number: string; readonly consumer: string },
): Promise<KnownOrder> {
  const id = idOfDelivery(of.flowId, of.messageId, of.consumer);
  const { rows } = await sql<{ attempt: number }>`select attempt from delivery where id = ${id}`.execute(tx);
  return { messageId: of.messageId, number: of.number, attempt: rows[0]?.attempt ?? 1 };
}

/** Bytes of an order as its provider wrote them: the first copy. */
export async function originalOf(
  db: Db,
  of: { readonly flow: string; readonly messageId: string; readonly consumer: string },
): Promise<{ readonly name: string; readonly bytes: Uint8Array } | null> {
  const id = idOfDelivery(of.flow, of.messageId, of.consumer);
  const { rows } = await sql<{ name: string; bytes: Buffer }>`
    select name, bytes from exchange_file where delivery_id = ${id} and kind = 'order' order by changed_at, id limit 1`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** Which of the deliveries have an order whose bytes are here. */
export async function withOriginal(db: Db, deliveryIds: readonly string[]): Promise<Set<string>> {
  if (deliveryIds.length === 0) return new Set();
  const { rows } = await sql<{ delivery_id: string }>`
    select distinct delivery_id from exchange_file where delivery_id = any(${[...deliveryIds]}::uuid[]) and kind = 'order'`.execute(
    db,
  );
  return new Set(rows.map(({ delivery_id }) => delivery_id));
}

/** Puts a file that cannot be read where people see it; the same file waits there once. */
export async function quarantineFile(
  tx: Db,
  file: NewFile,
  why: { readonly id: string; readonly problems: readonly string[]; readonly text: string; readonly rowId: string },
): Promise<void> {
  const event = {
    file: {
      id: why.id,
      name: file.name,
      hash: file.hash,
      encoding: file.encoding,
      declared: file.declared,
      bytes: file.bytes.length,
    },
    data: { flow: file.flowId, message: { text: why.text } },
  };
  const issues = why.problems.map((message) => ({ path: file.name, message }));
  await sql`
    insert into quarantine_event (id, received_at, system_id, reason, issues, event, event_id, event_type, identity)
    values (${why.rowId}, ${new Date(file.readAt)}, ${file.systemId}, 'file', ${JSON.stringify(issues)}::jsonb,
      ${JSON.stringify(event)}::jsonb, ${`${file.name} ${file.hash.slice(0, 8)}`}, 'file', ${why.id})
    on conflict do nothing`.execute(tx);
}
