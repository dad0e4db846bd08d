import { type Db as BossDb, fromKysely, PgBoss, type ScheduleOptions, type SendOptions } from 'pg-boss';
import type { Db } from '../db/database.ts';
import { newId } from '../ids.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface JobOptions {
  /** Not before: a date, or seconds from now. */
  readonly startAfter?: Date | number;
  /** At most one waiting job of the queue has this key; a second one is dropped. */
  readonly singletonKey?: string;
  readonly retryLimit?: number;
  /** Seconds before the first retry; grows exponentially with `retryBackoff`. */
  readonly retryDelay?: number;
  readonly retryBackoff?: boolean;
  readonly expireInSeconds?: number;
  readonly priority?: number;
}

export interface WorkSettings {
  /** Jobs handed to one call of the handler. Default 1. */
  readonly batchSize?: number;
  /** Calls of the handler at the same time in this process. Default 1. */
  readonly concurrency?: number;
  readonly pollingIntervalSeconds?: number;
}

export interface Job<T> {
  readonly id: string;
  readonly data: T;
}

export interface Jobs {
  /** Makes the queue when missing. A queue must be known before the first `send`. */
  queue(name: string): Promise<void>;
  /** Works off a queue. When the handler throws, its jobs are tried again by their retry options. */
  work<T extends object>(
    queue: string,
    settings: WorkSettings,
    handler: (jobs: Job<T>[]) => Promise<void>,
  ): Promise<void>;
  /** Adds a job; with `db: tx` inside the caller's transaction. @returns its id, null when `singletonKey` dropped it */
  send(queue: string, data: object, options?: JobOptions, within?: { db: Db }): Promise<string | null>;
  /** Adds a job by a cron expression (UTC unless `tz`), once over all instances. */
  schedule(queue: string, cron: string, data?: object, options?: { tz?: string; key?: string }): Promise<void>;
  /** Takes jobs with this key out of the queue, e.g. an alarm that is armed anew. */
  cancel(queue: string, jobId: string, within?: { db: Db }): Promise<void>;
  stop(): Promise<void>;
}

/** Durable jobs over pg-boss, in the schema `pgboss` of the same database. */
export async function startJobs(options: { url: string; log: Logger; metrics: Metrics; max?: number }): Promise<Jobs> {
  const boss = new PgBoss({
    connectionString: options.url,
    max: options.max ?? 4,
    application_name: 'pult-jobs',
    // Telling a sleeping worker at once costs one connection and saves seconds of polling.
    useListenNotify: true,
  });
  boss.on('error', (error) => options.log.error({ err: error }, 'jobs'));
  await boss.start();
  const known = new Map<string, Promise<void>>();
  const queue = (name: string): Promise<void> => {
    const making = known.get(name) ?? boss.createQueue(name, { policy: 'short', notify: true });
    known.set(name, making);
    return making;
  };
  return {
    queue,
    work: async <T extends object>(
      name: string,
      settings: WorkSettings,
      handler: (jobs: Job<T>[]) => Promise<void>,
    ) => {
      await queue(name);
      const workOptions = {
        batchSize: settings.batchSize ?? 1,
        localConcurrency: settings.concurrency ?? 1,
        ...(settings.pollingIntervalSeconds === undefined
          ? {}
          : { pollingIntervalSeconds: settings.pollingIntervalSeconds }),
      };
      await boss.work<T>(name, workOptions, async (jobs) => {
        try {
          await handler(jobs.map(({ id, data }) => ({ id, data })));
        } catch (error) {
          options.metrics.jobFailures.inc({ queue: name });
          options.log.error({ err: error, queue: name, jobs: jobs.map((job) => job.id) }, 'job failed');
          throw error;
        }
      });
    },
    send: async (name, data, jobOptions = {}, within) => {
      await queue(name);
      // The policy `short` keeps one waiting job per key: a job without a key gets one of its own.
      const singletonKey = jobOptions.singletonKey ?? newId();
      return boss.send(name, data, { ...jobOptions, singletonKey, ...connection(within) } satisfies SendOptions);
    },
    schedule: async (name, cron, data = {}, scheduleOptions = {}) => {
      await queue(name);
      await boss.schedule(name, cron, data, scheduleOptions satisfies ScheduleOptions);
    },
    cancel: async (name, jobId, within) => {
      await boss.cancel(name, jobId, connection(within));
    },
    stop: () => boss.stop({ graceful: true, timeout: 10_000 }),
  };
}

const connection = (within: { db: Db } | undefined): { db?: BossDb } =>
  within === undefined ? {} : { db: fromKysely(within.db) };
