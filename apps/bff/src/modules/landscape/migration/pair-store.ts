/** Pairs and their rollups in PostgreSQL. A pair and what is counted of it change in one transaction. */

import { latencyBucket } from '@pult/shared/domain/metrics/latency-histogram';
import type { Difference } from '@pult/shared/domain/migration/compare';
import { lagBucket } from '@pult/shared/domain/migration/lag';
import type { Outcome } from '@pult/shared/domain/migration/pairing';
import { sql } from 'kysely';
import type { Db } from '../../../platform/db/database.ts';

/** A pair as it is kept; instants in ms. */
export interface StoredPair {
  readonly id: string;
  readonly type: string;
  readonly number: string;
  readonly at: number;
  readonly oldId: string | null;
  readonly busId: string | null;
  readonly oldVersion: number | null;
  readonly busVersion: number | null;
  readonly oldState: string | null;
  readonly busState: string | null;
  readonly oldAppliedAt: number | null;
  readonly busAppliedAt: number | null;
  readonly oldLatencyMs: number | null;
  readonly busLatencyMs: number | null;
  readonly outcome: Outcome;
  readonly dueAt: number | null;
  readonly differences: readonly Difference[];
  readonly differing: number;
  readonly equal: number;
  readonly explanationId: string | null;
  readonly rules: string;
}

interface PairRow extends Omit<StoredPair, 'at' | 'oldAppliedAt' | 'busAppliedAt' | 'dueAt'> {
  readonly at: Date;
  readonly oldAppliedAt: Date | null;
  readonly busAppliedAt: Date | null;
  readonly dueAt: Date | null;
}

export const PAIR_COLUMNS = sql`id, key_type as type, key_number as number, at, old_id as "oldId", bus_id as "busId",
  old_version as "oldVersion", bus_version as "busVersion", old_state as "oldState", bus_state as "busState",
  old_applied_at as "oldAppliedAt", bus_applied_at as "busAppliedAt", old_latency_ms as "oldLatencyMs",
  bus_latency_ms as "busLatencyMs", outcome, due_at as "dueAt", differences, differing, equal,
  explanation_id as "explanationId", rules`;

export const pairOf = (row: PairRow): StoredPair => ({
  ...row,
  at: row.at.getTime(),
  oldAppliedAt: row.oldAppliedAt?.getTime() ?? null,
  busAppliedAt: row.busAppliedAt?.getTime() ?? null,
  dueAt: row.dueAt?.getTime() ?? null,
});

/** Pairs by a condition, newest first. */
export async function pairsWhere(db: Db, condition: ReturnType<typeof sql>, limit: number): Promise<StoredPair[]> {
  const { rows } = await sql<PairRow>`
    select ${PAIR_COLUMNS} from shadow_pair where ${condition} order by at desc, id desc limit ${limit}`.execute(db);
  return rows.map(pairOf);
}

/** Every pair of these document numbers, and those of other numbers that hold one of these deliveries. */
export async function pairsAbout(
  db: Db,
  flowId: string,
  about: { numbers: readonly string[]; oldIds: readonly string[]; busIds: readonly string[] },
): Promise<StoredPair[]> {
  const { rows } = await sql<PairRow>`
    select ${PAIR_COLUMNS} from shadow_pair where flow_id = ${flowId} and (key_number = any(${[...about.numbers]}::text[])
      or old_id = any(${[...about.oldIds]}::uuid[]) or bus_id = any(${[...about.busIds]}::uuid[]))`.execute(db);
  return rows.map(pairOf);
}

/** Which of these deliveries, as they are now, stand in a pair that knows them so. */
export async function knownSides(
  db: Db,
  query: { flowId: string; rules: string; side: 'old' | 'bus'; ids: readonly string[] },
): Promise<Map<string, number>> {
  const [id, version] = query.side === 'old' ? ['old_id', 'old_version'] : ['bus_id', 'bus_version'];
  const { rows } = await sql<{ id: string; version: number }>`
    select ${sql.ref(id)} as id, ${sql.ref(version)} as version from shadow_pair
    where flow_id = ${query.flowId} and rules = ${query.rules} and ${sql.ref(id)} = any(${[...query.ids]}::uuid[])`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.id, row.version]));
}

/** Numbers of pairs whose wait is over. */
export async function overdueNumbers(db: Db, flowId: string, range: { now: number; limit: number }): Promise<string[]> {
  const { rows } = await sql<{ number: string }>`
    select distinct key_number as number from (
      select key_number from shadow_pair where flow_id = ${flowId} and outcome = 'waiting' and due_at <= ${new Date(range.now)}
      order by due_at limit ${range.limit}) as due`.execute(db);
  return rows.map(({ number }) => number);
}

/**
 * Takes away what was still waited for when the comparison ended: nobody judges it any more, and it would be taken for
 * something overdue for ever. Waiting pairs count nowhere yet. Of a comparison that runs (`since` its begin, ms) the pairs
 * stay that it judges itself; `since` null: none does.
 * @returns how many
 */
export async function dropLeftWaiting(
  tx: Db,
  flowId: string,
  running: { since: number | null; waitMs: number },
): Promise<number> {
  const { since, waitMs } = running;
  // A message of both channels is compared also when it came just before the begin, a half of one is not.
  const left =
    since === null
      ? sql``
      : sql`and (at < ${new Date(since - waitMs)}
          or (at < ${new Date(since)} and (old_id is null or bus_id is null)))`;
  const { numAffectedRows } = await sql`
    delete from shadow_pair where flow_id = ${flowId} and outcome = 'waiting' ${left}`.execute(tx);
  return Number(numAffectedRows ?? 0n);
}

/** Pairs whose wait was over at `at`, ms, and which no round has judged: how many, and the first news of the oldest. */
export async function unjudgedPairs(
  db: Db,
  flowId: string,
  at: number,
): Promise<{ count: number; oldestAt: number | null }> {
  const { rows } = await sql<{ count: number; oldestAt: Date | null }>`
    select count(*)::int as count, min(at) as "oldestAt" from shadow_pair
    where flow_id = ${flowId} and outcome = 'waiting' and due_at <= ${new Date(at)}`.execute(db);
  return { count: rows[0]?.count ?? 0, oldestAt: rows[0]?.oldestAt?.getTime() ?? null };
}

/** Pairs of a comparison in the order of their ids, behind one of them. */
export async function pairsAfter(db: Db, flowId: string, after: string | null, limit: number): Promise<StoredPair[]> {
  const { rows } = await sql<PairRow>`
    select ${PAIR_COLUMNS} from shadow_pair
    where flow_id = ${flowId} and (${after}::uuid is null or id > ${after}::uuid) order by id limit ${limit}`.execute(
    db,
  );
  return rows.map(pairOf);
}

export interface PairChange {
  readonly was: StoredPair | null;
  readonly is: StoredPair | null;
}

/** Writes changes of pairs and moves the rollups by what they change. */
export async function applyChanges(tx: Db, flowId: string, changes: readonly PairChange[]): Promise<void> {
  if (changes.length === 0) return;
  // Changed rows are written anew: two pairs that exchange their partners would meet in the unique indexes otherwise.
  const gone = changes.flatMap(({ was }) => (was ? [was.id] : []));
  if (gone.length > 0) await sql`delete from shadow_pair where id = any(${gone}::uuid[])`.execute(tx);
  const rows = changes.flatMap(({ is }) => (is ? [rowOf(is)] : []));
  if (rows.length > 0)
    await sql`
      insert into shadow_pair (id, flow_id, key_type, key_number, at, old_id, bus_id, old_version, bus_version, old_state,
        bus_state, old_applied_at, bus_applied_at, old_latency_ms, bus_latency_ms, outcome, due_at, differences, differing,
        equal, explanation_id, rules)
      select id, ${flowId}, key_type, key_number, at, old_id, bus_id, old_version, bus_version, old_state, bus_state,
        old_applied_at, bus_applied_at, old_latency_ms, bus_latency_ms, outcome, due_at, differences, differing, equal,
        explanation_id, rules
      from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, key_type text, key_number text, at timestamptz,
        old_id uuid, bus_id uuid, old_version int, bus_version int, old_state text, bus_state text,
        old_applied_at timestamptz, bus_applied_at timestamptz, old_latency_ms bigint, bus_latency_ms bigint, outcome text,
        due_at timestamptz, differences jsonb, differing int, equal int, explanation_id uuid, rules text)`.execute(tx);
  await moveRollups(tx, flowId, changes);
}

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString());

const rowOf = (pair: StoredPair) => ({
  id: pair.id,
  key_type: pair.type,
  key_number: pair.number,
  at: iso(pair.at),
  old_id: pair.oldId,
  bus_id: pair.busId,
  old_version: pair.oldVersion,
  bus_version: pair.busVersion,
  old_state: pair.oldState,
  bus_state: pair.busState,
  old_applied_at: iso(pair.oldAppliedAt),
  bus_applied_at: iso(pair.busAppliedAt),
  old_latency_ms: pair.oldLatencyMs,
  bus_latency_ms: pair.busLatencyMs,
  outcome: pair.outcome,
  due_at: iso(pair.dueAt),
  differences: pair.differences,
  differing: pair.differing,
  equal: pair.equal,
  explanation_id: pair.explanationId,
  rules: pair.rules,
});

const HOUR_MS = 3_600_000;

type Move = readonly [table: 'hour' | 'histogram', hour: string, name: string, part: string];

/** What a pair counts as: nothing while it waits for its second side. */
function countedAs(pair: StoredPair | null): Move[] {
  if (pair === null || pair.outcome === 'waiting') return [];
  const hour = new Date(Math.floor(pair.at / HOUR_MS) * HOUR_MS).toISOString();
  const moves: Move[] = [['hour', hour, pair.outcome, String(pair.explanationId !== null)]];
  const { oldAppliedAt, busAppliedAt, oldLatencyMs, busLatencyMs } = pair;
  // Only what both channels brought: a channel that loses slow messages must not look fast.
  if (oldAppliedAt === null || busAppliedAt === null) return moves;
  moves.push(['histogram', hour, 'lag', String(lagBucket(busAppliedAt - oldAppliedAt))]);
  if (oldLatencyMs !== null) moves.push(['histogram', hour, 'old', String(latencyBucket(oldLatencyMs))]);
  if (busLatencyMs !== null) moves.push(['histogram', hour, 'bus', String(latencyBucket(busLatencyMs))]);
  return moves;
}

async function moveRollups(tx: Db, flowId: string, changes: readonly PairChange[]): Promise<void> {
  const sums = new Map<string, { move: Move; by: number }>();
  const add = (move: Move, by: number): void => {
    const key = move.join('\u0000');
    sums.set(key, { move, by: (sums.get(key)?.by ?? 0) + by });
  };
  for (const { was, is } of changes) {
    for (const move of countedAs(was)) add(move, -1);
    for (const move of countedAs(is)) add(move, 1);
  }
  const moved = [...sums.values()].filter(({ by }) => by !== 0);
  const of = (table: Move[0]) =>
    JSON.stringify(
      moved
        .filter(({ move }) => move[0] === table)
        .map(({ move: [, hour, name, part], by }) => ({ hour, name, part, by })),
    );
  await sql`
    insert into shadow_hour as h (flow_id, hour, outcome, explained, count)
    select ${flowId}, hour, name, part::boolean, by
    from jsonb_to_recordset(${of('hour')}::jsonb) as r (hour timestamptz, name text, part text, by int)
    on conflict (flow_id, hour, outcome, explained) do update set count = h.count + excluded.count`.execute(tx);
  await sql`
    insert into shadow_histogram as h (flow_id, hour, measure, bucket, count)
    select ${flowId}, hour, name, part::smallint, by
    from jsonb_to_recordset(${of('histogram')}::jsonb) as r (hour timestamptz, name text, part text, by int)
    on conflict (flow_id, hour, measure, bucket) do update set count = h.count + excluded.count`.execute(tx);
}
