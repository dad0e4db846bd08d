import { createHash } from 'node:crypto';
import type { EdiDocument, EdiOrder, EdiResponse } from '@pult/shared/domain/edi/document';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';
import { closeByRefusal, reopen } from './close-order.ts';

/** SHA-256 by which a file is known again, as the intake computes it. */
export const contentHash = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export type AnswerState = 'waiting' | 'dropped' | 'seen' | 'refused' | 'withdrawn';

export interface AnswerRow {
  readonly delivery_id: string;
  /** From 1 on; a further one follows an answer that the chain refused. */
  readonly round: number;
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
  /** A drop began then, and whether the file came to lie there is unknown. */
  readonly dropping_at: Date | null;
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
  /** An operation holds the delivery, whatever its state says. */
  readonly held: boolean;
  readonly counterparty: string | null;
}

/** The order that a delivery carries, its first copy; null where Pult has none. `lock` holds the delivery. */
export async function orderOf(db: Db, deliveryId: string, { lock = false } = {}): Promise<OrderFile | null> {
  const { rows } = await sql<OrderFile>`
    select f.system_id, f.flow_id, f.name, f.encoding, f.document, d.state, d.counterparty,
      coalesce(d.summary -> 'control' ->> 'kind' = 'claimed', false) as held
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

const COLUMNS = sql`delivery_id, round, system_id, flow_id, document, reason, comment, name, bytes, encoding, decided_at, decided_by, state,
  attempts, next_at, error, dropping_at, dropped_at, settled_at`;

/** Answers of Pult to an order, the first one first: the last counts, those before it the chain refused. */
export async function answersOf(db: Db, deliveryId: string): Promise<AnswerRow[]> {
  const { rows } = await sql<AnswerRow>`
    select ${COLUMNS} from edi_answer where delivery_id = ${deliveryId} order by round`.execute(db);
  return [...rows];
}

export interface NewAnswer {
  readonly deliveryId: string;
  readonly round: number;
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

/** Stores the answer of a round; false when there is one already. */
export async function insertAnswer(tx: Db, answer: NewAnswer): Promise<boolean> {
  const at = new Date(answer.at);
  const { numAffectedRows } = await sql`
    insert into edi_answer (delivery_id, round, system_id, flow_id, document, reason, comment, name, bytes, encoding, decided_at,
      decided_by_id, decided_by, state, next_at)
    values (${answer.deliveryId}, ${answer.round}, ${answer.systemId}, ${answer.flowId}, ${JSON.stringify(answer.document)}::jsonb, ${answer.reason},
      ${answer.comment}, ${answer.name}, ${Buffer.from(answer.bytes)}, ${answer.encoding}, ${at}, ${answer.by.id}, ${answer.by.name},
      'waiting', ${at})
    on conflict (delivery_id, round) do nothing`.execute(tx);
  return Number(numAffectedRows) === 1;
}

/** Answers that are due; their next look moves away first, so that a worker that dies leaves them for the next one. */
export async function claimAnswers(
  db: Db,
  of: { readonly now: number; readonly leaseMs: number; readonly limit: number },
): Promise<AnswerRow[]> {
  const { rows } = await sql<AnswerRow>`
    update edi_answer set next_at = ${new Date(of.now + of.leaseMs)}, attempts = attempts + 1
    where (delivery_id, round) in (select delivery_id, round from edi_answer where state = 'waiting' and next_at <= ${new Date(of.now)}
      order by next_at limit ${of.limit} for update skip locked)
    returning ${COLUMNS}`.execute(db);
  return [...rows];
}

type Round = Pick<AnswerRow, 'delivery_id' | 'round'>;
const thisRound = ({ delivery_id, round }: Round) => sql`delivery_id = ${delivery_id} and round = ${round}`;

/** Notes that a drop begins now; false when something came in between since the answer was claimed, and nothing may leave. */
export async function noteDropping(db: Db, row: Round, now: number): Promise<boolean> {
  const { numAffectedRows } = await sql`update edi_answer set dropping_at = ${new Date(now)}
    where ${thisRound(row)} and state = 'waiting'`.execute(db);
  return Number(numAffectedRows) === 1;
}

export async function noteDropped(db: Db, row: Round, now: number): Promise<void> {
  // The copy may have come back before this: then it is seen already. One that was withdrawn in this very moment left all the same.
  await sql`update edi_answer set state = case when state in ('waiting', 'withdrawn') then 'dropped' else state end, error = null,
    dropping_at = null, dropped_at = ${new Date(now)} where ${thisRound(row)}`.execute(db);
}

export async function noteNotDropped(
  db: Db,
  row: Round,
  why: {
    readonly error: { readonly code: string; readonly text: string | null };
    readonly nextAt: number;
    /** Whether the file may lie there all the same. */
    readonly maybeDropped: boolean;
  },
): Promise<void> {
  await sql`update edi_answer set error = ${JSON.stringify(why.error)}::jsonb, next_at = ${new Date(why.nextAt)},
    dropping_at = case when ${why.maybeDropped} then dropping_at end
    where ${thisRound(row)} and state = 'waiting'`.execute(db);
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
  const answers = await answersOf(tx, deliveryId);
  if (document.kind === 'response') {
    const own = answers.find(({ bytes }) => contentHash(bytes) === news.hash);
    if (own) {
      const { numAffectedRows } =
        await sql`update edi_answer set state = 'seen', settled_at = coalesce(settled_at, ${now}), error = null, dropping_at = null
        where ${thisRound(own)} and state in ('waiting', 'dropped', 'withdrawn')`.execute(tx);
      if (Number(numAffectedRows) === 1) await closeByRefusal(tx, own, news.now);
    } else
      await sql`update edi_answer set state = 'withdrawn', settled_at = ${now} where delivery_id = ${deliveryId} and state = 'waiting'`.execute(
        tx,
      );
    return;
  }
  const answer = answers.find(({ name }) => document.kind === 'notice' && document.fileName === name);
  if (document.kind !== 'notice' || document.ok || answer === undefined) return;
  const error = { code: 'edi.refused', text: document.text };
  await sql`update edi_answer set state = 'refused', settled_at = ${now}, error = ${JSON.stringify(error)}::jsonb,
    dropping_at = null where ${thisRound(answer)}`.execute(tx);
  // Only its copy had closed the order.
  if (answer.state === 'seen') await reopen(tx, answer, news.now, document.text);
}

/** Whether a file that passed is an answer that Pult wrote: it says what a person decided, and nothing of the accounting system. */
export const isOwnAnswer = async (db: Db, deliveryId: string, hash: string): Promise<boolean> =>
  (await answersOf(db, deliveryId)).some(({ bytes }) => contentHash(bytes) === hash);
