import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createOutgoing, type Hint } from './outgoing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function gathered() {
  const sent: (readonly Hint[])[] = [];
  return { sent, outgoing: createOutgoing({ send: (hints) => sent.push(hints), intervalMs: 200 }) };
}

describe('hints for the other instances', () => {
  it('leave at once after a silence, and together at the end of the interval behind it', () => {
    const { sent, outgoing } = gathered();
    outgoing.announce('messages');
    expect(sent).toEqual([[['messages', []]]]);
    for (let count = 0; count < 50; count += 1) outgoing.announce(`delivery:${count}`);
    outgoing.announce('messages');
    expect(sent).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(sent).toHaveLength(2);
    expect(sent[1]).toHaveLength(51);
    vi.advanceTimersByTime(10_000);
    expect(sent).toHaveLength(2);
    outgoing.announce('sources');
    expect(sent).toHaveLength(3);
    outgoing.stop();
  });

  it('name the ids of all announcements of a topic once, and «look again» outweighs them', () => {
    const { sent, outgoing } = gathered();
    outgoing.announce('messages');
    outgoing.announce('sources', ['ut', 'bp']);
    outgoing.announce('sources', ['bp', 'site']);
    outgoing.announce('landscape', ['a']);
    outgoing.announce('landscape');
    outgoing.announce('landscape', ['b']);
    vi.advanceTimersByTime(200);
    expect(sent[1]).toEqual([
      ['sources', ['ut', 'bp', 'site']],
      ['landscape', []],
    ]);
    outgoing.stop();
  });

  it('fit into a message of the database each, and none is lost for it', () => {
    const { sent, outgoing } = gathered();
    outgoing.announce('messages');
    const topics = Array.from({ length: 500 }, (_, index) => `delivery:${'я'.repeat(30)}${index}` as const);
    for (const topic of topics) outgoing.announce(topic);
    outgoing.announce(
      'sources',
      Array.from({ length: 1_000 }, (_, index) => `system-${index}`),
    );
    vi.advanceTimersByTime(200);
    const messages = sent.slice(1);
    for (const message of messages) expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(7_000);
    expect(messages.flat()).toEqual([...topics.map((topic) => [topic, []]), ['sources', []]]);
    outgoing.stop();
  });
});
