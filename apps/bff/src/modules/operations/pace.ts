import { adaptRate, fullBucket, p95, refill, take } from '@pult/shared/domain/operation/rate';
import { PULT } from '../../platform/actor.ts';
import { inTransaction } from '../../platform/db/database.ts';
import type { OperationContext } from './context.ts';
import { type OperationRow, whoOf } from './rows.ts';
import { changeOperation, writeLog } from './store.ts';

/** Rhythm of one operation in this process. Lost with the process, which costs a second of rate and nothing else. */
export interface Pace {
  /** Items that may start now, at most `wanted`. */
  turns(now: number, ratePerSecond: number, wanted: number): number;
  /** A request was answered after so many ms. */
  answered(ms: number): void;
  /** Slows down while the asked system answers slowly and speeds up again; says so in the log. */
  adapt(context: OperationContext, operation: OperationRow): Promise<OperationRow>;
}

const SAMPLES = 20;
const LEAST_SAMPLES = 5;

export function createPace(startedAt: number): Pace {
  let bucket = fullBucket(startedAt);
  let adaptedAt = startedAt;
  const times: number[] = [];
  return {
    turns: (now, ratePerSecond, wanted) => {
      const result = take(refill(bucket, now, ratePerSecond), wanted);
      bucket = result.bucket;
      return result.taken;
    },
    answered: (ms) => {
      times.push(ms);
      if (times.length > SAMPLES) times.shift();
    },
    adapt: async (context, operation) => {
      const now = context.clock.now();
      // By amount: a clock that was set back is no reason to keep the rate until it has caught up.
      if (Math.abs(now - adaptedAt) < context.settings.adaptEveryMs || times.length < LEAST_SAMPLES) return operation;
      adaptedAt = now;
      const p95Ms = p95(times);
      const from = operation.effectiveRate;
      const to = Math.round(adaptRate({ chosen: operation.rate, present: from, p95Ms }) * 100) / 100;
      if (to === from) return operation;
      await inTransaction(context.db, async (tx) => {
        await changeOperation(tx, operation.id, { effectiveRate: to });
        const code = to < from ? 'rate_lowered' : 'rate_restored';
        await writeLog(tx, operation.id, { code, actor: whoOf(PULT), now, data: { from, to, p95Ms } });
      });
      return { ...operation, effectiveRate: to };
    },
  };
}
