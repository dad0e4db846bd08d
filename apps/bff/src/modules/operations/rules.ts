import type { IneligibleReason, OperationPlan, OperationVerb } from '@pult/shared/contracts/operations';
import { type FlowAbility, TYPED_COUNT_ABOVE, whyNot } from '@pult/shared/domain/operation/eligibility';
import { estimateMs } from '@pult/shared/domain/operation/rate';
import { stageSize } from '@pult/shared/domain/operation/stages';
import type { Candidate } from './ports.ts';
import { inRecordOrder } from './record-order.ts';

/** Operation that holds a delivery. */
export interface Holder {
  readonly id: string;
  readonly number: number;
}

export interface PlannedItem extends Candidate {
  readonly position: number;
  /** Key of its record where it goes again over the bus; null: only the order of its document binds it. */
  readonly orderKey: string | null;
  readonly reason: IneligibleReason | null;
  readonly heldBy: Holder | null;
}

export interface PlanInput {
  readonly verb: OperationVerb;
  readonly candidates: readonly Candidate[];
  readonly flows: ReadonlyMap<string, FlowAbility>;
  /** Whether the target can be asked about documents of this type. */
  readonly canVerify: (item: Pick<Candidate, 'flow' | 'documentType'>) => boolean;
  readonly holders: ReadonlyMap<string, Holder>;
  /** Deliveries that were named but do not exist. */
  readonly missing: number;
  readonly ratePerSecond: number;
}

const MAX_CAUSES = 50;

/**
 * Freezes the list: oldest first, what does not fit behind what does. Records that are put again over the bus keep the order that
 * they had there, per key.
 */
export function planOf(input: PlanInput): { readonly items: PlannedItem[]; readonly plan: OperationPlan } {
  const judged = input.candidates.map((candidate) => {
    const heldBy = input.holders.get(candidate.deliveryId) ?? null;
    const reason = whyNot(
      input.verb,
      { state: candidate.state, claimed: heldBy !== null, overdue: candidate.overdue, obstacle: candidate.obstacle },
      input.flows.get(candidate.flow),
    );
    return { candidate, reason, heldBy };
  });
  judged.sort(
    (a, b) =>
      Number(a.reason !== null) - Number(b.reason !== null) ||
      a.candidate.occurredAt - b.candidate.occurredAt ||
      (a.candidate.deliveryId < b.candidate.deliveryId ? -1 : 1),
  );
  const listed = judged.map(({ candidate, reason, heldBy }) => ({ ...candidate, reason, heldBy }));
  const fits = listed.filter(({ reason }) => reason === null);
  // Whoever is asked for another export gives one document after the other.
  const sent = input.verb === 'resend' ? inRecordOrder(fits) : fits;
  const items = [...sent, ...listed.slice(fits.length)].map((item, index) => ({
    ...item,
    orderKey: input.verb === 'resend' ? (item.record?.key ?? null) : null,
    position: index + 1,
  }));
  return { items, plan: summaryOf(input, items) };
}

function summaryOf(input: PlanInput, items: readonly PlannedItem[]): OperationPlan {
  const eligible = items.filter((item) => item.reason === null);
  const { canVerify } = input;
  const times = eligible.map(({ occurredAt }) => occurredAt);
  const sends = input.verb === 'resend' || input.verb === 'reExport';
  const stagesAhead = (['canary1', 'canary10', 'rest'] as const).filter(
    (stage) => stageSize(stage, eligible.length) > 0,
  ).length;
  return {
    total: items.length + input.missing,
    eligible: eligible.length,
    ineligible: ineligibleOf(items, input.missing),
    byFlow: countsBy(eligible, (item) => item.flow),
    bySystem: countsBy(eligible, (item) => item.consumer),
    byCause: countsBy(
      eligible,
      (item) => item.causeId,
      (item) => item.causeTitle,
    ).slice(0, MAX_CAUSES),
    byState: countsBy(eligible, (item) => item.state),
    keys: new Set(eligible.map((item) => `${item.flow} ${item.consumer} ${item.businessKey}`)).size,
    amount: sumOf(eligible.flatMap((item) => (item.amount === null ? [] : [item.amount]))),
    oldestAt: instantOf(
      times.reduce<number | undefined>((one, other) => (one === undefined || other < one ? other : one), undefined),
    ),
    newestAt: instantOf(
      times.reduce<number | undefined>((one, other) => (one === undefined || other > one ? other : one), undefined),
    ),
    estimatedMs: sends
      ? estimateMs({ remaining: eligible.length, ratePerSecond: input.ratePerSecond, stagesAhead: stagesAhead - 1 })
      : 0,
    needsTypedCount: eligible.length > TYPED_COUNT_ABOVE,
    verifiable: sends ? eligible.filter(canVerify).length : 0,
    riskInDoubt: sends ? eligible.filter((item) => item.state === 'in_doubt' && !canVerify(item)).length : 0,
  };
}

function ineligibleOf(items: readonly PlannedItem[], missing: number): OperationPlan['ineligible'] {
  const groups = new Map<string, OperationPlan['ineligible'][number]>();
  for (const { reason, heldBy } of items) {
    if (reason === null) continue;
    const key = `${reason} ${heldBy?.id ?? ''}`;
    const group = groups.get(key) ?? { reason, count: 0, operation: heldBy };
    groups.set(key, { ...group, count: group.count + 1 });
  }
  const found = [...groups.values()];
  if (missing > 0) found.push({ reason: 'not_found', count: missing, operation: null });
  return found.sort((a, b) => b.count - a.count);
}

function countsBy(
  items: readonly PlannedItem[],
  idOf: (item: PlannedItem) => string | null,
  titleOf: (item: PlannedItem) => string | null = () => null,
): OperationPlan['byFlow'] {
  const groups = new Map<string, { id: string; title: string | null; count: number }>();
  for (const item of items) {
    const id = idOf(item);
    if (id === null) continue;
    const group = groups.get(id);
    if (group === undefined) groups.set(id, { id, title: titleOf(item), count: 1 });
    else group.count += 1;
  }
  return [...groups.values()].sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1));
}

const DECIMALS = 4;

/** Exact sum of decimal strings: kopecks do not survive binary floats. Null without values. */
export function sumOf(amounts: readonly string[]): string | null {
  if (amounts.length === 0) return null;
  let total = 0n;
  for (const amount of amounts) {
    const negative = amount.startsWith('-');
    const [whole = '0', part = ''] = amount.replace('-', '').split('.');
    const units = BigInt(whole + part.padEnd(DECIMALS, '0').slice(0, DECIMALS));
    total += negative ? -units : units;
  }
  const digits = (total < 0n ? -total : total).toString().padStart(DECIMALS + 1, '0');
  const part = digits.slice(-DECIMALS).replace(/0{1,2}$/, '');
  return `${total < 0n ? '-' : ''}${digits.slice(0, -DECIMALS)}.${part}`;
}

const instantOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

/** Text over the operation when it is about one document or one cause. */
export function titleOf(items: readonly PlannedItem[]): string | null {
  const eligible = items.filter((item) => item.reason === null);
  const [first] = eligible.length > 0 ? eligible : items;
  if (first === undefined) return null;
  if (eligible.length <= 1) return `${first.documentType} ${first.number}`;
  return eligible.every((item) => item.causeId === first.causeId) ? first.causeTitle : null;
}
