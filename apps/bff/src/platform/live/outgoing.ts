import type { Topic } from '@pult/shared/live/topics';
import { HINT_INTERVAL_MS } from './coalescer.ts';

/** What changed, as instances tell each other; no ids: «look again». */
export type Hint = readonly [topic: Topic, ids: readonly string[]];

/** NOTIFY takes less than 8000 bytes, the envelope of the adapter included. */
const MESSAGE_BYTES = 6_000;

export interface OutgoingOptions {
  readonly send: (hints: readonly Hint[]) => void;
  readonly intervalMs?: number;
}

/**
 * Gathers hints for the other instances: the first leaves at once, what follows within the interval leaves together at its
 * end. Every message is a transaction of the database and work for each instance, and an intake at full speed names
 * thousands of messages a second.
 */
export function createOutgoing({ send, intervalMs = HINT_INTERVAL_MS }: OutgoingOptions): {
  announce(topic: Topic, ids?: readonly string[]): void;
  stop(): void;
} {
  const waiting = new Map<Topic, Set<string> | null>();
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    timer = null;
    if (waiting.size === 0) return;
    const hints = [...waiting].map(([topic, ids]): Hint => [topic, [...(ids ?? [])]]);
    waiting.clear();
    timer = setTimeout(flush, intervalMs);
    for (const message of packed(hints)) send(message);
  };
  return {
    announce: (topic, ids = []) => {
      const known = waiting.get(topic);
      if (ids.length === 0 || known === null) waiting.set(topic, null);
      else waiting.set(topic, new Set([...(known ?? []), ...ids]));
      if (timer === null) flush();
    },
    stop: () => {
      if (timer !== null) clearTimeout(timer);
      waiting.clear();
    },
  };
}

const sizeOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text) + 3, 8);

/** As few messages as hold them; a topic whose ids do not fit into one is «look again». */
function packed(hints: readonly Hint[]): Hint[][] {
  const messages: Hint[][] = [];
  let bytes = MESSAGE_BYTES;
  for (const [topic, ids] of hints) {
    const whole = sizeOf([topic, ...ids]);
    const [hint, size]: [Hint, number] =
      whole <= MESSAGE_BYTES ? [[topic, ids], whole] : [[topic, []], sizeOf([topic])];
    if (bytes + size > MESSAGE_BYTES) {
      messages.push([]);
      bytes = 0;
    }
    messages.at(-1)?.push(hint);
    bytes += size;
  }
  return messages;
}
