import type { ApprovalSystem, DecisionDeliveryState, RejectReason } from '@pult/shared/contracts/approvals';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { Verdict } from './rules.ts';

/** Decisions, questions and what has to reach the systems. */

export interface DecisionRow {
  readonly id: string;
  readonly requestId: string;
  readonly verdict: Verdict;
  readonly decidedIn: 'pult' | 'ut' | 'elma';
  readonly byId: string | null;
  readonly byName: string | null;
  readonly byEmail: string | null;
  readonly at: Date;
  readonly recordedAt: Date;
  readonly reasonCode: RejectReason | null;
  readonly comment: string | null;
  readonly version: number;
  readonly undoUntil: Date | null;
  readonly undoneAt: Date | null;
  readonly undoneBy: { readonly id: string | null; readonly name: string; readonly email: string | null } | null;
  readonly undoneCause: 'person' | 'version' | null;
}

const DECISION_COLUMNS = sql.raw(`
  d.id, d.request_id as "requestId", d.verdict, d.decided_in as "decidedIn", d.by_id as "byId", d.by_name as "byName",
  d.by_email as "byEmail", d.at, d.recorded_at as "recordedAt", d.reason_code as "reasonCode", d.comment, d.version,
  d.undo_until as "undoUntil", d.undone_at as "undoneAt", d.undone_by as "undoneBy", d.undone_cause as "undoneCause"`);

/** Decisions of requests, oldest first, taken back ones included. */
export async function decisionsOf(db: Db, requestIds: readonly string[]): Promise<DecisionRow[]> {
  const { rows } = await sql<DecisionRow>`
    select ${DECISION_COLUMNS} from approval_decision d
    where d.request_id = any(${[...requestIds]}::uuid[]) order by d.recorded_at, d.id`.execute(db);
  return rows;
}

export async function decisionById(db: Db, id: string): Promise<DecisionRow | null> {
  const { rows } = await sql<DecisionRow>`
    select ${DECISION_COLUMNS} from approval_decision d where d.id = ${id}`.execute(db);
  return rows[0] ?? null;
}

export async function insertDecision(
  tx: Db,
  one: Omit<DecisionRow, 'undoneAt' | 'undoneBy' | 'undoneCause'>,
): Promise<void> {
  await sql`
    insert into approval_decision (id, request_id, verdict, decided_in, by_id, by_name, by_email, at, recorded_at,
      reason_code, comment, version, undo_until)
    values (${one.id}, ${one.requestId}, ${one.verdict}, ${one.decidedIn}, ${one.byId}, ${one.byName}, ${one.byEmail},
      ${one.at}, ${one.recordedAt}, ${one.reasonCode}, ${one.comment}, ${one.version}, ${one.undoUntil})`.execute(tx);
}

export async function takeDecisionBack(
  tx: Db,
  undo: { id: string; now: number; by: DecisionRow['undoneBy']; cause: 'person' | 'version' },
): Promise<void> {
  await sql`
    update approval_decision set undone_at = ${new Date(undo.now)}, undone_cause = ${undo.cause},
      undone_by = ${undo.by === null ? null : JSON.stringify(undo.by)}::jsonb
    where id = ${undo.id}`.execute(tx);
}

export interface QuestionRow {
  readonly id: string;
  readonly requestId: string;
  readonly text: string;
  readonly byId: string | null;
  readonly byName: string | null;
  readonly byEmail: string | null;
  readonly askedIn: 'pult' | 'elma';
  readonly at: Date;
  readonly elmaVersion: number | null;
  readonly answer: string | null;
  readonly answeredAt: Date | null;
}

const QUESTION_COLUMNS = sql.raw(`
  q.id, q.request_id as "requestId", q.text, q.by_id as "byId", q.by_name as "byName", q.by_email as "byEmail",
  q.asked_in as "askedIn", q.at, q.elma_version as "elmaVersion", q.answer, q.answered_at as "answeredAt"`);

/** Questions of a request, oldest first. */
export async function questionsOf(db: Db, requestId: string): Promise<QuestionRow[]> {
  const { rows } = await sql<QuestionRow>`
    select ${QUESTION_COLUMNS} from approval_question q where q.request_id = ${requestId} order by q.at, q.id`.execute(
    db,
  );
  return rows;
}

export async function questionById(db: Db, id: string): Promise<QuestionRow | null> {
  const { rows } = await sql<QuestionRow>`
    select ${QUESTION_COLUMNS} from approval_question q where q.id = ${id}`.execute(db);
  return rows[0] ?? null;
}

export async function insertQuestion(
  tx: Db,
  one: Omit<QuestionRow, 'elmaVersion' | 'answer' | 'answeredAt'>,
): Promise<void> {
  await sql`
    insert into approval_question (id, request_id, text, by_id, by_name, by_email, asked_in, at)
    values (${one.id}, ${one.requestId}, ${one.text}, ${one.byId}, ${one.byName}, ${one.byEmail}, ${one.askedIn},
      ${one.at})`.execute(tx);
}

export async function answerQuestion(tx: Db, id: string, answer: string | null, at: number): Promise<void> {
  await sql`
    update approval_question set answer = ${answer}, answered_at = ${new Date(at)} where id = ${id}`.execute(tx);
}

export async function noteQuestionDelivered(db: Db, id: string, elmaVersion: number): Promise<void> {
  await sql`update approval_question set elma_version = ${elmaVersion} where id = ${id}`.execute(db);
}

export interface OutboxRow {
  readonly id: number;
  readonly requestId: string;
  readonly subject: 'decision' | 'question';
  readonly subjectId: string;
  readonly system: ApprovalSystem;
  readonly state: DecisionDeliveryState;
  readonly attempts: number;
  readonly nextAt: Date | null;
  /** When it was let go to write; null: nothing of it can be in the system. */
  readonly sentAt: Date | null;
  readonly changedAt: Date;
  readonly errorCode: string | null;
  readonly errorText: string | null;
  readonly conflict: {
    readonly decision: string | null;
    readonly by: string | null;
    readonly at: string | null;
  } | null;
}

const OUTBOX_COLUMNS = sql.raw(`
  o.id, o.request_id as "requestId", o.subject, o.subject_id as "subjectId", o.system, o.state, o.attempts,
  o.next_at as "nextAt", o.sent_at as "sentAt", o.changed_at as "changedAt", o.error_code as "errorCode", o.error_text as "errorText",
  o.conflict`);

export async function insertOutbox(
  tx: Db,
  rows: {
    requestId: string;
    subject: OutboxRow['subject'];
    subjectId: string;
    systems: readonly ApprovalSystem[];
    nextAt: number;
    now: number;
  },
): Promise<void> {
  for (const system of rows.systems) {
    await sql`
      insert into approval_outbox (request_id, subject, subject_id, system, next_at, changed_at)
      values (${rows.requestId}, ${rows.subject}, ${rows.subjectId}, ${system}, ${new Date(rows.nextAt)},
        ${new Date(rows.now)})`.execute(tx);
  }
}

/** A delivery that was found to have arrived. */
export async function insertDelivered(
  tx: Db,
  row: Pick<OutboxRow, 'requestId' | 'subject' | 'subjectId' | 'system'> & { readonly now: number },
): Promise<void> {
  const at = new Date(row.now);
  await sql`
    insert into approval_outbox (request_id, subject, subject_id, system, state, sent_at, changed_at)
    values (${row.requestId}, ${row.subject}, ${row.subjectId}, ${row.system}, 'delivered', ${at}, ${at})`.execute(tx);
}

export async function outboxOf(
  db: Db,
  requestIds: readonly string[],
  options: { lock?: boolean } = {},
): Promise<OutboxRow[]> {
  const { rows } = await sql<OutboxRow>`
    select ${OUTBOX_COLUMNS} from approval_outbox o where o.request_id = any(${[...requestIds]}::uuid[])
    order by o.id ${options.lock === true ? sql`for update` : sql``}`.execute(db);
  return rows;
}

/** Stops deliveries of something that was taken back before any of them began. */
export async function closeOutbox(tx: Db, subjectId: string, now: number): Promise<void> {
  await sql`
    update approval_outbox set state = 'undone', next_at = null, leased_until = null, changed_at = ${new Date(now)}
    where subject_id = ${subjectId} and state in ('pending', 'failed')`.execute(tx);
}

/**
 * Takes deliveries whose time has come for one worker. A lease that ran out belongs to a process that died: its
 * attempt is closed as lost and the delivery is tried again, reading before it writes.
 */
export async function claimOutbox(
  tx: Db,
  claim: { now: number; leaseMs: number; limit: number; except: readonly string[] },
): Promise<OutboxRow[]> {
  const now = new Date(claim.now);
  const { rows } = await sql<OutboxRow>`
    with due as (
      select o.id from approval_outbox o
      where o.next_at <= ${now} and (o.leased_until is null or o.leased_until <= ${now})
        and not (o.system = any(${[...claim.except]}::text[]))
        -- A question under way must not arrive behind the decision.
        and not exists (select 1 from approval_outbox earlier where earlier.request_id = o.request_id
          and earlier.system = o.system and earlier.id < o.id and earlier.leased_until > ${now})
      order by o.next_at limit ${claim.limit} for update of o skip locked
    ), lost as (
      update approval_attempt a set ended_at = ${now}, outcome = 'lost'
      from due where a.outbox_id = due.id and a.ended_at is null
    )
    update approval_outbox o set state = 'delivering', attempts = o.attempts + 1, changed_at = ${now},
      leased_until = ${new Date(claim.now + claim.leaseMs)}
    from due where o.id = due.id
    returning ${OUTBOX_COLUMNS}`.execute(tx);
  for (const row of rows) {
    await sql`
      insert into approval_attempt (outbox_id, number, started_at) values (${row.id}, ${row.attempts}, ${now})`.execute(
      tx,
    );
  }
  return rows;
}

/** Says why nothing is tried while the circuit of a system is open; no attempt is counted. */
export async function postponeOutbox(
  db: Db,
  system: ApprovalSystem,
  until: { now: number; nextAt: number },
): Promise<void> {
  const now = new Date(until.now);
  await sql`
    update approval_outbox set state = 'failed', next_at = ${new Date(until.nextAt)}, changed_at = ${now},
      error_code = 'source.circuit_open', error_text = null
    where system = ${system} and next_at <= ${now} and leased_until is null`.execute(db);
}

/** Marks a delivery as sent, before its first write. @returns false when it has passed to another worker */
export async function noteSent(
  tx: Db,
  row: OutboxRow,
  note: { readonly now: number; readonly leaseMs: number },
): Promise<boolean> {
  const { rows } = await sql<{ id: number }>`
    update approval_outbox set sent_at = ${new Date(note.now)}, leased_until = ${new Date(note.now + note.leaseMs)}
    where id = ${row.id} and attempts = ${row.attempts} and state = 'delivering' returning id`.execute(tx);
  return rows.length > 0;
}

/** Keeps a delivery that is under way with its worker. */
export async function renewLease(
  db: Db,
  row: OutboxRow,
  lease: { readonly now: number; readonly leaseMs: number },
): Promise<void> {
  await sql`
    update approval_outbox set leased_until = ${new Date(lease.now + lease.leaseMs)}
    where id = ${row.id} and attempts = ${row.attempts} and state = 'delivering'`.execute(db);
}

/** Longer than a request whose answer was lost may still be on its way. */
const ON_ITS_WAY_MS = 2 * 60_000;

export interface AttemptEnd {
  readonly outcome: 'delivered' | 'failed' | 'conflict';
  readonly error: { readonly code: string; readonly text: string | null } | null;
  readonly conflict: OutboxRow['conflict'];
  readonly nextAt: number | null;
  /** The system was asked, and nothing of it was there. */
  readonly nothingThere: boolean;
  readonly now: number;
}

/** Ends an attempt. @returns false when the lease had passed to another worker, whose word counts then */
export async function endAttempt(tx: Db, row: OutboxRow, end: AttemptEnd): Promise<boolean> {
  const now = new Date(end.now);
  const { rows } = await sql<{ id: number }>`
    update approval_outbox set state = ${end.outcome}, leased_until = null, changed_at = ${now},
      next_at = ${end.nextAt === null ? null : new Date(end.nextAt)}, error_code = ${end.error?.code ?? null},
      error_text = ${end.error?.text ?? null},
      sent_at = case when ${end.nothingThere} and sent_at <= ${new Date(end.now - ON_ITS_WAY_MS)} then null
        else sent_at end,
      conflict = ${end.conflict === null ? null : JSON.stringify(end.conflict)}::jsonb
    where id = ${row.id} and attempts = ${row.attempts} and state = 'delivering' returning id`.execute(tx);
  if (rows.length === 0) return false;
  await sql`
    update approval_attempt set ended_at = ${now}, outcome = ${end.outcome}, error_code = ${end.error?.code ?? null},
      error_text = ${end.error?.text ?? null}
    where outbox_id = ${row.id} and number = ${row.attempts}`.execute(tx);
  return true;
}

export interface AttemptRow {
  readonly system: ApprovalSystem;
  readonly subject: 'decision' | 'question';
  readonly number: number;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
  readonly outcome: 'delivered' | 'failed' | 'conflict' | 'lost' | null;
  readonly errorCode: string | null;
  readonly errorText: string | null;
}

export async function attemptsOf(db: Db, requestId: string): Promise<AttemptRow[]> {
  const { rows } = await sql<AttemptRow>`
    select o.system, o.subject, a.number, a.started_at as "startedAt", a.ended_at as "endedAt", a.outcome,
      a.error_code as "errorCode", a.error_text as "errorText"
    from approval_attempt a join approval_outbox o on o.id = a.outbox_id
    where o.request_id = ${requestId} order by a.started_at, a.number limit 200`.execute(db);
  return rows;
}

/** Lets deliveries go on that were stopped. */
export async function reopenOutbox(tx: Db, subjectId: string, now: number): Promise<void> {
  const at = new Date(now);
  await sql`
    update approval_outbox set state = 'pending', next_at = ${at}, changed_at = ${at}
    where subject_id = ${subjectId} and state = 'undone'`.execute(tx);
}
