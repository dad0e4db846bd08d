/** Events on their way to Pult: on disk before they count, sent until they are taken. Faults shuffle, delay and double them. */
import { setTimeout as pause } from 'node:timers/promises';
import { Journal } from '../journal.ts';
import { createRandom } from '../onec/random.ts';
import type { CloudEvent } from './event.ts';

export interface OutboxFaults {
  duplicates: boolean;
  reorder: boolean;
}

/** What became of a batch: taken, to be sent again after a rest, or refused as it is. */
export type Sent =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'later'; readonly waitMs: number }
  | { readonly outcome: 'refused' };
export type Send = (source: string, events: readonly CloudEvent[]) => Promise<Sent>;

type Line = { readonly event: CloudEvent } | { readonly done: readonly string[] } | { readonly refused: string };
/** As many as the intake takes at once. */
const BATCH = 1_000;
const REST_MS = 250;
const BREATH_MS = 20;
const LATE_SHARE = 0.2;
const LATE_ROUNDS = 12;
const REWRITE_AFTER = 20_000;

export class Outbox {
  readonly faults: OutboxFaults = { duplicates: false, reorder: false };
  readonly #journal: Journal<Line>;
  readonly #send: Send;
  readonly #waiting = new Map<string, CloudEvent>();
  readonly #beats = new Map<string, CloudEvent>();
  readonly #notBefore = new Map<string, number>();
  readonly #late = new Map<string, number>();
  readonly #limits = new Map<string, number>();
  readonly #random = createRandom(7);
  #round = 0;
  #doneSinceRewrite = 0;
  #stopped = false;

  constructor(path: string | null, send: Send) {
    this.#send = send;
    this.#journal = new Journal<Line>(path);
    for (const line of this.#journal.read()) {
      if ('event' in line) this.#waiting.set(line.event.id, line.event);
      else for (const id of 'done' in line ? line.done : [line.refused]) this.#waiting.delete(id);
    }
  }

  /** Events that Pult has not taken yet. */
  get size(): number {
    return this.#waiting.size;
  }

  /** On disk before it returns. */
  add(...events: readonly CloudEvent[]): void {
    this.#journal.append(...events.map((event) => ({ event })));
    for (const event of events) this.#waiting.set(event.id, event);
  }

  /** Only the newest beat of a worker says anything; none is worth the disk. */
  beat(event: CloudEvent, worker: string): void {
    this.#beats.set(worker, event);
  }

  /** Sends until `stop`. */
  async run(): Promise<void> {
    while (!this.#stopped) {
      await this.flush();
      // A backlog goes on at once; the trickle of every day is gathered.
      if (this.size < BATCH) await pause(REST_MS);
      else await pause(BREATH_MS);
    }
  }
  stop(): void {
    this.#stopped = true;
  }

  /** One round over all systems: what each may send now. Later rounds send what is late or was not taken. */
  async flush(now: number = Date.now()): Promise<void> {
    this.#round += 1;
    const send = async ([source, events]: [string, CloudEvent[]]): Promise<void> => {
      const sent = await this.#send(source, this.#disturbed(events)).catch(
        (): Sent => ({ outcome: 'later', waitMs: 2_000 }),
      );
      if (sent.outcome === 'later') this.#notBefore.set(source, now + sent.waitMs);
      else if (sent.outcome === 'taken') this.#done(source, events);
      else this.#refused(source, events);
    };
    await Promise.all([...this.#due(now)].map(send));
    if (this.#doneSinceRewrite < REWRITE_AFTER) return;
    this.#journal.rewrite([...this.#waiting.values()].map((event) => ({ event })));
    this.#doneSinceRewrite = 0;
  }

  #due(now: number): Map<string, CloudEvent[]> {
    const bySource = new Map<string, CloudEvent[]>();
    for (const event of [...this.#beats.values(), ...this.#waiting.values()]) {
      if ((this.#notBefore.get(event.source) ?? 0) > now) continue;
      if (this.faults.reorder && this.#isLate(event)) continue;
      const list = bySource.get(event.source) ?? [];
      if (list.length < (this.#limits.get(event.source) ?? BATCH)) list.push(event);
      bySource.set(event.source, list);
    }
    return bySource;
  }

  /** Some events come rounds after the ones that happened later. */
  #isLate(event: CloudEvent): boolean {
    const until = this.#late.get(event.id);
    if (until !== undefined) return until > this.#round;
    const rounds = this.#random.next() < LATE_SHARE ? this.#random.int(1, LATE_ROUNDS) : 0;
    this.#late.set(event.id, this.#round + rounds);
    return rounds > 0;
  }

  #disturbed(events: readonly CloudEvent[]): readonly CloudEvent[] {
    const ordered = this.faults.reorder ? shuffle(events, this.#random.next) : events;
    return this.faults.duplicates ? [...ordered, ...ordered] : ordered;
  }

  #done(source: string, events: readonly CloudEvent[]): void {
    const done = events.map(({ id }) => id).filter((id) => this.#waiting.has(id));
    if (done.length > 0) this.#journal.append({ done });
    for (const id of done) this.#waiting.delete(id);
    for (const { id } of events) this.#late.delete(id);
    for (const [worker, beat] of this.#beats) if (events.includes(beat)) this.#beats.delete(worker);
    this.#limits.delete(source);
    this.#doneSinceRewrite += done.length;
  }

  /** Halves the batch until the one event that nobody takes is alone, and puts that aside. */
  #refused(source: string, events: readonly CloudEvent[]): void {
    const [only] = events;
    if (events.length > 1 || !only) {
      this.#limits.set(source, Math.max(1, Math.floor(events.length / 2)));
      return;
    }
    console.error(`Pult refuses event ${only.id}`);
    this.#journal.append({ refused: only.id });
    this.#waiting.delete(only.id);
    for (const [worker, beat] of this.#beats) if (beat === only) this.#beats.delete(worker);
  }
}

function shuffle<T>(list: readonly T[], random: () => number): T[] {
  return list
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
