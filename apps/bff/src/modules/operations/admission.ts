import { type OrderedItem, turnOf } from '@pult/shared/domain/operation/key-order';
import { notStartedCount } from '@pult/shared/domain/operation/operation-state';
import { admittedUpTo, readStopRule, STAGE_IDS, type StageId, stageSize } from '@pult/shared/domain/operation/stages';
import { PULT } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import type { OperationContext } from './context.ts';
import {
  countItems,
  itemsOfSameKeys,
  newestOutcomes,
  type StageNumbers,
  stageNumbers,
  startableItems,
  stepItem,
} from './item-store.ts';
import type { Pace } from './pace.ts';
import { observe } from './progress.ts';
import { at, type ItemRow, type OperationRow, whoOf } from './rows.ts';
import { longestPauseMs } from './settings.ts';
import { settle } from './settle.ts';
import { changeOperation, loadOperation, writeLog, writeLogOnce } from './store.ts';

/** An operation with the stage that it is in. */
export interface Staged extends OperationRow {
  readonly stage: StageId;
  readonly upTo: number;
}

const eligibleOf = (operation: OperationRow): number => operation.plan.eligible;

export const openByStage = (numbers: readonly StageNumbers[]): Record<StageId, number> => {
  const open = { canary1: 0, canary10: 0, rest: 0 };
  for (const one of numbers) open[one.stage] = one.open;
  return open;
};

/** Which stage runs, by the items; writes into the log that a stage is through. */
export async function currentStage(context: OperationContext, operation: OperationRow): Promise<Staged> {
  const numbers = await stageNumbers(context.db, operation.id);
  const open = openByStage(numbers);
  const total = eligibleOf(operation);
  for (const stage of STAGE_IDS) {
    if (open[stage] > 0) break;
    const size = stageSize(stage, total);
    const failed = numbers.find((one) => one.stage === stage)?.failed ?? 0;
    if (size === 0 || stage === 'rest') continue;
    const line = {
      code: 'stage_passed' as const,
      actor: whoOf(PULT),
      now: context.clock.now(),
      data: { size, failed },
    };
    await writeLogOnce(context.db, operation.id, line, stage);
  }
  const restStarted = (numbers.find((one) => one.stage === 'rest')?.started ?? 0) > 0;
  const stage = restStarted ? 'rest' : open.canary1 > 0 ? 'canary1' : 'canary10';
  return { ...operation, stage, upTo: admittedUpTo(open, total) };
}

/** Stops the operation when too many of the newest outcomes are failures; a person decides how it goes on. */
export async function judge(context: OperationContext, staged: Staged): Promise<Staged> {
  if (staged.pauseCause !== null) return staged;
  const { stopRule } = context.settings;
  const outcomes = await newestOutcomes(context.db, staged.id, staged.judgedFrom, stopRule.window);
  const reading = readStopRule(outcomes, staged.stage, stopRule);
  if (!reading.broken) return staged;
  const now = context.clock.now();
  const stopped = await inTransaction(context.db, async (tx) => {
    const row = await loadOperation(tx, staged.id, { lock: true });
    const left = notStartedCount(await countItems(tx, staged.id));
    if (row.pauseCause !== null || row.cancelRequestedAt !== null || left === 0) return false;
    await changeOperation(tx, staged.id, { pauseCause: 'rule', pausedBy: whoOf(PULT) });
    const { failures, finished, share } = reading;
    const data = { failures, finished, share, limitShare: stopRule.limitShare, left };
    await writeLog(tx, staged.id, { code: 'stopped_by_rule', actor: whoOf(PULT), now, data });
    await recordAudit(tx, {
      actor: PULT,
      action: 'operation.stop',
      objectKind: 'operation',
      objectId: staged.id,
      after: data,
      at: at(now),
    });
    return true;
  });
  return stopped ? { ...staged, pauseCause: 'rule' } : staged;
}

/** Items looked at in one round. */
const LOOK = 200;

/** Chooses what starts now: stage, order of each document, rate. Everything else is moved to where it belongs. */
export async function admit(
  context: OperationContext,
  operation: OperationRow & Partial<Staged>,
  options: { pace: Pace; active: number; isBusy: (item: ItemRow) => boolean },
): Promise<ItemRow[]> {
  const now = context.clock.now();
  const upTo = operation.upTo ?? eligibleOf(operation);
  const startable = await startableItems(context.db, operation.id, {
    upTo,
    now,
    pausedUntil: now + longestPauseMs(context.settings),
    limit: LOOK,
  });
  // One that may not be touched now takes no turn from the others, and holds back only what has to come after it.
  const ready = (await byTurn(context, operation.id, startable)).filter((item) => !options.isBusy(item));
  const inFlight = operation.counts.verifying + operation.counts.sending + operation.counts.sent;
  const room = Math.max(0, context.settings.mostInFlight - Math.max(inFlight, options.active));
  const turns = options.pace.turns(now, operation.effectiveRate, Math.min(ready.length, room));
  const chosen = ready.slice(0, turns);
  // Late news of an earlier attempt: what the target has by now is not sent.
  const known = await observe(context, chosen);
  const gone = new Set(known.map((item) => item.position));
  return chosen.filter((item) => !gone.has(item.position));
}

/** The document of an item, and its record key where it has one: both bind it. */
const keysOf = ({ flow, consumer, businessKey, orderKey }: ItemRow): string[] => [
  `document\n${flow}\n${consumer}\n${businessKey}`,
  ...(orderKey === null ? [] : [`record\n${flow}\n${consumer}\n${orderKey}`]),
];

async function byTurn(
  context: OperationContext,
  operationId: string,
  startable: readonly ItemRow[],
): Promise<ItemRow[]> {
  if (startable.length === 0) return [];
  const siblings = await itemsOfSameKeys(
    context.db,
    operationId,
    startable.map((item) => item.position),
  );
  const byKey = new Map<string, OrderedItem[]>();
  for (const item of siblings) {
    const arrived = item.reason === 'already_applied';
    const { position, doubtSettled } = item;
    const ordered = { position, keys: keysOf(item), state: item.state as never, doubtSettled, arrived };
    for (const key of ordered.keys) {
      const list = byKey.get(key) ?? [];
      list.push(ordered);
      byKey.set(key, list);
    }
  }
  const ready: ItemRow[] = [];
  const taken = new Set<string>();
  for (const item of startable) {
    const keys = keysOf(item);
    const among = keys.flatMap((key) => byKey.get(key) ?? []);
    const state = item.state as never;
    const turn = turnOf({ position: item.position, keys, state, doubtSettled: true }, among);
    if (turn.kind === 'skip') {
      await settle(context, item, {
        steps: ['skip'],
        change: { reason: 'previous_failed', waitsFor: turn.behind, finishedAt: at(context.clock.now()) },
      });
    } else if (turn.kind === 'wait') {
      if (item.state === 'pending') await stepItem(context.db, item, ['wait'], { waitsFor: turn.behind });
    } else if (!keys.some((key) => taken.has(key))) {
      for (const key of keys) taken.add(key);
      const pending =
        item.state === 'pending' ? item.state : await stepItem(context.db, item, ['admit'], { waitsFor: null });
      if (pending !== null) ready.push({ ...item, state: pending, waitsFor: null });
    }
  }
  return ready;
}
