/** The periodic comparison: one instance at a time, bounded in each round, able to be cut off anywhere. */
import { isCompared, type Stage } from '@pult/shared/domain/migration/stages';
import { sql } from 'kysely';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { explanationsOf, ruleOf } from './explanation-store.ts';
import {
  applyChanges,
  dropLeftWaiting,
  knownSides,
  overdueNumbers,
  pairsAfter,
  type StoredPair,
} from './pair-store.ts';
import type { MigrationPlan } from './plans.ts';
import type { Side, SideCursor, SideFilter, Sides } from './ports.ts';
import { reconcile } from './reconcile.ts';

/** Young deliveries of a channel that are looked at in every round. */
const FRESH = 2_000;
/** Deliveries of a channel that the slow walk over everything passes in a round: facts may come late. */
const WALKED = 3_000;
const OVERDUE = 500;
/** Pairs that are looked through at once, and that are taken apart in one round, when the file says anew what takes part. */
const LOOKED_THROUGH = 5_000;
const FOREIGN = 5_000;
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
  /** Filters of which every pair is known to be made; null: not looked at. */
  readonly claims: string | null;
}

export async function progressOf(db: Db, flowId: string): Promise<Progress | null> {
  const { rows } = await sql<{
    firstAt: Date | null;
    walkedOld: SideCursor | null;
    walkedBus: SideCursor | null;
    comparedAt: Date;
    claims: string | null;
  }>`
    select first_at as "firstAt", walked_old as "walkedOld", walked_bus as "walkedBus", compared_at as "comparedAt", claims
    from shadow_progress where flow_id = ${flowId}`.execute(db);
  const [row] = rows;
  return row ? { ...row, firstAt: row.firstAt?.getTime() ?? null, comparedAt: row.comparedAt.getTime() } : null;
}

async function saveProgress(tx: Db, flowId: string, progress: Progress): Promise<void> {
  const json = (cursor: SideCursor | null): string | null => (cursor === null ? null : JSON.stringify(cursor));
  const first = progress.firstAt === null ? null : new Date(progress.firstAt);
  await sql`
    insert into shadow_progress (flow_id, first_at, walked_old, walked_bus, compared_at, claims)
    values (${flowId}, ${first}, ${json(progress.walkedOld)}::jsonb, ${json(progress.walkedBus)}::jsonb,
      ${new Date(progress.comparedAt)}, ${progress.claims})
    on conflict (flow_id) do update set first_at = excluded.first_at, walked_old = excluded.walked_old,
      walked_bus = excluded.walked_bus, compared_at = excluded.compared_at, claims = excluded.claims`.execute(tx);
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
  const flowId = plan.old.id;
  const { waitMs } = plan.shadow;
  return inTransaction(db, async (tx) => {
    if (!(await tryLock(tx, flowId))) return 0;
    if (!isCompared(stage)) return dropLeftWaiting(tx, flowId, { since: null, waitMs });
    const before = await progressOf(tx, flowId);
    const foreign = before?.claims === plan.claimsId ? [] : await foreignPairs(tx, sides, plan);
    await applyChanges(
      tx,
      flowId,
      foreign.map((was) => ({ was, is: null })),
    );
    const claims = foreign.length < FOREIGN ? plan.claimsId : null;
    const oldest = Math.max(now - LONGEST_MS, comparedSince ?? 0);
    const firstAt = await sides.firstAt(plan.busSides, oldest);
    const since = comparedSince ?? firstAt;
    const left = foreign.length + (await dropLeftWaiting(tx, flowId, { since, waitMs }));
    if (since === null) {
      await saveProgress(tx, flowId, { firstAt: null, walkedOld: null, walkedBus: null, comparedAt: now, claims });
      return left;
    }
    const from = Math.max(since, now - LONGEST_MS) - waitMs;
    const young = Math.max(from, now - waitMs - FRESH_MARGIN_MS);
    const numbers = new Set(await overdueNumbers(tx, flowId, { now, limit: OVERDUE }));
    for (const { number } of foreign) numbers.add(number);
    const walked: Record<'old' | 'bus', SideCursor | null> = { old: null, bus: null };
    for (const side of ['old', 'bus'] as const) {
      const filter = side === 'old' ? plan.oldSides : plan.busSides;
      const after = (side === 'old' ? before?.walkedOld : before?.walkedBus) ?? null;
      // With those for others: of one that was taken for ours a later fact may say whose it is.
      const all = { ...filter, recipients: null };
      const fresh = await sides.page(all, { from: young, after: null, limit: FRESH });
      const walk = await sides.page(all, { from, after, limit: WALKED });
      walked[side] = walk.next;
      for (const one of await unknown(tx, plan, { side, filter, all: [...fresh.sides, ...walk.sides] }))
        numbers.add(one.number);
    }
    const explanations = (await explanationsOf(tx, flowId)).map(ruleOf);
    const all = [...numbers];
    let changed = left;
    for (let at = 0; at < all.length; at += NUMBERS_AT_ONCE)
      changed += await reconcile({ tx, sides, plan, explanations, since, now }, all.slice(at, at + NUMBERS_AT_ONCE));
    await saveProgress(tx, flowId, { firstAt, walkedOld: walked.old, walkedBus: walked.bus, comparedAt: now, claims });
    return changed;
  });
}

/** Pairs that hold a delivery which takes no part (any more): they never were about one message. At most {@link FOREIGN}. */
async function foreignPairs(tx: Db, sides: Sides, plan: MigrationPlan): Promise<StoredPair[]> {
  const idsOf = (pairs: readonly StoredPair[], side: 'oldId' | 'busId'): string[] =>
    pairs.flatMap(({ [side]: id }) => (id === null ? [] : [id]));
  const found: StoredPair[] = [];
  let after: string | null = null;
  do {
    const page: StoredPair[] = await pairsAfter(tx, plan.old.id, after, LOOKED_THROUGH);
    const [olds, buses] = await Promise.all([
      sides.strangers(plan.oldSides, idsOf(page, 'oldId')),
      sides.strangers(plan.busSides, idsOf(page, 'busId')),
    ]);
    found.push(...page.filter(({ oldId, busId }) => olds.has(oldId ?? '') || buses.has(busId ?? '')));
    after = page.length < LOOKED_THROUGH ? null : (page.at(-1)?.id ?? null);
  } while (after !== null && found.length < FOREIGN);
  return found.slice(0, FOREIGN);
}

const takesPart = ({ recipients }: SideFilter, { recipient }: Side): boolean =>
  recipients === null || (recipient === null ? recipients.orNone : recipients.among.includes(recipient));

/** Those that no pair knows as they are now, and those of others that a pair holds. */
async function unknown(
  tx: Db,
  plan: MigrationPlan,
  { side, filter, all }: { side: 'old' | 'bus'; filter: SideFilter; all: readonly Side[] },
): Promise<Side[]> {
  const known = await knownSides(tx, {
    flowId: plan.old.id,
    rules: plan.rulesId,
    side,
    ids: [...new Set(all.map(({ id }) => id))],
  });
  return all.filter((one) =>
    takesPart(filter, one) ? known.get(one.id) !== one.version : known.get(one.id) !== undefined,
  );
}
