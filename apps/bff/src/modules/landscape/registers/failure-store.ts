/** What became of register problems that are failures: told or not, and whether their end is known. */
import type { ExchangeProblemKind } from '@pult/shared/contracts/exchange-registers';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

const at = (ms: number): Date => new Date(ms);

export interface UntoldProblem {
  readonly id: string;
  readonly flowId: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly kind: ExchangeProblemKind;
  readonly type: string | null;
  readonly metadata: string;
  readonly objectType: string | null;
  readonly ref: string | null;
  readonly number: string | null;
  readonly documentAt: Date | null;
  readonly reason: string;
  readonly raisedAt: Date;
}

/** Open problems of mapped nodes whose failure was not folded since they last arose, oldest first. */
export async function untoldProblems(db: Db, systemId: string, limit: number): Promise<UntoldProblem[]> {
  const { rows } = await sql<UntoldProblem>`
    select id, flow_id as "flowId", consumer, message_id as "messageId", kind, type, metadata, object_type as "objectType",
      object_ref as ref, number,
      document_at as "documentAt", reason, raised_at as "raisedAt"
    from exchange_problem
    where system_id = ${systemId} and flow_id is not null and gone_at is null and not skipped
      and told_at is distinct from raised_at
    order by raised_at, id limit ${limit}`.execute(db);
  return rows;
}

/** Notes what was folded; a problem that arose again in between stays to be told. */
export async function markTold(
  db: Db,
  told: readonly { readonly id: string; readonly raisedAt: Date; readonly deliveryId: string | null }[],
): Promise<void> {
  const rows = told.map((one) => ({ ...one, raisedAt: one.raisedAt.toISOString() }));
  await sql`
    update exchange_problem p set told_at = r."raisedAt", delivery_id = r."deliveryId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, "raisedAt" timestamptz, "deliveryId" uuid)
    where p.id = r.id`.execute(db);
}

export interface Vanished {
  readonly id: string;
  readonly deliveryId: string;
  /** How often the target was asked, this time included. */
  readonly asked: number;
}

/** Takes problems that the base lists no more or skips and whose target is to be asked now; others leave them meanwhile. */
export async function claimVanished(
  db: Db,
  systemId: string,
  { now, busyMs, limit }: { readonly now: number; readonly busyMs: number; readonly limit: number },
): Promise<Vanished[]> {
  const { rows } = await sql<Vanished>`
    update exchange_problem set ask_at = ${at(now + busyMs)}, asked = asked + 1
    where id in (
      select id from exchange_problem
      where system_id = ${systemId} and delivery_id is not null and settled_at is null and (gone_at is not null or skipped)
        and (ask_at is null or ask_at <= ${at(now)})
      order by ask_at nulls first, id limit ${limit} for update skip locked)
    returning id, delivery_id as "deliveryId", asked`.execute(db);
  return rows;
}

export async function postponeAsking(db: Db, id: string, until: number): Promise<void> {
  await sql`update exchange_problem set ask_at = ${at(until)} where id = ${id}`.execute(db);
}

/** @returns false when it was settled already, or the base lists the problem again */
export async function markSettled(db: Db, id: string, now: number): Promise<boolean> {
  const { rows } = await sql`
    update exchange_problem set settled_at = ${at(now)}
    where id = ${id} and settled_at is null and (gone_at is not null or skipped) returning id`.execute(db);
  return rows.length > 0;
}
