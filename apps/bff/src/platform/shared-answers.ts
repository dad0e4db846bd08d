import { setTimeout as pause } from 'node:timers/promises';
import { SILENCE_LIMIT_MS } from './db/database.ts';

/** Computations of one question begin at least this far apart; what is asked meanwhile is answered by the next one. */
const SHARE_WINDOW_MS = 100;
/** A computation that takes longer may hang, as on a connection to a host that vanished: another one may begin beside it. */
const HUNG_MS = 10_000;
/** Or the database is slow: then each further one makes it slower and takes connections from the intake. */
const MOST_BESIDE = 2;

/** When a computation counts as hanging, ms since its beginning. */
export interface HangLimits {
  /** Another one may begin beside it. */
  readonly hungMs: number;
  /** It holds no connection any more: it counts as ended. */
  readonly lostMs: number;
}

/** An answer that several askers get; its text is made once for all of them. */
export class SharedAnswer<T> {
  readonly value: T;
  #text: string | null = null;

  constructor(value: T) {
    this.value = value;
  }

  /** The text of the answer; `make` is called for the first asker only. */
  text(make: (value: T) => string): string {
    this.#text ??= make(this.value);
    return this.#text;
  }
}

interface Line<T> {
  /** Resolves when the next computation may begin. */
  readonly free: Promise<unknown>;
  /** The next computation, once somebody has asked for it. */
  next: Promise<SharedAnswer<T>> | null;
}

/** Asks a question by its key; `compute` must give the same to everybody who asks with that key. */
export type Share<T> = (key: string, compute: () => Promise<T>) => Promise<SharedAnswer<T>>;

/**
 * Equal questions share answers, and no answer is older than its question: an answer is only given to those who asked
 * before its computation began. Whoever asks during one waits for the next. Nothing is kept for later, so nothing can
 * become stale, whichever instance wrote. A failed computation fails for those who waited for it; the next one begins anew.
 * One that hangs holds the next up for `hungMs`; of one question two are under way at once at most, until they are lost.
 */
export function createSharing<T>(
  windowMs = SHARE_WINDOW_MS,
  { hungMs, lostMs }: HangLimits = { hungMs: HUNG_MS, lostMs: SILENCE_LIMIT_MS },
): Share<T> {
  const lines = new Map<string, Line<T>>();
  /** Ends of the computations under way, by question: one that hangs may outlive its line. */
  const underWay = new Map<string, Set<Promise<unknown>>>();
  const note = (key: string, answer: Promise<unknown>): Set<Promise<unknown>> => {
    const together = underWay.get(key) ?? new Set();
    underWay.set(key, together);
    const ended = new AbortController();
    const settled = Promise.allSettled([answer]);
    const over = Promise.race([settled, pause(lostMs, undefined, { ref: false, signal: ended.signal })]).finally(() => {
      together.delete(over);
      if (together.size === 0) underWay.delete(key);
    });
    void settled.then(() => ended.abort());
    together.add(over);
    return together;
  };
  const begin: Share<T> = (key, compute) => {
    const answer = (async () => new SharedAnswer(await compute()))();
    const together = note(key, answer);
    const done = Promise.allSettled([answer, pause(windowMs, undefined, { ref: false })]);
    const hung = new AbortController();
    const beside = async (): Promise<void> => {
      await pause(hungMs, undefined, { ref: false, signal: hung.signal });
      while (together.size >= MOST_BESIDE) await Promise.race(together);
    };
    const free = Promise.race([done, beside()]);
    void done.then(() => hung.abort());
    const line: Line<T> = { free, next: null };
    lines.set(key, line);
    void free.then(() => {
      if (line.next === null) lines.delete(key);
    });
    return answer;
  };
  return (key, compute) => {
    const line = lines.get(key);
    if (line === undefined) return begin(key, compute);
    line.next ??= line.free.then(() => begin(key, compute));
    return line.next;
  };
}

/** Makes something of a shared answer; `make` runs once for all who have that answer and ask with that key. */
export type Derive<T, U> = (
  answer: SharedAnswer<T>,
  key: string,
  make: (value: T) => Promise<U>,
) => Promise<SharedAnswer<U>>;

/**
 * What is made of one shared answer is shared by all who got it, without a second wait: they asked before the answer was
 * begun, so whatever is read after it is no older than their questions.
 */
export function createDerivation<T, U>(): Derive<T, U> {
  const made = new WeakMap<SharedAnswer<T>, Map<string, Promise<SharedAnswer<U>>>>();
  return (answer, key, make) => {
    const mine = made.get(answer) ?? new Map<string, Promise<SharedAnswer<U>>>();
    made.set(answer, mine);
    const known = mine.get(key);
    if (known !== undefined) return known;
    const fresh = make(answer.value).then((value) => new SharedAnswer(value));
    mine.set(key, fresh);
    return fresh;
  };
}
