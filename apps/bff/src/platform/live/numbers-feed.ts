import type { PersonActor } from '../actor.ts';
import type { Logger } from '../telemetry/logger.ts';

/** The numbers of a person are worked out at most so often. */
const EVERY_MS = 1_000;
/** Some numbers change by time alone, and nobody announces that. */
const UNASKED_MS = 15_000;

export interface NumbersFeedOptions<S> {
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
 * Tells people their numbers when these have changed: once for all windows of one person, instead of a question from
 * each window with every hint.
 */
export function createNumbersFeed<S>(options: NumbersFeedOptions<S>): { stir(): void; stop(): void } {
  const { numbersOf, sockets, actorOf, send, log, everyMs = EVERY_MS } = options;
  /** What each person was told last. */
  let told: ReadonlyMap<string, string> = new Map();
  let timer: NodeJS.Timeout | null = null;
  let stirred = false;
  let stopped = false;

  const tell = async (): Promise<void> => {
    const windows = Map.groupBy(sockets(), (socket) => keyOf(actorOf(socket)));
    const now = new Map<string, string>();
    const telling = [...windows].map(async ([key, mine]) => {
      const [first] = mine;
      if (first === undefined) return;
      const numbers = await numbersOf(actorOf(first));
      const text = JSON.stringify(numbers);
      now.set(key, text);
      if (text === told.get(key)) return;
      // Whose roles changed meanwhile is told by the next round what they may see then.
      for (const socket of mine) if (keyOf(actorOf(socket)) === key) send(socket, numbers);
    });
    const failed = (await Promise.allSettled(telling)).find((one) => one.status === 'rejected');
    if (failed !== undefined) log.warn({ err: failed.reason }, 'numbers of people could not be read');
    told = now;
  };

  const round = (): void => {
    stirred = false;
    timer = setTimeout(rest, everyMs);
    void tell();
  };
  const rest = (): void => {
    timer = null;
    if (stirred && !stopped) round();
  };
  const stir = (): void => {
    stirred = true;
    if (timer === null && !stopped) round();
  };
  const unasked = setInterval(stir, UNASKED_MS);
  unasked.unref();
  return {
    stir,
    stop: () => {
      stopped = true;
      clearInterval(unasked);
      if (timer !== null) clearTimeout(timer);
    },
  };
}

const keyOf = ({ userId, roles }: PersonActor): string => JSON.stringify([userId, [...roles].sort()]);
