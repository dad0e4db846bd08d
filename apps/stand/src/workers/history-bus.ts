/** The last days of the bus beside the old channel: the same packages, a little faster, and one day on which it lost some. */
import { type BusMessage, factOf } from '../bus/message.ts';
import { PRICES } from '../bus/topics.ts';
import { createRandom } from '../onec/random.ts';
import type { CloudEvent } from './event.ts';
import type { Told } from './history-story.ts';

/** The bus has carried packages beside the old channel for so many days. */
const DAYS = 10;
/** On that day its broker was moved, and a few packages of the morning did not get there. */
const DAY_OF_LOSS = 9;
const LOST_FROM = 30;
const LOST = 3;

/** Facts about the packages of a day over the bus; nothing for days before it began. */
export function busPackages(told: readonly Told[], daysAgo: number): CloudEvent[] {
  if (daysAgo >= DAYS) return [];
  const random = createRandom(9_000 + daysAgo);
  return told.flatMap(({ at, record }, index): CloudEvent[] => {
    const took = random.int(120, 900);
    if (daysAgo === DAY_OF_LOSS && index >= LOST_FROM && index < LOST_FROM + LOST) return [];
    const message: BusMessage = {
      ...record,
      flow: 'bus-ut-go',
      topic: PRICES,
      consumer: 'go-services',
    };
    const fact = (kind: Parameters<typeof factOf>[1], afterMs: number): CloudEvent =>
      factOf(message, kind, { attempt: 1, at: new Date(at + afterMs).toISOString() });
    return [fact('accepted', 0), fact('sent', took * 0.2), fact('delivered', took * 0.7), fact('applied', took)];
  });
}
