/** Rows of mutes and maintenance windows. */
import type { QuietKind, QuietSpan, QuietTarget } from '@pult/shared/domain/quiet/quiet';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

/** A period as it is kept; instants in ms since the epoch. */
export interface StoredQuiet extends QuietSpan {
  readonly id: string;
  readonly kind: QuietKind;
  readonly target: QuietTarget;
  readonly reason: string;
  readonly endedBy: string | null;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly version: number;
}

interface Row {
  readonly id: string;
  readonly kind: QuietKind;
  readonly target_kind: QuietTarget['kind'];
  readonly target_id: string;
  readonly reason: string;
  readonly from_at: Date;
  readonly until_at: Date;
  readonly weekly: boolean;
  readonly weekly_until: Date | null;
  readonly resumed_at: Date | null;
  readonly ended_at: Date | null;
  readonly ended_by: string | null;
  readonly created_at: Date;
  readonly created_name: string;
  readonly version: number;
}

const COLUMNS = sql`id, kind, target_kind, target_id, reason, from_at, until_at, weekly, weekly_until, resumed_at, ended_at, ended_by,
  created_at, created_name, version`;
const at = (ms: number | null): Date | null => (ms === null ? null : new Date(ms));
const ms = (date: Date | null): number | null => date?.getTime() ?? null;

const quietOf = (row: Row): StoredQuiet => ({
  id: row.id,
  kind: row.kind,
  target: { kind: row.target_kind, id: row.target_id },
  reason: row.reason,
  fromAt: row.from_at.getTime(),
  untilAt: row.until_at.getTime(),
  weekly: row.weekly,
  weeklyUntilAt: ms(row.weekly_until),
  resumedAt: ms(row.resumed_at),
  endedAt: ms(row.ended_at),
  endedBy: row.ended_by,
  createdAt: row.created_at.getTime(),
  createdBy: row.created_name,
  version: row.version,
});

/** Periods that may hold at `now` or later. */
export async function liveQuiet(db: Db, now: number): Promise<StoredQuiet[]> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from quiet_period
    where ended_at is null and (until_at > ${at(now)} or (weekly and (weekly_until is null or weekly_until > ${at(now)})))
    order by created_at desc, id desc`.execute(db);
  return rows.map(quietOf);
}

/** Planned works that held after a moment or may have. */
export async function worksSince(db: Db, since: number): Promise<StoredQuiet[]> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from quiet_period
    where kind = 'maintenance' and (ended_at is null or ended_at > ${at(since)})
      and (until_at > ${at(since)} or (weekly and (weekly_until is null or weekly_until > ${at(since)})))`.execute(db);
  return rows.map(quietOf);
}

/** The newest periods that hold no more. */
export async function endedQuiet(db: Db, { now, limit }: { now: number; limit: number }): Promise<StoredQuiet[]> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from quiet_period
    where ended_at is not null or (until_at <= ${at(now)} and (not weekly or weekly_until <= ${at(now)}))
    order by created_at desc, id desc limit ${limit}`.execute(db);
  return rows.map(quietOf);
}

/** The period under its row lock; null when there is none. */
export async function lockQuiet(tx: Db, id: string): Promise<StoredQuiet | null> {
  const { rows } = await sql<Row>`select ${COLUMNS} from quiet_period where id = ${id} for update`.execute(tx);
  return rows[0] ? quietOf(rows[0]) : null;
}

/** Closes mutes of a target that ran out by themselves, so that a new one may begin. */
export async function closeExpired(tx: Db, target: QuietTarget, now: number): Promise<void> {
  await sql`
    update quiet_period set ended_at = until_at where kind = 'mute' and target_kind = ${target.kind} and target_id = ${target.id}
      and ended_at is null and until_at <= ${at(now)}`.execute(tx);
}

/** The mute that holds a target or will; null when there is none. */
export async function openMute(tx: Db, target: QuietTarget): Promise<StoredQuiet | null> {
  const { rows } = await sql<Row>`
    select ${COLUMNS} from quiet_period
    where kind = 'mute' and target_kind = ${target.kind} and target_id = ${target.id} and ended_at is null`.execute(tx);
  return rows[0] ? quietOf(rows[0]) : null;
}

/** @returns false when another mute of the same target is there already */
export async function insertQuiet(tx: Db, quiet: StoredQuiet, createdBy: string): Promise<boolean> {
  const { rows } = await sql`
    insert into quiet_period (id, kind, target_kind, target_id, reason, from_at, until_at, weekly, weekly_until, created_at,
      created_by, created_name)
    values (${quiet.id}, ${quiet.kind}, ${quiet.target.kind}, ${quiet.target.id}, ${quiet.reason}, ${at(quiet.fromAt)},
      ${at(quiet.untilAt)}, ${quiet.weekly}, ${at(quiet.weeklyUntilAt)}, ${at(quiet.createdAt)}, ${createdBy}, ${quiet.createdBy})
    on conflict do nothing returning id`.execute(tx);
  return rows.length > 0;
}

export async function updateQuiet(tx: Db, quiet: StoredQuiet): Promise<void> {
  await sql`
    update quiet_period set reason = ${quiet.reason}, until_at = ${at(quiet.untilAt)}, resumed_at = ${at(quiet.resumedAt)},
      ended_at = ${at(quiet.endedAt)}, ended_by = ${quiet.endedBy}, version = ${quiet.version} where id = ${quiet.id}`.execute(
    tx,
  );
}
