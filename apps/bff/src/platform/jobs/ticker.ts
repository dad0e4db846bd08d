import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import type { Leader } from './leader.ts';

/** A round that does not end so long after the lead was lost hangs; the next term begins without it. */
const TERM_END_MS = 10_000;

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
   * every round leaves rows that a second one finds done. A round that hears no end is left behind: the lead may come
   * back to the same instance, and no other would do its work.
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
  /** How long a round may go on after the lead was lost before it is left behind, ms. */
  readonly termEndMs?: number;
}

const ENDLESS = new AbortController().signal;
const ONLY_ONE: Pick<Leader, 'lead'> = { lead: async () => ENDLESS };

export function createTicker({ log, metrics, leader = ONLY_ONE, termEndMs = TERM_END_MS }: TickerOptions): Ticker {
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
  /** True when `round` goes on long after its term; waits for ever otherwise, which is the end of the round to tell. */
  const hangsAfter = (term: AbortSignal, round: Promise<void>): Promise<true> =>
    new Promise((resolve) => {
      const wait = (): void => {
        const timer = setTimeout(() => resolve(true), termEndMs);
        void round.then(() => clearTimeout(timer));
      };
      term.addEventListener('abort', wait, { once: true });
      void round.then(() => term.removeEventListener('abort', wait));
      if (term.aborted) wait();
    });
  const leaderLoop = async (intervalMs: number, name: string, work: Work): Promise<void> => {
    while (!stopping.signal.aborted) {
      const term = await leader.lead(stopping.signal);
      const signal = AbortSignal.any([stopping.signal, term]);
      if (signal.aborted) continue;
      const running = round(name, work, signal);
      const isLeft = await Promise.race([running.then(() => false), hangsAfter(term, running)]);
      if (isLeft) log.error({ tick: name }, 'a round of the lead that was lost hangs; the next begins without it');
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
