/** Producers of the bus: each reads on from its mark, and moves it only when the broker has acknowledged everything. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Outgoing } from '../workers/outgoing.ts';
import type { Effects } from './effects.ts';
import type { BusFaults } from './faults.ts';
import type { Link } from './link.ts';
import { type BusMessage, documentRecord, factOf, factRecord } from './message.ts';
import { messagesOf, POISON_EVERY_MS, PRODUCTION_EVERY_MS, poisonOf, productionOf } from './outgoing.ts';
import { FACTS, SERVICES } from './topics.ts';

const DOCUMENTS_EVERY_MS = 1_500;
const AGAIN_MS = 3_000;
/** How much later than the old channel a late bus is. */
const LATE_MS = 4 * 60_000;
/** After a long time away production does not tell everything that was missed. */
const CATCH_UP_SLOTS = 20;
const TIMEOUT_MS = 10_000;

export interface ProducerParts {
  readonly link: Pick<Link, 'send'>;
  readonly effects: Effects;
  readonly faults: BusFaults;
  /** Address of the workers. */
  readonly workers: string;
}

/** Facts of the source around the document, so that nobody reads of a delivery before its source has spoken. */
async function publish({ link }: Pick<ProducerParts, 'link'>, message: BusMessage): Promise<void> {
  const mode = message.source.startsWith('erp') ? 'binary' : 'structured';
  const fact = (kind: 'accepted' | 'sent') => factRecord(FACTS, factOf(message, kind, { attempt: 1 }), mode);
  await link.send([fact('accepted')]);
  await link.send([documentRecord(message)]);
  await link.send([fact('sent')]);
}

/** Documents that the workers have accepted since the mark. @returns how many went out */
export async function publishDocuments(parts: ProducerParts, now: number): Promise<number> {
  const { effects, faults } = parts;
  // Only what happens from the first day of the bus on goes over it.
  if (effects.mark('since') === null) effects.setMark('since', now);
  const since = new Date(effects.mark('since') ?? now).toISOString();
  const response = await fetch(
    `${parts.workers}/_stand/outgoing?after=${effects.mark('documents') ?? 0}&since=${since}`,
    { signal: AbortSignal.timeout(TIMEOUT_MS) },
  );
  if (!response.ok) throw new Error(`${response.status} of the workers`);
  const { next, records } = (await response.json()) as Outgoing;
  let sent = 0;
  for (const record of records) {
    if (faults.late && record.flow === 'ut-site-prices-stock' && now - Date.parse(record.occurredAt) < LATE_MS)
      return sent;
    for (const message of messagesOf(record, faults)) {
      await publish(parts, message);
      sent += 1;
    }
    effects.setMark('documents', record.position);
  }
  if (effects.mark('documents') !== next) effects.setMark('documents', next);
  return sent;
}

/** One release of a site in each slot that has passed. */
export async function publishProduction(parts: ProducerParts, now: number): Promise<void> {
  const slot = Math.floor(now / PRODUCTION_EVERY_MS);
  const last = parts.effects.mark('production') ?? slot - 1;
  for (let next = Math.max(last + 1, slot - CATCH_UP_SLOTS); next <= slot; next += 1) {
    await publish(parts, productionOf(next));
    parts.effects.setMark('production', next);
  }
}

/** While a service is being poisoned: one message after another that it does not understand. */
export async function publishPoison(parts: ProducerParts, now: number): Promise<void> {
  const slot = Math.floor(now / POISON_EVERY_MS);
  for (const service of SERVICES) {
    const mark = `poison ${service.system}`;
    if (!parts.faults.poison.has(service.system) || (parts.effects.mark(mark) ?? 0) >= slot) continue;
    await publish(parts, poisonOf(service, slot));
    parts.effects.setMark(mark, slot);
  }
}

/** Runs the producers until the signal. */
export function runProducers(parts: ProducerParts, signal: AbortSignal): Promise<unknown> {
  const loop = async (everyMs: number, round: (now: number) => Promise<unknown>): Promise<void> => {
    while (!signal.aborted) {
      // The broker or the workers are away: the mark stands where it stood.
      const went = await round(Date.now()).then(
        () => true,
        () => false,
      );
      await pause(went ? everyMs : AGAIN_MS, undefined, { signal }).catch(() => undefined);
    }
  };
  return Promise.all([
    loop(DOCUMENTS_EVERY_MS, (now) => publishDocuments(parts, now)),
    loop(PRODUCTION_EVERY_MS / 2, (now) => publishProduction(parts, now)),
    loop(POISON_EVERY_MS / 4, (now) => publishPoison(parts, now)),
  ]);
}
