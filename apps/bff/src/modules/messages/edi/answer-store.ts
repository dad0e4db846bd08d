import { createHash } from 'node:crypto';
import type { EdiDocument, EdiOrder, EdiResponse } from '@pult/shared/domain/edi/document';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

export type AnswerState = 'waiting' | 'dropped' | 'seen' | 'refused' | 'withdrawn';

export interface AnswerRow {
  readonly delivery_id: string;
  readonly system_id: string;
  readonly flow_id: string;
  readonly document: EdiResponse;
  readonly reason: string | null;
  readonly comment: string | null;
  readonly name: string;
  readonly bytes: Buffer;
  readonly encoding: string;
  readonly decided_at: Date;
  readonly decided_by: string;
  readonly state: AnswerState;
  readonly attempts: number;
  readonly next_at: Date;
  readonly error: { readonly code: string; readonly text: string | null } | null;
  readonly dropped_at: Date | null;
  readonly settled_at: Date | null;
}

export interface OrderFile {
  readonly system_id: string;
  readonly flow_id: string;
  readonly name: string;
  readonly encoding: string | null;
  readonly document: EdiOrder;
  readonly state: string;
  readonly counterparty: string | null;
}

/** The order that a delivery carries, its first copy; null where Pult has none. `lock` holds the delivery. */
export async function orderOf(db: Db, deliveryId: string, { lock = false } = {}): Promise<OrderFile | null> {
  const { rows } = await sql<OrderFile>`
    select f.system_id, f.flow_id, f.name, f.encoding, f.document, d.state, d.counterparty
    from exchange_file f join delivery d on d.id = f.delivery_id
    where f.delivery_id = ${deliveryId} and f.kind = 'order' order by f.changed_at, f.id limit 1
    ${lock ? sql`for update of d` : sql``}`.execute(db);
  return rows[0] ?? null;
}

export interface PassedAnswer {
  readonly name: string;
  readonly hash: string;
  readonly document: EdiResponse;
  readonly changed_at: Date;
}

/** Answers that passed, whoever wrote them, oldest first; the same bytes once. */
export async function passedAnswers(db: Db, deliveryId: string): Promise<PassedAnswer[]> {
  const { rows } = await sql<PassedAnswer>`
    select distinct on (hash) name, hash, document, changed_at from exchange_file
    where delivery_id = ${deliveryId} and kind = 'response' order by hash, changed_at, id`.execute(db);
  return rows.toSorted((a, b) => a.changed_at.getTime() - b.changed_at.getTime());
}

const COLUMNS = sql`delivery_id, system_id, flow_id, document, reason, comment, name, bytes, encoding, decided_at, decided_by, state,
  attempts, next_at, error, dropped_at, settled_at`;

export async function answerOf(db: Db, deliveryId: string): Promise<AnswerRow | null> {
  const { rows } = await sql<AnswerRow>`select ${COLUMNS} from edi_answer where delivery_id = ${deliveryId}`.execute(
    db,
  );
  return rows[0] ?? null;
}

export interface NewAnswer {
  readonly deliveryId: string;
  readonly systemId: string;
  readonly flowId: string;
  readonly document: EdiResponse;
  readonly reason: string;
  readonly comment: string;
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly encoding: string;
  readonly by: { readonly id: string; readonly name: string };
  readonly at: number;
}

/** Stores the one answer of an order; false when there is one already. */
export async function insertAnswer(tx: Db, answer: NewAnswer): Promise<boolean> {
  const at = new Date(answer.at);
  const { numAffectedRows } = await sql`
    insert into edi_answer (delivery_id, system_id, flow_id, document, reason, comment, name, bytes, encoding, decided_at,
      decided_by_id, decided_by, state, next_at)
    values (${answer.deliveryId}, ${answer.systemId}, ${answer.flowId}, ${JSON.stringify(answer.document)}::jsonb, ${answer.reason},
      ${answer.comment}, ${answer.name}, ${Buffer.from(answer.bytes)}, ${answer.encoding}, ${at}, ${answer.by.id}, ${answer.by.name},
      'waiting', ${at})
    on conflict (delivery_id) do nothing`.execute(tx);
  return Number(numAffectedRows) === 1;
}

/** Answers that are due; their next look moves away first, so that a worker that dies leaves them for the next one. */
export async function claimAnswers(
  db: Db,
  of: { readonly now: number; readonly leaseMs: number; readonly limit: number },
): Promise<AnswerRow[]> {
  const { rows } = await sql<AnswerRow>`
    update edi_answer set next_at = ${new Date(of.now + of.leaseMs)}, attempts = attempts + 1
    where delivery_id in (select delivery_id from edi_answer where state = 'waiting' and next_at <= ${new Date(of.now)}
      order by next_at limit ${of.limit} for update skip locked)
    returning ${COLUMNS}`.execute(db);
  return [...rows];
}

/** Whether nothing has come in between since the answer was claimed. */
export async function isWaiting(db: Db, deliveryId: string): Promise<boolean> {
  const { rows } = await sql`select from edi_answer where delivery_id = ${deliveryId} and state = 'waiting'`.execute(
    db,
  );
  return rows.length > 0;
}

export async function noteDropped(db: Db, deliveryId: string, now: number): Promise<void> {
  // The copy may have come back before this: then it is seen already. One that was withdrawn in this very moment left all the same.
  await sql`update edi_answer set state = case when state in ('waiting', 'withdrawn') then 'dropped' else state end, error = null,
    dropped_at = ${new Date(now)} where delivery_id = ${deliveryId}`.execute(db);
}

export async function noteNotDropped(
  db: Db,
  deliveryId: string,
  why: { readonly error: { readonly code: string; readonly text: string | null }; readonly nextAt: number },
): Promise<void> {
  await sql`update edi_answer set error = ${JSON.stringify(why.error)}::jsonb, next_at = ${new Date(why.nextAt)}
    where delivery_id = ${deliveryId} and state = 'waiting'`.execute(db);
}

/**
 * What a file that passed means for the answer of Pult: its own bytes came by, the accounting system was faster, or the chain
 * refused it.
 */
export async function settleAnswer(
  tx: Db,
  news: {
    readonly deliveryId: string | null;
    readonly hash: string;
    readonly document: EdiDocument | null;
    readonly now: number;
  },
): Promise<void> {
  const { deliveryId, document } = news;
  const now = new Date(news.now);
  if (deliveryId === null || document === null) return;
  const answer = await answerOf(tx, deliveryId);
  if (answer === null) return;
  if (document.kind === 'response') {
    const own = createHash('sha256').update(answer.bytes).digest('hex') === news.hash;
    if (own)
      await sql`update edi_answer set state = 'seen', settled_at = coalesce(settled_at, ${now}), error = null
        where delivery_id = ${deliveryId} and state in ('waiting', 'dropped', 'withdrawn')`.execute(tx);
    else
      await sql`update edi_answer set state = 'withdrawn', settled_at = ${now} where delivery_id = ${deliveryId} and state = 'waiting'`.execute(
        tx,
      );
    return;
  }
  if (document.kind !== 'notice' || document.ok || document.fileName !== answer.name) return;
  const error = { code: 'edi.refused', text: document.text };
  await sql`update edi_answer set state = 'refused', settled_at = ${now}, error = ${JSON.stringify(error)}::jsonb
    where delivery_id = ${deliveryId}`.execute(tx);
}
