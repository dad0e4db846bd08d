/** The periodic comparison: one instance at a time, bounded in each round, able to be cut off anywhere. */
import { isCompared, type Stage } from '@pult/shared/domain/migration/stages';
import { sql } from 'kysely';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { explanationsOf, ruleOf } from './explanation-store.ts';
import { knownSides, overdueNumbers } from './pair-store.ts';
import type { MigrationPlan } from './plans.ts';
import type { Side, SideCursor, Sides } from './ports.ts';
import { reconcile } from './reconcile.ts';

/** Young deliveries of a channel that are looked at in every round. */
const FRESH = 2_000;
/** Deliveries of a channel that the slow walk over everything passes in a round: facts may come late. */
const WALKED = 3_000;
const OVERDUE = 500;
/** Document numbers that are brought up to date in one transaction. */
const NUMBERS_AT_ONCE = 500;
const FRESH_MARGIN_MS = 5 * 60_000;
/** Nothing older is compared: the first round over a long past must end. */
const LONGEST_MS = 60 * 86_400_000;

/** Any constant of its own: class of the advisory locks of comparisons. */
const LOCK_CLASS = 7_202_658;

/** Waits for the comparison of a flow to be ours until the transaction ends. */
export async function lockComparison(tx: Db, flowId: string): Promise<void> {
  await sql`select pg_advisory_xact_lock(${LOCK_CLASS}, hashtext(${flowId}))`.execute(tx);
}

async function tryLock(tx: Db, flowId: string): Promise<boolean> {
  const { rows } = await sql<{ got: boolean }>`
    select pg_try_advisory_xact_lock(${LOCK_CLASS}, hashtext(${flowId})) as got`.execute(tx);
  return rows[0]?.got === true;
}

export interface Progress {
  readonly firstAt: number | null;
  readonly walkedOld: SideCursor | null;
  readonly walkedBus: SideCursor | null;
  readonly comparedAt: number;
}

export async function progressOf(db: Db, flowId: string): Promise<Progress | null> {
  const { rows } = await sql<{
    firstAt: Date | null;
    walkedOld: SideCursor | null;
    walkedBus: SideCursor | null;
    comparedAt: Date;
  }>`
    select first_at as "firstAt", walked_old as "walkedOld", walked_bus as "walkedBus", compared_at as "comparedAt"
    from shadow_progress where flow_id = ${flowId}`.execute(db);
  const [row] = rows;
  return row ? { ...row, firstAt: row.firstAt?.getTime() ?? null, comparedAt: row.comparedAt.getTime() } : null;
}

async function saveProgress(tx: Db, flowId: string, progress: Progress): Promise<void> {
  const json = (cursor: SideCursor | null): string | null => (cursor === null ? null : JSON.stringify(cursor));
  const first = progress.firstAt === null ? null : new Date(progress.firstAt);
  await sql`
    insert into shadow_progress (flow_id, first_at, walked_old, walked_bus, compared_at)
    values (${flowId}, ${first}, ${json(progress.walkedOld)}::jsonb, ${json(progress.walkedBus)}::jsonb,
      ${new Date(progress.comparedAt)})
    on conflict (flow_id) do update set first_at = excluded.first_at, walked_old = excluded.walked_old,
      walked_bus = excluded.walked_bus, compared_at = excluded.compared_at`.execute(tx);
}

export interface RoundDeps {
  readonly db: Db;
  readonly sides: Sides;
}

/** Where the comparison of a flow stands: its stage, and since when a person wants it; null = since the bus carries anything. */
export interface ComparedStage {
  readonly stage: Stage;
  readonly comparedSince: number | null;
}

/** @returns how many pairs changed; 0 when another instance compares or there is nothing to compare */
export async function compareRound(
  { db, sides }: RoundDeps,
  plan: MigrationPlan,
  { stage, comparedSince, now }: ComparedStage & { readonly now: number },
): Promise<number> {
  if (!isCompared(stage)) return 0;
  const flowId = plan.old.id;
  return inTransaction(db, async (tx) => {
    if (!(await tryLock(tx, flowId))) return 0;
    const before = await progressOf(tx, flowId);
    const oldest = Math.max(now - LONGEST_MS, comparedSince ?? 0);
    const firstAt = await sides.firstAt(plan.busSides, oldest);
    const since = comparedSince ?? firstAt;
    if (since === null) {
      await saveProgress(tx, flowId, { firstAt: null, walkedOld: null, walkedBus: null, comparedAt: now });
      return 0;
    }
    const from = Math.max(since, now - LONGEST_MS) - plan.shadow.waitMs;
    const young = Math.max(from, now - plan.shadow.waitMs - FRESH_MARGIN_MS);
    const numbers = new Set(await overdueNumbers(tx, flowId, { now, limit: OVERDUE }));
    const walked: Record<'old' | 'bus', SideCursor | null> = { old: null, bus: null };
    for (const side of ['old', 'bus'] as const) {
      const filter = side === 'old' ? plan.oldSides : plan.busSides;
      const after = (side === 'old' ? before?.walkedOld : before?.walkedBus) ?? null;
      const fresh = await sides.page(filter, { from: young, after: null, limit: FRESH });
      const walk = await sides.page(filter, { from, after, limit: WALKED });
      walked[side] = walk.next;
      for (const one of await unknown(tx, plan, { side, all: [...fresh.sides, ...walk.sides] }))
        numbers.add(one.number);
    }
    const explanations = (await explanationsOf(tx, flowId)).map(ruleOf);
    const all = [...numbers];
    let changed = 0;
    for (let at = 0; at < all.length; at += NUMBERS_AT_ONCE)
      changed += await reconcile({ tx, sides, plan, explanations, since, now }, all.slice(at, at + NUMBERS_AT_ONCE));
    await saveProgress(tx, flowId, { firstAt, walkedOld: walked.old, walkedBus: walked.bus, comparedAt: now });
    return changed;
  });
}

/** Those that no pair knows as they are now. */
async function unknown(
  tx: Db,
  plan: MigrationPlan,
  { side, all }: { side: 'old' | 'bus'; all: readonly Side[] },
): Promise<Side[]> {
  const known = await knownSides(tx, {
    flowId: plan.old.id,
    rules: plan.rulesId,
    side,
    ids: [...new Set(all.map(({ id }) => id))],
  });
  return all.filter(({ id, version }) => known.get(id) !== version);
}
