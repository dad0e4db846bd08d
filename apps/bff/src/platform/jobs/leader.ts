import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { KEEP_ALIVE } from '../db/database.ts';
import type { Logger } from '../telemetry/logger.ts';

/** Any constant of its own: one leader over all instances on one database. */
const LEADER_LOCK = 7_202_601;
/** How often a candidate tries and a leader looks whether it still is one. */
const ROUND_MS = 1_000;
/** A leader that gets no answer for so long counts itself out. */
const ANSWER_LIMIT_MS = 5_000;

/** Which of the instances does what must be done by one of them (ADR 0023). */
export interface Leader {
  /**
   * Waits until this instance leads.
   * @returns a signal that aborts when it leads no more; already aborted when `stopping` came first
   */
  lead(stopping: AbortSignal): Promise<AbortSignal>;
  isLeading(): boolean;
  /** Gives the lead back; another instance takes it within a second or so. */
  stop(): Promise<void>;
}

interface LeaderOptions {
  readonly url: string;
  readonly log: Logger;
  readonly roundMs?: number;
}

/**
 * The leader holds an advisory lock on a connection of its own: a process that dies loses connection and lock at once,
 * and the next one gets it. Needs a direct connection: a pooler in transaction mode gives a session to several clients.
 */
export function startLeader({ url, log, roundMs = ROUND_MS }: LeaderOptions): Leader {
  const stopping = new AbortController();
  const waiting = new Set<() => void>();
  let term: AbortController | null = null;

  const endTerm = (reason: string): void => {
    if (term === null) return;
    log.info({ reason }, 'leads no more');
    term.abort();
    term = null;
  };
  const beginTerm = (): void => {
    log.info('leads: work that one instance does is done here');
    term = new AbortController();
    for (const wake of waiting) wake();
    waiting.clear();
  };
  const pause = (): Promise<void> =>
    delay(roundMs, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined);

  /** One connection from its beginning to its end: tries for the lock, then holds it. */
  const session = async (): Promise<void> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'pult-leader',
      connectionTimeoutMillis: ANSWER_LIMIT_MS,
      query_timeout: ANSWER_LIMIT_MS,
      ...KEEP_ALIVE,
    });
    let lost = false;
    const onLoss = (): void => {
      lost = true;
      endTerm('the connection was lost');
    };
    client.on('error', onLoss);
    client.on('end', onLoss);
    try {
      await client.connect();
      // Of a machine that vanished without a word the server learns in 25 s instead of two hours: until then it keeps the lock.
      await client.query(
        "select set_config('tcp_keepalives_idle', '10', false), set_config('tcp_keepalives_interval', '5', false), set_config('tcp_keepalives_count', '3', false)",
      );
      while (!stopping.signal.aborted && !lost) {
        if (term === null) {
          const { rows } = await client.query<{ got: boolean }>('select pg_try_advisory_lock($1) as got', [
            LEADER_LOCK,
          ]);
          if (rows[0]?.got === true && !lost) beginTerm();
        } else {
          await client.query('select 1');
        }
        await pause();
      }
    } finally {
      endTerm(stopping.signal.aborted ? 'the end of this instance' : 'the database did not answer');
      await client.end().catch(() => undefined);
    }
  };

  const running = (async () => {
    while (!stopping.signal.aborted) {
      await session().catch((error: unknown) => log.warn({ err: error }, 'no connection for the lead'));
      await pause();
    }
  })();

  return {
    lead: async (until) => {
      while (term === null && !until.aborted && !stopping.signal.aborted)
        await new Promise<void>((resolve) => {
          const done = (): void => {
            waiting.delete(done);
            until.removeEventListener('abort', done);
            resolve();
          };
          waiting.add(done);
          until.addEventListener('abort', done, { once: true });
        });
      return term?.signal ?? AbortSignal.abort();
    },
    isLeading: () => term !== null,
    stop: async () => {
      stopping.abort();
      for (const wake of waiting) wake();
      await running;
    },
  };
}
