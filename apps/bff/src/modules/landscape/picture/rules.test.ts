import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { describe, expect, it } from 'vitest';
import { type FlowActivity, flowVerdict, systemVerdict, worst } from './rules.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const MINUTE = 60_000;
const flow = {
  id: 'site-orders',
  from: ['site'],
  to: ['ut'],
  watched: true,
  budget: { accepted: 2 * MINUTE, sent: 3 * MINUTE, delivered: 5 * MINUTE },
} as unknown as FlowConfig;
const calm: FlowActivity = {
  failed: 0,
  failedLastHour: 0,
  inDoubt: 0,
  stuck: 0,
  oldestFailedAt: null,
  oldestStuckAt: null,
  appliedLastHour: 400,
  lastAcceptedAt: NOW - MINUTE,
  lastEventAt: NOW - MINUTE,
  latencyP95Ms: 900,
  usualLatencyP95Ms: 800,
  silence: null,
};
const SILENT = { since: NOW - 19 * MINUTE, missed: 1 };
const judge = (change: Partial<FlowActivity>, down = new Map<string, number>()) =>
  flowVerdict(flow, { ...calm, ...change }, NOW, down).rule.code;

describe('flowVerdict', () => {
  it('calls a calm flow healthy', () => expect(judge({})).toBe('healthy'));
  it('never calls an unwatched flow green', () =>
    expect(flowVerdict({ ...flow, watched: false }, calm, NOW, new Map()).status).toBe('idle'));
  it('says that nothing is known before the first event', () => expect(judge({ lastEventAt: null })).toBe('no_data'));
  it('blames a system that is down before anything else', () =>
    expect(judge({ failedLastHour: 300, stuck: 7 }, new Map([['ut', NOW - MINUTE]]))).toBe('target_down'));
  it('fails from a fifth of the hour on', () => {
    expect(judge({ failedLastHour: 100 })).toBe('failures');
    expect(flowVerdict(flow, { ...calm, failedLastHour: 100 }, NOW, new Map()).status).toBe('bad');
    expect(flowVerdict(flow, { ...calm, failedLastHour: 10 }, NOW, new Map()).status).toBe('warn');
    expect(judge({ failedLastHour: 2, appliedLastHour: 0 })).toBe('healthy');
  });
  it('tells silence, stuck, doubt and delay apart', () => {
    expect(judge({ silence: SILENT })).toBe('silence');
    expect(judge({ stuck: 1, oldestStuckAt: NOW - 9 * MINUTE })).toBe('stuck');
    expect(judge({ inDoubt: 2 })).toBe('in_doubt');
    expect(judge({ latencyP95Ms: 6_000 })).toBe('slow');
  });
});

describe('failures that wait for a person', () => {
  const waiting = (minutes: number, change: Partial<FlowActivity> = {}) =>
    flowVerdict(flow, { ...calm, failed: 16, oldestFailedAt: NOW - minutes * MINUTE, ...change }, NOW, new Map());
  it('leave a flow healthy while they are younger than its whole budget', () =>
    expect(waiting(10).rule.code).toBe('healthy'));
  it('warn from then on, with their number and age', () =>
    expect(waiting(11)).toEqual({
      status: 'warn',
      rule: { code: 'undecided', data: { count: 16, since: new Date(NOW - 11 * MINUTE).toISOString() } },
    }));
  it('stand behind whatever says more about the flow now', () => {
    expect(waiting(600, { silence: SILENT }).rule.code).toBe('silence');
    expect(waiting(600, { failedLastHour: 300 }).rule.code).toBe('failures');
  });
});

describe('systemVerdict', () => {
  const facts = {
    hasConnector: true,
    reports: true,
    downSince: null,
    login: null,
    freshAt: NOW - 1_000,
    errorText: null,
    handler: null,
  };
  it.each([
    [{}, 'healthy'],
    [{ hasConnector: false, reports: false }, 'not_connected'],
    [{ downSince: NOW - MINUTE, errorText: '503' }, 'system_down'],
    [{ freshAt: null }, 'no_data'],
    [{ handler: { service: 'ut-exchange', since: NOW, alive: 0, expected: 2 } }, 'handler_silent'],
    [{ handler: { service: 'ut-exchange', since: NOW, alive: 1, expected: 2 } }, 'handler_missing'],
    [{ freshAt: NOW - 6 * MINUTE }, 'stale'],
  ])('%j is %s', (change, code) => expect(systemVerdict({ ...facts, ...change }, NOW).rule.code).toBe(code));
});

it('says of a system that refuses the login until when it is not asked', () => {
  const waiting = { count: 2, amount: '10.5' };
  const facts = { hasConnector: true, reports: true, freshAt: NOW, waiting, errorText: '401', handler: null };
  const login = { since: NOW - MINUTE, until: NOW + MINUTE };
  for (const downSince of [NOW - MINUTE, null])
    expect(systemVerdict({ ...facts, downSince, login }, NOW)).toEqual({
      status: 'bad',
      rule: {
        code: 'system_down',
        data: {
          since: new Date(NOW - MINUTE).toISOString(),
          waiting: 2,
          amount: '10.5',
          text: '401',
          loginUntil: new Date(NOW + MINUTE).toISOString(),
        },
      },
    });
});

it('of several healths the worst counts, and idle only when nothing else is there', () => {
  expect(worst(['ok', 'warn', 'bad'])).toBe('bad');
  expect(worst(['idle', 'ok'])).toBe('ok');
  expect(worst([])).toBe('idle');
});
