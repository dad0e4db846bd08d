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
  /**
   * What an item changes. Commits under way share none of it: one that would wait for the locks of another, or have to begin
   * again because of it, waits here instead and grows meanwhile.
   */
  readonly changes?: (item: T) => readonly string[];
}

export interface Batcher<T, R> {
  /** Resolves when the items are durable, with the result of their commit. Items of one call share one commit. */
  add(items: readonly T[]): Promise<R>;
  readonly waiting: number;
}

interface Job<T, R> {
  readonly items: readonly T[];
  readonly changes: readonly string[];
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

export function createBatcher<T, R>(options: BatcherOptions<T, R>): Batcher<T, R> {
  let queue: Job<T, R>[] = [];
  const { changes } = options;
  const changesOf = (items: readonly T[]): string[] => (changes ? items.flatMap((item) => changes(item)) : []);
  let waiting = 0;
  let running = 0;
  /** What the commits under way change. */
  const busy = new Set<string>();
  /** The next jobs in their order; whatever has to wait is not overtaken by what changes the same. */
  const nextJobs = (): Job<T, R>[] => {
    const jobs: Job<T, R>[] = [];
    const passed = new Set<string>();
    let size = 0;
    for (const job of queue.slice(0, options.batchSize)) {
      if (jobs.length > 0 && size + job.items.length > options.batchSize) break;
      if (job.changes.some((one) => busy.has(one) || passed.has(one))) for (const one of job.changes) passed.add(one);
      else {
        jobs.push(job);
        size += job.items.length;
      }
    }
    return jobs;
  };
  const pump = (): void => {
    while (running < options.concurrency && queue.length > 0) {
      const jobs = nextJobs();
      if (jobs.length === 0) return;
      const chosen = new Set(jobs);
      queue = queue.filter((job) => !chosen.has(job));
      for (const { items, changes } of jobs) {
        waiting -= items.length;
        for (const one of changes) busy.add(one);
      }
      running += 1;
      void run(jobs).finally(() => {
        running -= 1;
        for (const { changes } of jobs) for (const one of changes) busy.delete(one);
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
        queue.push({ items, changes: changesOf(items), resolve, reject });
        // Requests that arrive in the same turn of the event loop go together.
        setImmediate(pump);
      });
    },
    get waiting() {
      return waiting;
    },
  };
}
