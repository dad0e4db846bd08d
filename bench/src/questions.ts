/** The questions that people and screens ask of the deliveries, by kind. Each answers a path of the API. */
import type { Session } from './session.ts';

const DAY_MS = 86_400_000;

export interface Question {
  readonly kind: string;
  /** Address of the n-th request of this kind. */
  readonly path: (n: number) => string;
  /** Other bar than that of lists. */
  readonly bar?: { readonly p95: number; readonly p99: number };
}

interface Row {
  readonly id: string;
  readonly key: { readonly number: string };
  readonly counterparty: { readonly name: string; readonly inn: string | null } | null;
  readonly causeId: string | null;
}
interface Page {
  readonly rows: Row[];
  readonly nextCursor: string | null;
}

const FLOWS = ['site-orders', 'ut-bp-sales', 'ut-elma-approvals', 'ut-site-prices-stock'];
const STATES = ['failed', 'in_doubt', 'applied', 'accepted,sent,delivered', 'failed,in_doubt'];
const CLASSES = ['transport', 'authorisation', 'validation', 'business', 'mapping', 'capacity', 'unknown'];
const FRAGMENTS = ['электро', 'кабельный дом 1', 'кузнецов 3', 'светотехника 42', 'ооо', 'энергосбыт 777'];

/** Reads what the questions need (documents, causes, deep places) through the API itself. */
export async function questionsOf(session: Session): Promise<Question[]> {
  const now = Date.now();
  // Whole minutes, as the console asks.
  const ago = (days: number): string => new Date(Math.floor((now - days * DAY_MS) / 60_000) * 60_000).toISOString();
  const list = (query: Record<string, string | number>): string =>
    `/api/messages?${new URLSearchParams({ limit: '50', ...Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)])) })}`;
  const of = <T>(values: readonly T[], n: number): T => values[n % values.length] as T;
  // Documents all over the 90 days, and cursors in the middle of the list: a cursor is a place, whatever page it came from.
  const places = await Promise.all(
    Array.from({ length: 16 }, (_, n) => session.get<Page>(list({ to: ago(2 + n * 5.4), limit: 20 }))),
  );
  const rows = places.flatMap((page) => page.rows).filter(({ counterparty }) => counterparty !== null);
  const cursors = places.flatMap(({ nextCursor }) => (nextCursor === null ? [] : [nextCursor]));
  const failed = (await session.get<Page>(list({ state: 'failed', limit: 200 }))).rows;
  const causes = [...new Set(failed.flatMap(({ causeId }) => (causeId === null ? [] : [causeId])))];
  const failedPlaces = await Promise.all(
    [20, 40, 60, 80].map((days) => session.get<Page>(list({ state: 'failed', to: ago(days) }))),
  );
  const failedCursors = failedPlaces.flatMap(({ nextCursor }) => (nextCursor === null ? [] : [nextCursor]));
  if (rows.length === 0 || causes.length === 0 || cursors.length === 0) throw new Error('the database is empty');
  const inn = (n: number): string => of(rows, n * 7).counterparty?.inn ?? '6600';
  const number = (n: number): string => of(rows, n * 11).key.number;
  const range = (n: number): { from: string; to: string } => {
    const start = (n * 13) % 88;
    return { from: ago(start + of([0.04, 0.25, 1, 7], n)), to: ago(start) };
  };
  const compared = `from=${ago(30)}&to=${ago(0)}&compareFrom=${ago(60)}&compareTo=${ago(30)}`;

  return [
    { kind: 'list: newest', path: () => list({}) },
    { kind: 'list: oldest first', path: () => list({ sort: 'oldest' }) },
    { kind: 'list: page in the depth', path: (n) => list({ cursor: of(cursors, n) }) },
    { kind: 'list: failed, page in the depth', path: (n) => list({ state: 'failed', cursor: of(failedCursors, n) }) },
    { kind: 'list: one flow', path: (n) => list({ flow: of(FLOWS, n) }) },
    { kind: 'list: one flow, page in the depth', path: (n) => list({ flow: of(FLOWS, n), cursor: of(cursors, n) }) },
    { kind: 'list: states', path: (n) => list({ state: of(STATES, n) }) },
    { kind: 'list: flow and states', path: (n) => list({ flow: of(FLOWS, n), state: of(STATES, n >> 2) }) },
    { kind: 'list: stuck', path: () => list({ stuck: 'true' }) },
    { kind: 'list: cause', path: (n) => list({ cause: of(causes, n) }) },
    {
      kind: 'list: ever failed by cause',
      path: (n) => list({ cause: of(causes, n), timeField: 'failed', ...range(n) }),
    },
    { kind: 'list: error class', path: (n) => list({ errorClass: of(CLASSES, n) }) },
    {
      kind: 'list: ever failed by class',
      path: (n) => list({ errorClass: of(CLASSES, n), timeField: 'failed', ...range(n) }),
    },
    {
      kind: 'list: time range',
      path: (n) => list({ timeField: of(['accepted', 'applied', 'failed', 'state'], n), ...range(n) }),
    },
    { kind: 'list: amount at least', path: (n) => list({ minAmount: of([1_000, 20_000, 45_000, 49_900], n) }) },
    {
      kind: 'list: by amount, failed',
      path: (n) => list({ sort: 'amount', state: of(['failed', 'failed,in_doubt'], n) }),
    },
    { kind: 'list: by amount', path: (n) => list({ sort: 'amount', ...(n % 2 ? { flow: of(FLOWS, n >> 1) } : {}) }) },
    { kind: 'search: whole number', path: (n) => list({ q: number(n) }) },
    { kind: 'search: part of a number', path: (n) => list({ q: number(n).slice(-6) }) },
    { kind: 'search: ИНН', path: (n) => list({ q: inn(n) }) },
    { kind: 'search: part of an ИНН', path: (n) => list({ q: inn(n).slice(0, 8) }) },
    { kind: 'search: counterparty', path: (n) => list({ q: of(FRAGMENTS, n) }) },
    { kind: 'search: two letters', path: (n) => list({ q: of(['ип', '42', 'ук', 'зк'], n) }) },
    { kind: 'search: nothing found', path: (n) => list({ q: `нет такого ${n}` }) },
    {
      kind: 'search: with filters',
      path: (n) => list({ q: of(FRAGMENTS, n), state: of(STATES, n >> 1), flow: of(FLOWS, n >> 2) }),
    },
    { kind: 'search: in the palette', path: (n) => `/api/search?q=${encodeURIComponent(n % 2 ? number(n) : inn(n))}` },
    { kind: 'list: any combination', path: (n) => list(combination(n, range(n))) },
    { kind: 'summary: tabs', path: () => '/api/messages/summary' },
    { kind: 'summary: filtered', path: (n) => `/api/messages/summary?${query(combination(n, range(n)))}` },
    { kind: 'volume: last day', path: () => '/api/messages/volume?buckets=96' },
    {
      kind: 'volume: a week, one flow',
      path: (n) => `/api/messages/volume?buckets=96&flow=${of(FLOWS, n)}&from=${ago(7)}`,
    },
    { kind: 'volume: 90 days', path: () => `/api/messages/volume?buckets=96&from=${ago(90)}` },
    {
      kind: 'volume: filtered',
      path: (n) => `/api/messages/volume?${query({ ...combination(n, range(n)), buckets: '96' })}`,
    },
    { kind: 'causes: open', path: () => '/api/messages/causes' },
    { kind: 'causes: filtered', path: (n) => `/api/messages/causes?${query(combination(n, range(n)))}` },
    { kind: 'causes: one', path: (n) => `/api/messages/causes/${of(causes, n)}` },
    { kind: 'message page', path: (n) => `/api/messages/${of(rows, n * 3).id}` },
    { kind: 'message page, failed', path: (n) => `/api/messages/${of(failed, n).id}` },
    { kind: 'message payload', path: (n) => `/api/messages/${of(rows, n * 5).id}/payload` },
    { kind: 'overview', path: () => '/api/landscape/overview' },
    { kind: 'overview: flow', path: (n) => `/api/landscape/flows/${of(FLOWS, n)}` },
    { kind: 'overview: day', path: () => '/api/landscape/day' },
    { kind: 'counters', path: () => '/api/counters' },
    {
      kind: 'analytics: flows, 90 days',
      path: () => `/api/analytics/flows?from=${ago(90)}&to=${ago(0)}`,
      bar: { p95: 200, p99: 300 },
    },
    {
      kind: 'analytics: flows, 30 days compared',
      path: () => `/api/analytics/flows?${compared}`,
      bar: { p95: 200, p99: 300 },
    },
    {
      kind: 'analytics: failures, 90 days',
      path: () => `/api/analytics/failures?from=${ago(90)}&to=${ago(0)}`,
      bar: { p95: 200, p99: 300 },
    },
  ];
}

const query = (filter: Record<string, string>): string => new URLSearchParams(filter).toString();

/** The n-th combination of filters: every part is present in about half of them, in all pairings. */
function combination(n: number, range: { from: string; to: string }): Record<string, string> {
  // A linear congruential step: its high bits decide, so neighbours differ in many parts.
  const bits = Math.imul(n + 1, 0x9e3779b1) >>> 0;
  const on = (place: number): boolean => ((bits >>> place) & 1) === 1;
  const of = <T>(values: readonly T[], place: number): T => values[(bits >>> place) % values.length] as T;
  return {
    ...(on(31) ? { flow: of(FLOWS, 3) } : {}),
    ...(on(30) ? { state: of(STATES, 5) } : {}),
    ...(on(29) ? { ...range, timeField: of(['accepted', 'applied', 'failed', 'state'], 7) } : {}),
    ...(on(28) && on(27) ? { errorClass: of(CLASSES, 9) } : {}),
    ...(on(26) && on(25) ? { minAmount: of(['1000', '20000', '45000'], 11) } : {}),
    ...(on(24) && on(23) ? { q: of(FRAGMENTS, 13) } : {}),
    ...(on(22) && on(21) && on(20) ? { consumer: of(['ut', 'bp', 'elma', 'site'], 15) } : {}),
  };
}
