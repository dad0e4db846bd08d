import type { PersonActor } from '../actor.ts';
import type { Logger } from '../telemetry/logger.ts';

/** The numbers of a person are worked out at most so often. */
const EVERY_MS = 1_000;
/** Some numbers change by time alone, and nobody announces that. */
const UNASKED_MS = 15_000;
/** What is read for longer hangs: the next round does without it. */
const HUNG_MS = 10_000;

export interface NumbersFeedOptions<S extends object> {
  /** Small numbers of one person, without a secret: they go to every window that this person has open. */
  readonly numbersOf: (actor: PersonActor) => Promise<unknown>;
  /** Everybody who is connected here. */
  readonly sockets: () => Iterable<S>;
  readonly actorOf: (socket: S) => PersonActor;
  readonly send: (socket: S, numbers: unknown) => void;
  readonly log: Pick<Logger, 'warn'>;
  readonly everyMs?: number;
}

/**
 * Tells people their numbers when these differ from what a window was told last: worked out once for all windows of one
 * person, instead of a question from each window with every hint. One round after the other, so the last word is the newest.
 */
export function createNumbersFeed<S extends object>(options: NumbersFeedOptions<S>): { stir(): void; stop(): void } {
  const { numbersOf, sockets, actorOf, send, log, everyMs = EVERY_MS } = options;
  const told = new WeakMap<S, string>();
  let latest = 0;
  let running = false;
  let stirred = false;
  let stopped = false;

  const tell = async (): Promise<void> => {
    latest += 1;
    const round = latest;
    const windows = Map.groupBy(sockets(), (socket) => keyOf(actorOf(socket)));
    const telling = [...windows].map(async ([key, mine]) => {
      const [first] = mine;
      if (first === undefined) return;
      const numbers = await numbersOf(actorOf(first));
      const text = JSON.stringify(numbers);
      // Late out of a round that was given up: a newer one has spoken since.
      if (round !== latest || stopped) return;
      for (const socket of mine) {
        // Whose roles changed meanwhile is told by the next round what they may see then.
        if (told.get(socket) === text || keyOf(actorOf(socket)) !== key) continue;
        told.set(socket, text);
        send(socket, numbers);
      }
    });
    const failed = (await Promise.allSettled(telling)).find((one) => one.status === 'rejected');
    if (failed !== undefined) log.warn({ err: failed.reason }, 'numbers of people could not be read');
  };

  const run = async (): Promise<void> => {
    running = true;
    while (stirred && !stopped) {
      stirred = false;
      await Promise.all([Promise.race([tell(), wait(HUNG_MS)]), wait(everyMs)]);
    }
    running = false;
  };
  const stir = (): void => {
    stirred = true;
    if (!running && !stopped) void run();
  };
  const unasked = setInterval(stir, UNASKED_MS);
  unasked.unref();
  return {
    stir,
    stop: () => {
      stopped = true;
      clearInterval(unasked);
    },
  };
}

const wait = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });

const keyOf = ({ userId, roles }: PersonActor): string => JSON.stringify([userId, [...roles].sort()]);
