import { describe, expect, it } from 'vitest';
import { landscapeFile } from '../landscape-file.ts';

const title = { ru: 'а', en: 'a' };
const systems = [
  { id: 'shop', title, kind: 'shop', connector: { protocol: 'rest', url: 'http://shop', tokenEnv: 'T' } },
  {
    id: 'ut',
    title,
    kind: 'onec',
    connector: { protocol: 'onec-odata', url: 'http://ut/odata', userEnv: 'U', passwordEnv: 'P' },
  },
  { id: 'bus', title, kind: 'bus', connector: { protocol: 'kafka', brokers: 'b:9092', groupId: 'pult' } },
  { id: 'reader', title, kind: 'service' },
];
const resend = { system: 'shop', path: '/resend' };
const verify = { protocol: 'onec-odata', system: 'ut', set: 'Document_X', filter: 'Номер eq {number}' };
const policy = { classes: { transport: ['30s', '2m'] }, perHour: 60 };

const parse = (retry: unknown, more: Record<string, unknown> = {}) =>
  landscapeFile.safeParse({
    version: 1,
    systems,
    flows: [{ id: 'orders', title, what: title, from: ['shop'], to: ['ut'], channel: 'rest', retry, ...more }],
  });
const withPolicy = (automatic: unknown) => parse({ resend, verify, automatic });
const problemsOf = (parsed: ReturnType<typeof parse>): string[] =>
  parsed.error?.issues.map(({ path, message }) => `${path.slice(3).join('.')}: ${message}`) ?? [];
const placesOf = (automatic: unknown): string[] =>
  withPolicy(automatic).error?.issues.map(({ path }) => path.slice(3).join('.')) ?? [];

const reader = { system: 'reader', group: 'g', topics: ['x.v1'] };
const overBus = (consumer: Record<string, unknown>, retry: Record<string, unknown>) =>
  parse(retry, {
    from: ['shop', 'bus'],
    to: ['bus', 'reader'],
    channel: 'kafka',
    topics: ['x.v1'],
    consumers: [consumer],
  });

describe('the policy of a flow', () => {
  it('is its pauses in milliseconds by class, with one message per second unless it says otherwise', () => {
    const parsed = withPolicy({ classes: { transport: ['30s', '2m', '1h'], capacity: ['1m'] }, perHour: 60 });
    expect(problemsOf(parsed)).toEqual([]);
    expect(parsed.data?.flows[0]?.retry.automatic).toEqual({
      pausesMs: { transport: [30_000, 120_000, 3_600_000], capacity: [60_000] },
      perHour: 60,
      ratePerSecond: 1,
    });
    expect(withPolicy({ ...policy, ratePerSecond: 0.5 }).data?.flows[0]?.retry.automatic?.ratePerSecond).toBe(0.5);
  });

  it('is nothing where the file names none: a person decides about each failure', () => {
    const parsed = parse({ resend });
    expect(problemsOf(parsed)).toEqual([]);
    expect(parsed.data?.flows[0]?.retry).not.toHaveProperty('automatic');
    expect(parse({}).data?.flows[0]?.retry.automatic).toBeUndefined();
  });

  it('is told its mistakes where they stand', () => {
    expect(placesOf({ ...policy, classes: {} })).toEqual(['automatic.classes']);
    expect(placesOf({ ...policy, classes: { transport: [] } })).toEqual(['automatic.classes.transport']);
    expect(placesOf({ ...policy, classes: { transport: ['30s', '9s'] } })).toEqual(['automatic.classes.transport.1']);
    expect(placesOf({ ...policy, classes: { capacity: ['25h'] } })).toEqual(['automatic.classes.capacity.0']);
    expect(placesOf({ ...policy, classes: { transport: ['soon'] } })).toEqual(['automatic.classes.transport.0']);
    expect(placesOf({ ...policy, classes: { transport: Array(11).fill('30s') } })).toEqual([
      'automatic.classes.transport',
    ]);
    expect(placesOf({ classes: policy.classes })).toEqual(['automatic.perHour']);
    expect(placesOf({ ...policy, perHour: 0 })).toEqual(['automatic.perHour']);
    expect(placesOf({ ...policy, ratePerSecond: 0 })).toEqual(['automatic.ratePerSecond']);
  });

  it('has no keys nor classes but its own', () => {
    expect(withPolicy({ ...policy, perhour: 5 }).error?.issues).toMatchObject([
      { path: ['flows', 0, 'retry', 'automatic'], code: 'unrecognized_keys', keys: ['perhour'] },
    ]);
    expect(withPolicy({ ...policy, classes: { transport: ['30s'], transprot: ['30s'] } }).error?.issues).toMatchObject([
      { path: ['flows', 0, 'retry', 'automatic', 'classes'], code: 'unrecognized_keys', keys: ['transprot'] },
    ]);
    expect(parse({ resend, verify, automatik: policy }).error?.issues).toMatchObject([
      { path: ['flows', 0, 'retry'], code: 'unrecognized_keys', keys: ['automatik'] },
    ]);
  });
});

describe('a policy that could not work is refused', () => {
  it('without a way to send a message again', () => {
    expect(problemsOf(parse({ verify, automatic: policy }))).toEqual([
      'automatic: «orders» has no way to send a message again',
    ]);
  });

  it('where the target cannot be asked what it has', () => {
    expect(problemsOf(parse({ resend, automatic: policy }))).toEqual([
      'automatic: the target of «orders» cannot be asked what it has: name «verify», or a person decides',
    ]);
  });

  it('when it is faster than the flow may be', () => {
    expect(
      problemsOf(parse({ resend, verify, maxRatePerSecond: 2, automatic: { ...policy, ratePerSecond: 3 } })),
    ).toEqual(['automatic.ratePerSecond: above maxRatePerSecond of the flow, 2']);
    expect(
      problemsOf(parse({ resend, verify, maxRatePerSecond: 3, automatic: { ...policy, ratePerSecond: 3 } })),
    ).toEqual([]);
  });

  it('over the bus where no consumer has a topic of its own for what goes again; one that has knows a record itself', () => {
    expect(problemsOf(overBus({ ...reader, retryTopic: 'x.reader.retry' }, { automatic: policy }))).toEqual([]);
    expect(problemsOf(overBus(reader, { automatic: policy }))).toEqual([
      'automatic: «orders» has no way to send a message again',
    ]);
    expect(problemsOf(overBus(reader, {}))).toEqual([]);
  });
});
