import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CloudEvent } from './event.ts';
import { Outbox, type Sent } from './outbox.ts';
import { waitOf } from './report.ts';

const event = (id: string, source = 'ut'): CloudEvent => ({
  specversion: '1.0',
  id,
  source,
  type: 'exchange.sent',
  time: '2026-11-27T10:00:00.000Z',
  datacontenttype: 'application/json',
  data: {},
});
const inFile = (): string => join(mkdtempSync(join(tmpdir(), 'pult-outbox-')), 'outbox.jsonl');
const ids = (events: readonly CloudEvent[]): string[] => events.map(({ id }) => id);

/** An outbox whose sendings are written down and answered by `answer`. */
function outboxWith(path: string | null, answer: (events: readonly CloudEvent[]) => Sent) {
  const sent: string[][] = [];
  const outbox = new Outbox(path, async (_, events) => {
    sent.push(ids(events));
    return answer(events);
  });
  return { outbox, sent };
}
const taken = (): Sent => ({ outcome: 'taken' });

describe('outbox', () => {
  it('keeps what was not taken, over a restart too', async () => {
    const path = inFile();
    const first = outboxWith(path, () => ({ outcome: 'later', waitMs: 1_000 }));
    first.outbox.add(event('a'), event('b'));
    await first.outbox.flush(0);
    const second = outboxWith(path, taken);
    expect(second.outbox.size).toBe(2);
    await second.outbox.flush(0);
    expect(second.sent).toEqual([['a', 'b']]);
    expect(new Outbox(path, async () => taken()).size).toBe(0);
  });

  it('rests as long as the intake asks, each system for itself', async () => {
    const { outbox, sent } = outboxWith(null, (events) =>
      events[0]?.source === 'ut' ? { outcome: 'later', waitMs: 5_000 } : taken(),
    );
    outbox.add(event('a'), event('b', 'bp'));
    await outbox.flush(1_000);
    await outbox.flush(5_999);
    expect(sent).toEqual([['a'], ['b']]);
    await outbox.flush(6_000);
    expect(sent.at(-1)).toEqual(['a']);
  });

  it('finds the one event that nobody takes and goes on without it', async () => {
    const { outbox, sent } = outboxWith(null, (events) =>
      ids(events).includes('bad') ? { outcome: 'refused' } : taken(),
    );
    outbox.add(event('a'), event('b'), event('bad'), event('c'));
    for (let round = 0; round < 8; round += 1) await outbox.flush(0);
    expect(outbox.size).toBe(0);
    expect(
      sent
        .filter((batch) => !batch.includes('bad'))
        .flat()
        .sort(),
    ).toEqual(['a', 'b', 'c']);
  });

  it('doubles and shuffles when it is told to, and loses nothing by it', async () => {
    const { outbox, sent } = outboxWith(null, taken);
    outbox.faults.duplicates = true;
    outbox.faults.reorder = true;
    const all = Array.from({ length: 40 }, (_, index) => event(String(index)));
    outbox.add(...all);
    for (let round = 0; round < 20; round += 1) await outbox.flush(0);
    const arrived = sent.flat();
    expect(arrived).toHaveLength(80);
    expect(new Set(arrived)).toEqual(new Set(ids(all)));
    expect(arrived.slice(0, 40)).not.toEqual(ids(all));
  });

  it('understands Retry-After in seconds and as a date', () => {
    expect(waitOf('3', 0)).toBe(3_000);
    expect(waitOf('Fri, 27 Nov 2026 10:00:05 GMT', Date.parse('2026-11-27T10:00:00Z'))).toBe(5_000);
    expect(waitOf(null, 0)).toBe(2_000);
  });
});
