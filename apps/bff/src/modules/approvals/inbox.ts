import type { ApprovalRow, approvalsList } from '@pult/shared/contracts/approvals';
import type { EndpointInput, EndpointReply } from '@pult/shared/contracts/endpoint';
import { compareUrgency, INBOX_GROUPS } from '@pult/shared/domain/approval/inbox-group';
import { kopecksOf, roublesOf } from '@pult/shared/domain/approval/points';
import { AppError } from '@pult/shared/errors/app-error';
import { type RawBuilder, sql } from 'kysely';
import { z } from 'zod';
import type { Actor } from '../../platform/actor.ts';
import type { ApprovalContext } from './context.ts';
import { partsFor, rowView, sourcesView, todayEndsAt } from './row-view.ts';
import { REQUEST_COLUMNS, type RequestRow, undecided } from './store.ts';

type Query = EndpointInput<typeof approvalsList>['query'];
type Reply = EndpointReply<typeof approvalsList>;

const mayDecide = (actor: Actor): boolean => actor.kind === 'person' && actor.permissions.includes('approvals.decide');

/** Requests that a person has before them: not decided, not their own, and theirs to decide. */
export const isMine = (row: ApprovalRow, actor: Actor): boolean =>
  mayDecide(actor) && !row.ownRequest && row.state !== 'decided';

/** Undecided requests as rows, the most urgent first. */
export async function openRows(context: ApprovalContext, actor: Actor): Promise<ApprovalRow[]> {
  const now = context.clock.now();
  const requests = await undecided(context.db);
  const parts = await partsFor(context, requests, actor, now);
  const order = (row: ApprovalRow) => ({
    group: row.group,
    dueAt: row.clock.dueAt === null ? null : Date.parse(row.clock.dueAt),
    remainingMs: row.clock.remainingMs,
  });
  return requests
    .map((request) => rowView(request, parts))
    .filter((row) => row !== null)
    .toSorted((a, b) => compareUrgency(order(a), order(b)) || (a.id < b.id ? -1 : 1));
}

export async function listApprovals(context: ApprovalContext, query: Query, actor: Actor): Promise<Reply> {
  const open = await openRows(context, actor);
  const now = context.clock.now();
  const mine = open.filter((row) => isMine(row, actor));
  const waiting = open.filter(({ state }) => state === 'clarification');
  const counts = {
    mine: mine.length,
    all: open.length,
    waiting: waiting.length,
    decided: await decidedToday(context, actor, now),
  };
  const page =
    query.tab === 'decided'
      ? await decidedPage(context, query, actor)
      : openPage(
          { mine, all: open, waiting }[query.tab].filter((row) => fits(row, query)),
          query,
        );
  return {
    ...page,
    counts,
    segments: await segmentsOf(context),
    serverNow: new Date(now).toISOString(),
    sources: await sourcesView(context, context.db),
  };
}

const plain = (text: string): string => text.toLocaleLowerCase('ru').replaceAll('ё', 'е');

function fits(row: ApprovalRow, query: Query): boolean {
  if (query.kind !== undefined && row.kind !== query.kind) return false;
  if (query.minDeviation !== undefined && row.deviationMax < query.minDeviation) return false;
  if (query.segment !== undefined && row.customer.segment !== query.segment) return false;
  if (query.q === undefined || query.q === '') return true;
  const text = [row.document.number, row.customer.name, row.customer.inn ?? '', row.initiator.name].join(' ');
  return plain(text).includes(plain(query.q));
}

type Page = Pick<Reply, 'rows' | 'nextCursor' | 'total' | 'groups'>;

/** The queue is short and moves while it is read: its cursor is the place in it. */
function openPage(rows: readonly ApprovalRow[], query: Query): Page {
  const from = query.cursor === undefined ? 0 : Number(query.cursor);
  if (!Number.isSafeInteger(from) || from < 0) throw badCursor();
  const to = from + query.limit;
  const amount = rows.reduce((sum, row) => sum + (kopecksOf(row.amount ?? '0') ?? 0n), 0n);
  return {
    rows: rows.slice(from, to),
    nextCursor: to < rows.length ? String(to) : null,
    total: { count: rows.length, amount: roublesOf(amount) },
    groups: INBOX_GROUPS.map((group) => {
      const own = rows.filter((row) => row.group === group);
      const dues = own.map(({ clock }) => clock.dueAt).filter((at) => at !== null);
      return { group, count: own.length, lastDueAt: dues.toSorted().at(-1) ?? null };
    }).filter(({ count }) => count > 0),
  };
}

const badCursor = (): AppError =>
  new AppError('request.invalid', { issues: [{ path: 'query.cursor', code: 'custom', message: 'cursor' }] });

function decidedWhere(query: Query, actor: Actor): RawBuilder<unknown> {
  const conditions = [sql`r.state = 'decided'`];
  if (query.kind !== undefined) conditions.push(sql`r.kind = ${query.kind}`);
  if (query.minDeviation !== undefined)
    conditions.push(sql`r.deviation_max >= ${Math.round(query.minDeviation * 100)}`);
  if (query.segment !== undefined) conditions.push(sql`r.segment = ${query.segment}`);
  if (query.q !== undefined && query.q !== '') {
    const like = `%${query.q.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
    conditions.push(sql`(r.document_number || ' ' || r.customer_name || ' ' || coalesce(r.customer_inn, '') || ' '
      || r.initiator_name) ilike ${like}`);
  }
  if (query.decidedBy === 'me')
    conditions.push(sql`exists (select 1 from approval_decision d
      where d.id = r.decision_id and d.by_id = ${actor.kind === 'person' ? actor.userId : ''})`);
  return sql.join(conditions, sql` and `);
}

async function decidedPage(context: ApprovalContext, query: Query, actor: Actor): Promise<Page> {
  const where = decidedWhere(query, actor);
  const after = query.cursor === undefined ? null : cursorOf(query.cursor);
  const beyond = after === null ? sql`true` : sql`(r.decided_at, r.id) < (${after.at}, ${after.id}::uuid)`;
  const { rows } = await sql<RequestRow>`
    select ${REQUEST_COLUMNS} from approval_request r where ${where} and ${beyond}
    order by r.decided_at desc, r.id desc limit ${query.limit + 1}`.execute(context.db);
  const { rows: sums } = await sql<{ count: number; amount: string }>`
    select count(*) as count, coalesce(sum(r.amount), 0)::numeric(18, 2) as amount
    from approval_request r where ${where}`.execute(context.db);
  const page = rows.slice(0, query.limit);
  const parts = await partsFor(context, page, actor, context.clock.now());
  const last = page.at(-1);
  const count = sums[0]?.count ?? 0;
  return {
    rows: page.map((row) => rowView(row, parts)).filter((row) => row !== null),
    nextCursor: rows.length > query.limit && last?.decidedAt != null ? `${last.decidedAt.getTime()}.${last.id}` : null,
    total: { count, amount: sums[0]?.amount ?? '0.00' },
    groups: count === 0 ? [] : [{ group: 'decided', count, lastDueAt: null }],
  };
}

function cursorOf(cursor: string): { at: Date; id: string } {
  const [ms = '', id = ''] = cursor.split('.');
  const at = Number(ms);
  // The database has no such day as the ends of Date, and no id of 36 hyphens.
  if (!/^\d{1,13}$/.test(ms) || !z.uuid().safeParse(id).success) throw badCursor();
  return { at: new Date(at), id };
}

async function decidedToday(context: ApprovalContext, actor: Actor, now: number): Promise<number> {
  if (actor.kind !== 'person') return 0;
  const from = Temporal.Instant.fromEpochMilliseconds(todayEndsAt(now, context.sla.book.house.zone))
    .toZonedDateTimeISO(context.sla.book.house.zone)
    .subtract({ days: 1 }).epochMilliseconds;
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from approval_decision
    where by_id = ${actor.userId} and undone_at is null and at >= ${new Date(from)}`.execute(context.db);
  return rows[0]?.count ?? 0;
}

async function segmentsOf(context: ApprovalContext): Promise<string[]> {
  const { rows } = await sql<{ segment: string }>`
    select distinct segment from approval_request where segment is not null order by segment limit 100`.execute(
    context.db,
  );
  return rows.map(({ segment }) => segment);
}
