/** The comparison of a flow over a period, and its pairs by filter. */
import type { EndpointInput, EndpointReply } from '@pult/shared/contracts/endpoint';
import type { ShadowPeriod, shadowPairs, shadowReport } from '@pult/shared/contracts/migration';
import { lagColumns, summariseLags } from '@pult/shared/domain/migration/lag';
import { AppError } from '@pult/shared/errors/app-error';
import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';
import { startOfHouseDay } from './days.ts';
import { explainedCounts, explanationsOf } from './explanation-store.ts';
import { pairsWhere, type StoredPair } from './pair-store.ts';
import { type PairSight, pairsCsv, pairView } from './pair-view.ts';
import { histogramOf, oddFacts, stepCounts, waitingCount } from './report-store.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RECENT = 6;
const LAG_COLUMNS = 36;
const MOST_BARS = 60;
const EXPORT_LIMIT = 50_000;
const SHOWN = ['same', 'differs', 'only_old', 'only_bus'] as const;

export interface ReportQuery {
  readonly flowId: string;
  readonly period: ShadowPeriod;
  /** Begin of the comparison, ms; null before the first message. */
  readonly since: number | null;
  readonly now: number;
  readonly content: boolean;
}

/** Begin of the period, and the width of its bars. */
function spanOf({ period, since, now }: ReportQuery): { from: number; stepMs: number } {
  const hour = Math.floor(now / HOUR_MS) * HOUR_MS;
  // An hour that the comparison began in counts whole: its rollup has no parts.
  const begin = since === null ? now : Math.floor(since / HOUR_MS) * HOUR_MS;
  if (period === '24h') return { from: Math.max(begin, hour - 23 * HOUR_MS), stepMs: HOUR_MS };
  const from = period === '7d' ? Math.max(begin, startOfHouseDay(now) - 6 * DAY_MS) : begin;
  return { from, stepMs: DAY_MS };
}

export async function readReport(db: Db, query: ReportQuery): Promise<EndpointReply<typeof shadowReport>> {
  const { flowId, now, since } = query;
  const { from, stepMs } = spanOf(query);
  const span = { from, to: now + 1 };
  const [counts, lags, odd, waiting, explanations, recent] = await Promise.all([
    stepCounts(db, flowId, { ...span, stepMs }),
    histogramOf(db, flowId, { ...span, measure: 'lag' }),
    oddFacts(db, flowId, span),
    waitingCount(db, flowId),
    explanationsOf(db, flowId),
    since === null ? [] : pairsWhere(db, sql`flow_id = ${flowId} and at >= ${new Date(from)}`, RECENT),
  ]);
  const sight: PairSight = {
    content: query.content,
    explained: new Set(explanations.flatMap(({ field }) => (field === null ? [] : [field]))),
  };
  const covered = await explainedCounts(
    db,
    explanations.map(({ id }) => id),
  );
  const total = (of: (one: (typeof counts)[number]) => boolean): number =>
    counts.reduce((sum, one) => (of(one) ? sum + one.count : sum), 0);
  const first = stepMs === DAY_MS ? startOfHouseDay(from) : from;
  const steps = Array.from(
    { length: Math.min(MOST_BARS, Math.floor((now - first) / stepMs) + 1) },
    (_, index) => first + index * stepMs,
  );
  const example = await exampleOf(db, flowId, span);
  return {
    now: iso(now),
    from: iso(from),
    since: since === null ? null : iso(since),
    stepMs,
    steps: steps.map(iso),
    pairs: total(({ outcome }) => outcome !== 'neither'),
    waiting,
    neither: total(({ outcome }) => outcome === 'neither'),
    outcomes: SHOWN.map((outcome) => {
      const fact = odd.get(outcome);
      return {
        outcome,
        count: total((one) => one.outcome === outcome),
        unexplained: outcome === 'same' ? 0 : total((one) => one.outcome === outcome && !one.explained),
        bars: steps.map((at) => total((one) => one.outcome === outcome && one.at === at)),
        lastAt: fact ? iso(fact.lastAt) : null,
        why: explanations.find(({ id }) => id === fact?.why)?.reason ?? null,
      };
    }),
    lag: lagView(lags),
    example: example && pairView(example, sight),
    more: example ? await alike(db, flowId, { example, ...span }) : 0,
    recent: recent.map((pair) => pairView(pair, sight)),
    explanations: explanations.map(({ id, kind, field, number, outcome, date, reason, by, at }) => ({
      id,
      kind,
      field,
      number,
      outcome,
      date,
      reason,
      by,
      at: at.toISOString(),
      pairs: covered.get(id) ?? 0,
    })),
  };
}

const iso = (at: number): string => new Date(at).toISOString();

function lagView(lags: ReadonlyMap<number, number>): EndpointReply<typeof shadowReport>['lag'] {
  const summary = summariseLags(lags);
  return summary && { ...summary, columns: lagColumns(lags, LAG_COLUMNS) };
}

const within = ({ from, to }: { from: number; to: number }) => sql`at >= ${new Date(from)} and at < ${new Date(to)}`;

/** The newest difference without a reason, else the newest one. */
async function exampleOf(db: Db, flowId: string, span: { from: number; to: number }): Promise<StoredPair | null> {
  const differing = sql`flow_id = ${flowId} and outcome = 'differs' and ${within(span)}`;
  const [open] = await pairsWhere(db, sql`${differing} and explanation_id is null`, 1);
  return open ?? (await pairsWhere(db, differing, 1))[0] ?? null;
}

/** Others that differ in the first field of the example too. */
async function alike(
  db: Db,
  flowId: string,
  { example, ...span }: { example: StoredPair; from: number; to: number },
): Promise<number> {
  const field = example.differences[0]?.field;
  if (field === undefined) return 0;
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from shadow_pair
    where flow_id = ${flowId} and outcome = 'differs' and ${within(span)} and id <> ${example.id}
      and differences @> ${JSON.stringify([{ field }])}::jsonb
      ${example.explanationId === null ? sql`and explanation_id is null` : sql``}`.execute(db);
  return rows[0]?.count ?? 0;
}

type PairsFilter = Omit<EndpointInput<typeof shadowPairs>['query'], 'cursor' | 'limit'>;

function matching(flowId: string, filter: PairsFilter): RawBuilder<unknown> {
  const parts = [
    sql`flow_id = ${flowId}`,
    filter.outcome && sql`outcome = ${filter.outcome}`,
    filter.reason === 'with' && sql`explanation_id is not null`,
    filter.reason === 'without' && sql`explanation_id is null and outcome not in ('same', 'waiting')`,
    filter.field && sql`differences @> ${JSON.stringify([{ field: filter.field }])}::jsonb`,
    filter.q && sql`key_number = ${filter.q}`,
    filter.from && sql`at >= ${new Date(filter.from)}`,
    filter.to && sql`at < ${new Date(filter.to)}`,
  ].filter((part) => part !== undefined && part !== false && part !== '');
  return sql.join(parts as RawBuilder<unknown>[], sql` and `);
}

/** Place in the list: time in ms and id. @throws AppError `request.invalid` */
function placeOf(cursor: string): { at: number; id: string } {
  const [at = '', id = ''] = cursor.split('_');
  const ms = Number(at);
  if (!Number.isSafeInteger(ms) || Math.abs(ms) > 8.64e15 || !/^[0-9a-f-]{36}$/.test(id))
    throw new AppError('request.invalid', { issues: [{ path: 'query.cursor', code: 'custom', message: 'cursor' }] });
  return { at: ms, id };
}

export async function readPairs(
  db: Db,
  input: {
    flowId: string;
    filter: PairsFilter;
    cursor: string | undefined;
    limit: number;
    content: boolean;
    now: number;
  },
): Promise<EndpointReply<typeof shadowPairs>> {
  const place = input.cursor === undefined ? null : placeOf(input.cursor);
  const condition = sql`${matching(input.flowId, input.filter)}
    ${place === null ? sql`` : sql`and (at, id) < (${new Date(place.at)}::timestamptz, ${place.id}::uuid)`}`;
  const [rows, explanations] = await Promise.all([
    pairsWhere(db, condition, input.limit + 1),
    explanationsOf(db, input.flowId),
  ]);
  const page = rows.slice(0, input.limit);
  const last = page.at(-1);
  const explained = new Set(explanations.flatMap(({ field }) => (field === null ? [] : [field])));
  return {
    now: iso(input.now),
    rows: page.map((pair) => pairView(pair, { content: input.content, explained })),
    nextCursor: rows.length > input.limit && last ? `${last.at}_${last.id}` : null,
  };
}

export async function exportPairs(db: Db, flowId: string, filter: PairsFilter): Promise<string> {
  const [pairs, explanations] = await Promise.all([
    pairsWhere(db, matching(flowId, filter), EXPORT_LIMIT),
    explanationsOf(db, flowId),
  ]);
  return pairsCsv(pairs, (id) => explanations.find((one) => one.id === id)?.reason);
}
