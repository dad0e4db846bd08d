import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { GroupFacts, TopicFacts } from './ports.ts';
import { forecastOf, groupVerdict, jointForecast, lagOf, ratePerMinute, withBus } from './rules.ts';

const NOW = Date.parse('2026-11-28T09:00:00Z');
const STEP = 5_000;
/** Lags each five seconds, the last one now. */
const samples = (lags: readonly number[]) => lags.map((lag, at) => ({ at: NOW - (lags.length - 1 - at) * STEP, lag }));
const line = (from: number, step: number, count = 24) =>
  samples(Array.from({ length: count }, (_, at) => from + step * at));

describe('forecast of a lag', () => {
  it('says when it will be gone at the present speed', () => {
    // 10 records fewer each 5 s, 240 left.
    expect(forecastOf(line(470, -10), NOW)).toEqual({ kind: 'falling', inMs: 120_000 });
    expect(forecastOf(line(100, 10), NOW)).toEqual({ kind: 'growing', perMinute: 120 });
    expect(forecastOf(line(500, 0), NOW)).toEqual({ kind: 'steady' });
  });

  it('is no forecast from too little, and drained is drained', () => {
    expect(forecastOf([], NOW).kind).toBe('unknown');
    expect(forecastOf(samples([10, 9]), NOW).kind).toBe('unknown');
    expect(forecastOf(samples([10, 9, 8]), NOW).kind).toBe('unknown');
    expect(forecastOf(samples([10, 0]), NOW).kind).toBe('drained');
  });

  it('never names a direction against the line, whatever the samples and their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 1_000_000 }), { minLength: 5, maxLength: 36 }),
        fc.integer({ min: 1, max: 1_000 }),
        (lags, step) => {
          const rising = lags.toSorted((a, b) => a - b).map((lag, at) => lag + at * step);
          expect(['growing', 'steady', 'drained']).toContain(forecastOf(samples(rising), NOW).kind);
          const falls = forecastOf(samples(rising.toReversed()), NOW);
          expect(['falling', 'steady', 'drained']).toContain(falls.kind);
          if (falls.kind === 'falling') expect(falls.inMs).toBeGreaterThan(0);
          expect(forecastOf(samples(lags).toReversed(), NOW)).toEqual(forecastOf(samples(lags), NOW));
        },
      ),
    );
  });

  it('of several groups is the one of the slowest, and one that grows speaks for all', () => {
    const falling = (inMs: number) => ({ kind: 'falling', inMs }) as const;
    expect(jointForecast([falling(5), falling(9), { kind: 'drained' }])).toEqual(falling(9));
    expect(jointForecast([falling(5), { kind: 'growing', perMinute: 3 }])).toEqual({ kind: 'growing', perMinute: 3 });
    expect(jointForecast([{ kind: 'drained' }])).toEqual({ kind: 'drained' });
    expect(jointForecast([])).toEqual({ kind: 'unknown' });
  });
});

const topic = (name: string, newest: readonly number[], oldest = 0): [string, TopicFacts] => [
  name,
  { topic: name, partitions: newest.map((end, partition) => ({ partition, leader: 1, oldest, newest: end })) },
];
const group = (change: Partial<GroupFacts> = {}): GroupFacts => ({
  group: 'ims3',
  state: 'STABLE',
  members: [],
  offsets: [],
  ...change,
});

describe('lag of a group', () => {
  it('counts what was not committed; a partition that was never read waits from its oldest record', () => {
    const topics = new Map([topic('a', [10, 20], 4)]);
    const read = lagOf(group({ offsets: [{ topic: 'a', partition: 0, committed: 8 }] }), topics, ['a', 'gone']);
    expect(read).toEqual([
      {
        topic: 'a',
        lag: 18,
        partitions: [
          { partition: 0, newest: 10, committed: 8, lag: 2 },
          { partition: 1, newest: 20, committed: null, lag: 16 },
        ],
      },
    ]);
  });

  it('is never below nothing nor above what the broker keeps', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.nat(1_000), fc.option(fc.nat(5_000)), (oldest, kept, committed) => {
        const topics = new Map([topic('a', [oldest + kept], oldest)]);
        const offsets = committed === null ? [] : [{ topic: 'a', partition: 0, committed }];
        const lag = lagOf(group({ offsets }), topics, ['a'])[0]?.lag ?? -1;
        expect(lag).toBeGreaterThanOrEqual(0);
        expect(lag).toBeLessThanOrEqual(kept);
      }),
    );
  });
});

describe('health of a group', () => {
  const calm = {
    lag: 0,
    emptySince: null,
    rebalancing: 0,
    forecast: { kind: 'drained' },
    absent: false,
  } as const;
  const MINUTE = 60_000;
  it.each([
    [{}, 'ok', 'ok'],
    [{ emptySince: NOW - MINUTE, lag: 5 }, 'bad', 'no_consumer'],
    [{ emptySince: NOW - MINUTE }, 'warn', 'no_consumer'],
    [{ emptySince: NOW - 5_000, lag: 5 }, 'ok', 'ok'],
    [{ emptySince: NOW - MINUTE, absent: true }, 'idle', 'absent'],
    [{ emptySince: NOW - MINUTE, absent: true, lag: 1 }, 'bad', 'no_consumer'],
    [{ rebalancing: 0.6 }, 'warn', 'rebalancing'],
    [{ forecast: { kind: 'growing', perMinute: 30 }, lag: 900 }, 'warn', 'growing'],
    [{ forecast: { kind: 'growing', perMinute: 3 }, lag: 9 }, 'ok', 'ok'],
  ] as const)('%j is %s, %s', (change, status, reason) =>
    expect(groupVerdict({ ...calm, ...change }, NOW)).toEqual({ status, reason }),
  );
});

describe('health of a flow of the bus', () => {
  const own = { status: 'ok', rule: { code: 'healthy', data: {} } } as const;
  const empty = { group: 'ims3', systemId: 'ims3', since: NOW - 60_000, lag: 12 };
  const codeOf = (bus: Parameters<typeof withBus>[2], verdict: Parameters<typeof withBus>[1] = own) =>
    withBus({ watched: true }, verdict, bus).rule.code;

  it('is not connected without brokers, is short of a reader when a group is empty, and is its own otherwise', () => {
    expect(codeOf({ connected: false, withoutConsumer: [] })).toBe('not_connected');
    expect(codeOf({ connected: true, withoutConsumer: [] })).toBe('healthy');
    expect(withBus({ watched: true }, own, { connected: true, withoutConsumer: [empty] })).toEqual({
      status: 'bad',
      rule: {
        code: 'no_consumer',
        data: { group: 'ims3', systemId: 'ims3', since: '2026-11-28T08:59:00.000Z', count: 12 },
      },
    });
  });

  it('leaves the word to a system that is down: it explains the empty group', () => {
    const down = { status: 'bad', rule: { code: 'target_down', data: { systemId: 'ims3' } } } as const;
    expect(codeOf({ connected: true, withoutConsumer: [empty] }, down)).toBe('target_down');
  });
});

it('counts what came to a topic in the last minutes', () => {
  const at = (seconds: number, newest: number) => ({ at: NOW - seconds * 1_000, newest });
  expect(ratePerMinute([at(60, 100), at(30, 110), at(0, 130)], NOW)).toBe(30);
  expect(ratePerMinute([at(60, 100), at(0, 3)], NOW)).toBe(0);
  expect(ratePerMinute([at(5, 100), at(0, 130)], NOW)).toBeNull();
});
