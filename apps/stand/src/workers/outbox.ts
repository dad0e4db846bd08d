/** Events on their way to Pult: on disk before they count, sent until they are taken. Faults shuffle and double them. */
import { setTimeout as pause } from 'node:timers/promises';
import { Journal } from '../journal.ts';
import { settings } from './settings.ts';

export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly subject?: string;
  readonly traceparent?: string;
  readonly datacontenttype: 'application/json';
  readonly data: unknown;
}

export interface OutboxFaults {
  duplicates: boolean;
  reorder: boolean;
}

type Line = { readonly event: CloudEvent } | { readonly done: readonly string[] };
const BATCH = 500;

export class Outbox {
  readonly faults: OutboxFaults = { duplicates: false, reorder: false };
  #journal: Journal<Line>;
  #waiting = new Map<string, CloudEvent>();
  #doneSinceRewrite = 0;

  constructor(path: string | null) {
    this.#journal = new Journal<Line>(path);
    for (const line of this.#journal.read()) {
      if ('event' in line) this.#waiting.set(line.event.id, line.event);
      else for (const id of line.done) this.#waiting.delete(id);
    }
  }

  get size(): number {
    return this.#waiting.size;
  }

  add(...events: readonly CloudEvent[]): void {
    this.#journal.append(...events.map((event) => ({ event })));
    for (const event of events) this.#waiting.set(event.id, event);
  }

  /** Sends until the process ends. */
  async run(): Promise<never> {
    for (;;) {
      const rested = await this.#round().catch(() => 2_000);
      await pause(rested);
    }
  }

  /** One round over all systems. @returns how long to rest, ms */
  async #round(): Promise<number> {
    const bySource = new Map<string, CloudEvent[]>();
    for (const event of this.#waiting.values()) {
      const list = bySource.get(event.source) ?? [];
      if (list.length < BATCH) list.push(event);
      bySource.set(event.source, list);
    }
    let rest = 250;
    for (const [source, events] of bySource) {
      const batch = this.faults.reorder ? [...events].reverse() : events;
      const wait = await send(source, this.faults.duplicates ? [...batch, ...batch].slice(0, 1000) : batch);
      if (wait !== null) {
        rest = Math.max(rest, wait);
        continue;
      }
      const done = events.map(({ id }) => id);
      this.#journal.append({ done });
      for (const id of done) this.#waiting.delete(id);
      this.#doneSinceRewrite += done.length;
    }
    if (this.#doneSinceRewrite > 20_000) {
      this.#journal.rewrite([...this.#waiting.values()].map((event) => ({ event })));
      this.#doneSinceRewrite = 0;
    }
    return rest;
  }
}

/** @returns null when taken, else how long to wait before the next try, ms */
async function send(source: string, events: readonly CloudEvent[]): Promise<number | null> {
  const response = await fetch(`${settings.pult}/api/intake/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents-batch+json',
      authorization: `Bearer ${settings.intakeToken(source)}`,
    },
    body: JSON.stringify(events),
  }).catch(() => null);
  if (!response) return 1_000;
  await response.arrayBuffer();
  if (response.ok) return null;
  const after = Number(response.headers.get('retry-after'));
  return Number.isFinite(after) && after > 0 ? after * 1_000 : 2_000;
}
