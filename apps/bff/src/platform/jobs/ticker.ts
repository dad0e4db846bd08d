import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Leader } from './leader.ts';

type Work = (signal: AbortSignal) => Promise<void>;

export interface Ticker {
  /**
   * Runs `work` at once and then again `intervalMs` after each end, in every instance: for work that concerns the
   * process itself, or that claims its rows. Rounds of one name never overlap. A failure is logged and counted, the
   * next round comes as usual. `signal` aborts at shutdown.
   */
  every(intervalMs: number, name: string, work: Work): void;
  /**
   * The same in one of all instances: the leader. A new leader begins with a round at once. `signal` aborts also when
   * this instance leads no more; what the old leader had begun may then overlap with the new one for a moment, so
   * every round leaves rows that a second one finds done.
   */
  alone(intervalMs: number, name: string, work: Work): void;
  /** Starts no more rounds and waits for the running ones. */
  stop(): Promise<void>;
}

interface TickerOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Without one this instance counts as the only one. */
  readonly leader?: Pick<Leader, 'lead'>;
}

const ONLY_ONE: Pick<Leader, 'lead'> = { lead: async (stopping) => stopping };

export function createTicker({ log, metrics, leader = ONLY_ONE }: TickerOptions): Ticker {
  const stopping = new AbortController();
  const loops: Promise<void>[] = [];

  const round = async (name: string, work: Work, signal: AbortSignal): Promise<void> => {
    const end = metrics.tickSeconds.startTimer({ tick: name });
    try {
      await work(signal);
    } catch (error) {
      if (!signal.aborted) {
        metrics.tickFailures.inc({ tick: name });
        log.error({ err: error, tick: name }, 'a round of a loop failed');
      }
    }
    end();
  };
  const pause = (intervalMs: number, signal: AbortSignal): Promise<void> =>
    delay(intervalMs, undefined, { signal }).catch(() => undefined);

  const loop = async (intervalMs: number, name: string, work: Work): Promise<void> => {
    while (!stopping.signal.aborted) {
      await round(name, work, stopping.signal);
      await pause(intervalMs, stopping.signal);
    }
  };
  const leaderLoop = async (intervalMs: number, name: string, work: Work): Promise<void> => {
    while (!stopping.signal.aborted) {
      const term = await leader.lead(stopping.signal);
      const signal = AbortSignal.any([stopping.signal, term]);
      if (signal.aborted) continue;
      await round(name, work, signal);
      await pause(intervalMs, signal);
    }
  };

  return {
    every: (intervalMs, name, work) => {
      loops.push(loop(intervalMs, name, work));
    },
    alone: (intervalMs, name, work) => {
      loops.push(leaderLoop(intervalMs, name, work));
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(loops);
    },
  };
}
