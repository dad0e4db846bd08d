import { isFinal } from '@pult/shared/domain/operation/operation-state';
import { admit, currentStage, judge } from './admission.ts';
import type { OperationContext } from './context.ts';
import { endDecidedItems } from './decided.ts';
import { updateHolding } from './holding.ts';
import { itemsInStates, type LatePlace, lateItems } from './item-store.ts';
import { createPace, type Pace } from './pace.ts';
import { closeItems, expirePlans, observe, returnRest } from './progress.ts';
import { createRests } from './rests.ts';
import type { ItemRow, OperationRow } from './rows.ts';
import { createSender } from './sender.ts';
import { isPaused } from './settings.ts';
import { refreshOperation } from './settle.ts';
import { runningOperations } from './store.ts';

/**
 * Carries operations out. Everything that matters is in the database before and after each step, so that a runner may
 * die at any point and another one goes on; memory holds only the pace. One runner works at a time (advisory lock).
 */
export interface Runner {
  /** One round over all running operations; requests started in it go on behind it. */
  tick(): Promise<void>;
  /** Waits for the requests that are under way. */
  idle(): Promise<void>;
}

/** Late news are looked for among the items that ended within this time. */
const LATE_MS = 60 * 60_000;
const LATE_EVERY_MS = 5_000;
/** Items of one look. The next one goes on behind them, so that after some looks every item was seen. */
const LATE_LIMIT = 1_000;

export function createRunner(context: OperationContext): Runner {
  const { db, clock, log, settings } = context;
  const sender = createSender(context);
  const active = new Map<string, Promise<void>>();
  const paces = new Map<string, Pace>();
  const rests = createRests(clock, settings.backoffMs);
  let lateAt = 0;
  let latePlace: LatePlace | null = null;

  const keyOf = (item: ItemRow): string => `${item.operationId}/${item.position}`;
  const launch = (item: ItemRow, pace: Pace, work: () => Promise<{ ms: number } | null>): void => {
    const key = keyOf(item);
    if (active.has(key)) return;
    const running = work()
      .then((time) => {
        if (time !== null) pace.answered(time.ms);
      })
      .catch((error: unknown) => {
        // The item stays as it was stored, and so does its pause: it is taken up from there, but not by the next round.
        rests.begin(key);
        log.error({ err: error, operation: item.operationId, delivery: item.deliveryId }, 'item of an operation');
      })
      .finally(() => active.delete(key));
    active.set(key, running);
  };

  /** Somebody works on it, or what was found out about it could not be stored a moment ago. */
  const isBusy = (item: ItemRow): boolean => active.has(keyOf(item)) || rests.has(keyOf(item));

  const paceOf = (operation: OperationRow): Pace => {
    const pace = paces.get(operation.id) ?? createPace(clock.now());
    paces.set(operation.id, pace);
    return pace;
  };

  const advance = async (seen: OperationRow): Promise<void> => {
    const pace = paceOf(seen);
    const underWay = await itemsInStates(db, seen.id, ['verifying', 'sending', 'sent', 'in_doubt']);
    await observe(context, underWay);
    for (const item of underWay) {
      if (isBusy(item)) continue;
      const work = followUp(context, seen, item, sender);
      if (work !== null) launch(item, pace, work);
    }
    if (seen.cancelRequestedAt !== null) {
      await returnRest(context, seen);
    } else if (seen.verb === 'discard' || seen.verb === 'restore') {
      if (seen.pauseCause === null) await closeItems(context, seen);
    } else {
      const operation = await updateHolding(context, await judge(context, await currentStage(context, seen)));
      if (operation.pauseCause === null && operation.holdingSystem === null) {
        const paced = await pace.adapt(context, operation);
        for (const item of await admit(context, paced, { pace, active: active.size, isBusy }))
          launch(item, pace, () => sender.send(paced, item));
      }
    }
    const after = await refreshOperation(context, seen.id);
    if (isFinal(after.state)) paces.delete(after.id);
  };

  const lookForLateNews = async (): Promise<void> => {
    const late = await lateItems(db, { since: clock.now() - LATE_MS, after: latePlace, limit: LATE_LIMIT });
    const last = late.at(-1);
    // At the end of the list it begins again.
    latePlace =
      late.length < LATE_LIMIT || last?.finishedAt == null
        ? null
        : { finishedAt: last.finishedAt, operationId: last.operationId, position: last.position };
    const changed = await observe(context, late);
    for (const id of new Set(changed.map((item) => item.operationId))) await refreshOperation(context, id);
  };

  return {
    tick: async () => {
      // One that cannot be advanced now (a deadlock, a lost connection) takes nothing from the others.
      for (const operation of await runningOperations(db))
        await advance(operation).catch((error: unknown) => {
          log.error({ err: error, operation: operation.id }, 'round of an operation');
        });
      if (clock.now() - lateAt >= LATE_EVERY_MS) {
        lateAt = clock.now();
        for (const operation of await runningOperations(db))
          await endDecidedItems(context, operation).catch((error: unknown) => {
            log.error({ err: error, operation: operation.id }, 'decisions about what an operation holds');
          });
        await expirePlans(context)
          .then(lookForLateNews)
          .catch((error: unknown) => log.error({ err: error }, 'late news of operations'));
      }
    },
    idle: async () => {
      while (active.size > 0) await Promise.all(active.values());
    },
  };

  /** What an item under way needs now that nothing of this process works on it: time-out, repetition, look-up. */
  function followUp(
    { clock, flows }: OperationContext,
    operation: OperationRow,
    item: ItemRow,
    { askAgain, resolveDoubt }: typeof sender,
  ): (() => Promise<{ ms: number } | null>) | null {
    const last = operation.cancelRequestedAt !== null;
    if (item.state === 'in_doubt' && last && !item.doubtSettled) return () => resolveDoubt(operation, item, last);
    if (isPaused(item.notBefore, clock.now(), settings)) return null;
    switch (item.state) {
      case 'verifying':
        // Its runner is gone: the question changed nothing, it is asked again from the beginning.
        return () => sender.restart(item);
      case 'sending':
        return () => askAgain(operation, item);
      case 'sent': {
        const since = item.sentAt?.getTime() ?? 0;
        const timeOut = flows.get(item.flow)?.ackTimeoutMs ?? settings.doubtWindowMs;
        return clock.now() - since > timeOut ? () => resolveDoubt(operation, item, last) : null;
      }
      case 'in_doubt':
        return item.doubtSettled ? null : () => resolveDoubt(operation, item, last);
      default:
        return null;
    }
  }
}
