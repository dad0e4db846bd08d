/** Group commit: waiting requests share transactions. Bounded, so that a flood meets back-pressure instead of memory. */
import { AppError } from '@pult/shared/errors/app-error';
import { isDatabaseUnavailable } from '../../platform/db/database-errors.ts';

export interface BatcherOptions<T, R> {
  /** Items in one commit at most. */
  readonly batchSize: number;
  /** Items waiting at most; more are refused with `server.overloaded`. */
  readonly queueLimit: number;
  /** Commits under way at once. */
  readonly concurrency: number;
  readonly commit: (items: readonly T[]) => Promise<R>;
}

export interface Batcher<T, R> {
  /** Resolves when the items are durable, with the result of their commit. Items of one call share one commit. */
  add(items: readonly T[]): Promise<R>;
  readonly waiting: number;
}

interface Job<T, R> {
  readonly items: readonly T[];
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher<T, R>(options: BatcherOptions<T, R>): Batcher<T, R> {
  const queue: Job<T, R>[] = [];
  let waiting = 0;
  let running = 0;
  const pump = (): void => {
    while (running < options.concurrency && queue.length > 0) {
      const jobs: Job<T, R>[] = [];
      let size = 0;
      while (queue[0] && (jobs.length === 0 || size + queue[0].items.length <= options.batchSize)) {
        const job = queue.shift();
        if (!job) break;
        jobs.push(job);
        size += job.items.length;
      }
      waiting -= size;
      running += 1;
      void run(jobs).finally(() => {
        running -= 1;
        pump();
      });
    }
  };
  const run = async (jobs: readonly Job<T, R>[]): Promise<void> => {
    try {
      const result = await options.commit(jobs.flatMap(({ items }) => items));
      for (const job of jobs) job.resolve(result);
    } catch (error) {
      // One poisonous request must not fail its neighbours: each is tried alone. Without a database all of them fail;
      // to wait for that one after the other would hold up what queues behind them.
      if (jobs.length === 1 || isDatabaseUnavailable(error)) for (const job of jobs) job.reject(error);
      else for (const job of jobs) await run([job]);
    }
  };
  return {
    add(items) {
      if (waiting + items.length > options.queueLimit)
        return Promise.reject(new AppError('server.overloaded', { waiting, retryAfterSeconds: 1 }));
      waiting += items.length;
      return new Promise((resolve, reject) => {
        queue.push({ items, resolve, reject });
        // Requests that arrive in the same turn of the event loop go together.
        setImmediate(pump);
      });
    },
    get waiting() {
      return waiting;
    },
  };
}
