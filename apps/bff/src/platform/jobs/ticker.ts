import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';

export interface Ticker {
  /**
   * Runs `work` at once and then again `intervalMs` after each end: rounds of one name never overlap. A failure is
   * logged and counted, the next round comes as usual. `signal` aborts at shutdown.
   */
  every(intervalMs: number, name: string, work: (signal: AbortSignal) => Promise<void>): void;
  /** Starts no more rounds and waits for the running ones. */
  stop(): Promise<void>;
}

export function createTicker({ log, metrics }: { log: Logger; metrics: Metrics }): Ticker {
  const stopping = new AbortController();
  const loops: Promise<void>[] = [];
  const loop = async (
    intervalMs: number,
    name: string,
    work: (signal: AbortSignal) => Promise<void>,
  ): Promise<void> => {
    while (!stopping.signal.aborted) {
      const end = metrics.tickSeconds.startTimer({ tick: name });
      try {
        await work(stopping.signal);
      } catch (error) {
        if (!stopping.signal.aborted) {
          metrics.tickFailures.inc({ tick: name });
          log.error({ err: error, tick: name }, 'a round of a loop failed');
        }
      }
      end();
      await delay(intervalMs, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  };
  return {
    every: (intervalMs, name, work) => {
      loops.push(loop(intervalMs, name, work));
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
