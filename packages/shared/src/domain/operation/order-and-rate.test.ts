import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ItemState, isInFlight, isOpen, isSuccess, nextItemState } from './item.ts';
import { type OrderedItem, turnOf } from './key-order.ts';
import { adaptRate, estimateMs, fullBucket, p95, refill, take } from './rate.ts';
import { admittedUpTo, DEFAULT_STOP_RULE, readStopRule, stageOf, stageSize } from './stages.ts';

interface Simulated extends OrderedItem {
  state: ItemState;
}

/** Plays an operation to its end by the rules alone; `outcomes` decides what becomes of each item. */
function play(keys: readonly (readonly string[])[], choices: readonly number[]) {
  const items: Simulated[] = keys.map((own, index) => ({
    position: index + 1,
    keys: own,
    state: 'pending',
    doubtSettled: true,
  }));
  const starts: number[] = [];
  let mostPerKey = 0;
  let step = 0;
  const choose = (upTo: number): number => (choices[step++ % choices.length] ?? 0) % upTo;
  for (let round = 0; round < keys.length * 20 && items.some(isOpen); round += 1) {
    for (const item of items) {
      if (item.state !== 'pending' && item.state !== 'waiting_previous') continue;
      const turn = turnOf(item, items);
      const move = { go: item.state === 'pending' ? 'send' : 'admit', wait: 'wait', skip: 'skip' } as const;
      item.state = nextItemState(item.state, move[turn.kind]) ?? item.state;
      if (item.state === 'sending') starts.push(item.position);
      for (const key of item.keys) {
        const inFlight = items.filter((one) => one.keys.includes(key) && isInFlight(one.state)).length;
        mostPerKey = Math.max(mostPerKey, inFlight);
      }
    }
    for (const item of items) {
      if (!isInFlight(item.state) || choose(3) === 0) continue;
      const ends = ['accepted', 'confirmed', 'rejected', 'timed_out', 'hold'] as const;
      item.state = nextItemState(item.state, ends[choose(ends.length)] ?? 'accepted') ?? item.state;
    }
  }
  return { items, starts, mostPerKey };
}

// A document, and the key of its record where it has one: a document goes under several keys, a key has many documents.
const keys = fc.array(
  fc
    .tuple(fc.constantFrom('a', 'b', 'c'), fc.option(fc.constantFrom('key 1', 'key 2'), { nil: null }))
    .map(([document, key]) => (key === null ? [document] : [document, key])),
  { minLength: 1, maxLength: 15 },
);
const choices = fc.array(fc.nat({ max: 100 }), { minLength: 1, maxLength: 60 });

describe('order of one document', () => {
  it('never has two messages of one key on their way', () => {
    fc.assert(
      fc.property(keys, choices, (ks, cs) => {
        expect(play(ks, cs).mostPerKey).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('starts messages of one key oldest first and none behind a failed one', () => {
    fc.assert(
      fc.property(keys, choices, (ks, cs) => {
        const { items } = play(ks, cs);
        for (const item of items) {
          const older = items.filter(
            (one) => one.position < item.position && one.keys.some((key) => item.keys.includes(key)),
          );
          if (isSuccess(item.state)) expect(older.every((one) => isSuccess(one.state))).toBe(true);
        }
      }),
    );
  });

  it('gives every item an outcome when every request gets one', () => {
    fc.assert(
      fc.property(keys, (ks) => {
        // 1: not left out of the round, then `confirmed` for it.
        const { items } = play(ks, [1, 1]);
        expect(items.some(isOpen)).toBe(false);
      }),
    );
  });
});

describe('stages', () => {
  it('are one, ten and the rest', () => {
    expect([1, 2, 11, 12].map(stageOf)).toEqual(['canary1', 'canary10', 'canary10', 'rest']);
    expect([stageSize('canary1', 5), stageSize('canary10', 5), stageSize('rest', 5)]).toEqual([1, 4, 0]);
  });

  it('admit the next one when the one before has ended', () => {
    expect(admittedUpTo({ canary1: 1, canary10: 10, rest: 89 }, 100)).toBe(1);
    expect(admittedUpTo({ canary1: 0, canary10: 2, rest: 89 }, 100)).toBe(11);
    expect(admittedUpTo({ canary1: 0, canary10: 0, rest: 89 }, 100)).toBe(100);
  });

  it('stop at once in the canary, by the share of the last hundred behind it', () => {
    const failuresIn = (failed: number, of: number) => Array.from({ length: of }, (_, index) => index < failed);
    expect(readStopRule([true], 'canary1', DEFAULT_STOP_RULE).broken).toBe(true);
    expect(readStopRule(failuresIn(1, 11), 'canary10', DEFAULT_STOP_RULE).broken).toBe(true);
    expect(readStopRule(failuresIn(1, 12), 'rest', DEFAULT_STOP_RULE).broken).toBe(false);
    expect(readStopRule(failuresIn(5, 100), 'rest', DEFAULT_STOP_RULE).broken).toBe(false);
    expect(readStopRule(failuresIn(6, 100), 'rest', DEFAULT_STOP_RULE).broken).toBe(true);
    // Failures older than the window do not count.
    expect(readStopRule([...failuresIn(50, 50), ...failuresIn(0, 100)], 'rest', DEFAULT_STOP_RULE).failures).toBe(0);
  });
});

describe('rate', () => {
  it('keeps the chosen rate over any rhythm of looks, plus one burst at most', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 20, maxLength: 200 }),
        (rate, gaps) => {
          let now = 0;
          let sent = 0;
          let bucket = fullBucket(0);
          for (const gap of gaps) {
            now += gap;
            const result = take(refill(bucket, now, rate), 1_000);
            bucket = result.bucket;
            sent += result.taken;
          }
          expect(sent).toBeLessThanOrEqual(1 + (now / 1000) * rate + 1e-6);
          expect(sent).toBeGreaterThanOrEqual(Math.floor((now / 1000) * rate) - 1);
        },
      ),
    );
  });

  it('goes on at the same rate when the clock is set back, with nothing gained by it', () => {
    const late = take(refill(fullBucket(0), 3_600_000, 2), 1_000).bucket;
    const back = take(refill(late, 0, 2), 1_000);
    expect(back.taken).toBe(0);
    expect(take(refill(back.bucket, 1_000, 2), 1_000).taken).toBe(2);
  });

  it('slows down on slow answers and comes back, never above the choice', () => {
    expect(adaptRate({ chosen: 4, present: 4, p95Ms: 2_400 })).toBe(3);
    expect(adaptRate({ chosen: 4, present: 3, p95Ms: 1_500 })).toBe(3);
    expect(adaptRate({ chosen: 4, present: 3, p95Ms: 900 })).toBe(4);
    expect(adaptRate({ chosen: 2, present: 4, p95Ms: 1_500 })).toBe(2);
  });

  it('estimates and ranks', () => {
    expect(estimateMs({ remaining: 0, ratePerSecond: 4, stagesAhead: 2 })).toBe(0);
    expect(estimateMs({ remaining: 100, ratePerSecond: 4, stagesAhead: 0 })).toBe(25_000);
    expect(p95(Array.from({ length: 100 }, (_, index) => index + 1))).toBe(95);
    expect(p95([])).toBeNull();
  });
});
