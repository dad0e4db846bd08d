/** Brings the pairs of some document numbers to what the deliveries say now: the same answer however often and in whatever order. */
import { CONTENT_FIELD, compareContents, type Difference } from '@pult/shared/domain/migration/compare';
import { type Explanation, explanationOf, outgrew } from '@pult/shared/domain/migration/explanations';
import { dueAt, type Outcome, outcomeOf, type Pair, pairUp } from '@pult/shared/domain/migration/pairing';
import { withoutSeals } from '@pult/shared/domain/migration/seals';
import type { Db } from '../../../platform/db/database.ts';
import { hashedId } from '../../../platform/ids.ts';
import { houseDate } from './days.ts';
import { withdrawExplanation } from './explanation-store.ts';
import { applyChanges, type PairChange, pairsAbout, type StoredPair } from './pair-store.ts';
import type { MigrationPlan } from './plans.ts';
import type { Side, Sides } from './ports.ts';

/** Contents that are held in memory at once. */
const CONTENTS_AT_ONCE = 100;

export interface ReconcileContext {
  readonly tx: Db;
  readonly sides: Sides;
  readonly plan: MigrationPlan;
  readonly explanations: readonly Explanation[];
  /** Begin of the comparison, ms. */
  readonly since: number;
  readonly now: number;
}

/** @returns how many pairs changed */
export async function reconcile(context: ReconcileContext, numbers: readonly string[]): Promise<number> {
  if (numbers.length === 0) return 0;
  const { tx, sides, plan, since } = context;
  const { waitMs } = plan.shadow;
  const from = since - waitMs;
  const [olds, buses] = await Promise.all([
    sides.ofNumbers(plan.oldSides, numbers, from),
    sides.ofNumbers(plan.busSides, numbers, from),
  ]);
  const idsOf = (all: readonly Side[]): string[] => all.map(({ id }) => id);
  const stored = await pairsAbout(tx, plan.old.id, { numbers, oldIds: idsOf(olds), busIds: idsOf(buses) });
  const keyOf = ({ type, number }: { type: string; number: string }): string => `${type}\u0000${number}`;
  const keys = new Set([...olds, ...buses].map(keyOf));
  const known = new Map(stored.map((pair) => [pair.id, pair]));
  const pairs = [...keys].flatMap((key) =>
    pairUp(
      olds.filter((side) => keyOf(side) === key),
      buses.filter((side) => keyOf(side) === key),
      { windowMs: waitMs },
    ),
  );
  const wanted = pairs
    .map((pair) => ({ pair, id: hashedId(plan.old.id, pair.old?.id ?? pair.bus?.id ?? '') }))
    // What the old channel carried before the bus began was never promised to the bus.
    .filter(({ pair }) => firstNews(pair) >= since || (pair.old !== null && pair.bus !== null));
  const changes: PairChange[] = [];
  for (let at = 0; at < wanted.length; at += CONTENTS_AT_ONCE)
    changes.push(...(await judged(context, wanted.slice(at, at + CONTENTS_AT_ONCE), known)));
  const kept = new Set(wanted.map(({ id }) => id));
  const named = new Set(numbers);
  const taken = new Set(wanted.flatMap(({ pair }) => [pair.old?.id ?? '', pair.bus?.id ?? '']));
  for (const was of stored) {
    if (kept.has(was.id)) continue;
    // Of a time before the present comparison nothing is known any more: those pairs stay as they were, and so do pairs of
    // other documents. Only a delivery that stands in a new pair leaves the one it stood in: it is in one pair at a time.
    const isOurs = was.at >= since && named.has(was.number);
    if (isOurs || taken.has(was.oldId ?? '-') || taken.has(was.busId ?? '-')) changes.push({ was, is: null });
  }
  await applyChanges(tx, plan.old.id, changes);
  for (const id of outgrown(changes, context.explanations)) await withdrawExplanation(tx, plan.old.id, id, context.now);
  return changes.length;
}

/** Reasons given to one pair that is no longer what it was. */
const outgrown = (changes: readonly PairChange[], explanations: readonly Explanation[]): string[] =>
  changes.flatMap(({ was, is }) =>
    was && is && outgrew(was, is)
      ? explanations.flatMap(({ id, scope }) => (scope.kind === 'pair' && scope.pairId === is.id ? [id] : []))
      : [],
  );

const firstNews = ({ old, bus }: Pair<Side>): number =>
  Math.min(old?.at ?? Number.POSITIVE_INFINITY, bus?.at ?? Number.POSITIVE_INFINITY);

interface Wanted {
  readonly id: string;
  readonly pair: Pair<Side>;
}

async function judged(
  { sides, plan, explanations, now }: ReconcileContext,
  wanted: readonly Wanted[],
  known: ReadonlyMap<string, StoredPair>,
): Promise<PairChange[]> {
  const stale = ({ id, pair }: Wanted): boolean => {
    const was = known.get(id);
    return (
      was === undefined ||
      was.rules !== plan.rulesId ||
      was.oldId !== (pair.old?.id ?? null) ||
      was.busId !== (pair.bus?.id ?? null) ||
      was.oldVersion !== (pair.old?.version ?? null) ||
      was.busVersion !== (pair.bus?.version ?? null)
    );
  };
  const both = wanted.filter((one) => one.pair.old?.appliedAt != null && one.pair.bus?.appliedAt != null && stale(one));
  const contents = await sides.contents(both.flatMap(({ pair }) => [pair.old?.id ?? '', pair.bus?.id ?? '']));
  return wanted.flatMap((one): PairChange[] => {
    const was = known.get(one.id) ?? null;
    const { old, bus } = one.pair;
    const compared = both.includes(one)
      ? compareContents(contents.get(old?.id ?? ''), contents.get(bus?.id ?? ''), plan.compare)
      : old?.appliedAt != null && bus?.appliedAt != null && was
        ? was
        : { differences: [], differing: 0, equal: 0 };
    const { waitMs } = plan.shadow;
    const judgedAs = outcomeOf(one.pair, { differing: compared.differing, waitMs, now });
    const contentDue = contentDueAt(was, { judgedAs, differences: compared.differences, waitMs, now });
    const outcome = contentDue === null ? judgedAs : 'waiting';
    const at = firstNews(one.pair);
    const head = old ?? bus;
    const { differing, equal } = compared;
    const differences = compared.differences.map(withoutSeals);
    const is: StoredPair = {
      id: one.id,
      type: head?.type ?? '',
      number: head?.number ?? '',
      at,
      oldId: old?.id ?? null,
      busId: bus?.id ?? null,
      oldVersion: old?.version ?? null,
      busVersion: bus?.version ?? null,
      oldState: old?.state ?? null,
      busState: bus?.state ?? null,
      oldAppliedAt: old?.appliedAt ?? null,
      busAppliedAt: bus?.appliedAt ?? null,
      oldLatencyMs: latencyOf(old),
      busLatencyMs: latencyOf(bus),
      outcome,
      dueAt: outcome === 'waiting' ? (contentDue ?? dueAt(one.pair, waitMs)) : null,
      differences,
      differing,
      equal,
      explanationId: explanationOf(
        { id: one.id, outcome, date: houseDate(at), differences, differing },
        was && outgrew(was, { outcome, differences, differing })
          ? explanations.filter(({ scope }) => scope.kind !== 'pair' || scope.pairId !== one.id)
          : explanations,
      ),
      rules: plan.rulesId,
    };
    return was && !stale(one) && was.outcome === is.outcome && was.explanationId === is.explanationId
      ? []
      : [{ was, is }];
  });
}

/**
 * Until when a content that has not come is waited for, by the clock of Pult: facts come in any order, and the one with the content
 * may be the last. Null when nothing is missing or the wait is over.
 */
function contentDueAt(
  was: StoredPair | null,
  judged: { judgedAs: Outcome; differences: readonly Difference[]; waitMs: number; now: number },
): number | null {
  if (judged.judgedAs !== 'differs' || judged.differences[0]?.field !== CONTENT_FIELD) return null;
  const isKnown = was !== null && was.differences[0]?.field === CONTENT_FIELD;
  if (!isKnown) return judged.now + judged.waitMs;
  return was.outcome === 'waiting' && was.dueAt !== null && was.dueAt > judged.now ? was.dueAt : null;
}

const latencyOf = (side: Side | null): number | null =>
  side === null || side.appliedAt === null ? null : Math.max(0, side.appliedAt - side.at);
