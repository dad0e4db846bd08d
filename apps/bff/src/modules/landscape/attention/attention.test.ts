import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { describe, expect, it } from 'vitest';
import { type AttentionFacts, attentionOf } from './attention.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const flow = {
  id: 'site-orders',
  title: { ru: 'Заказы', en: 'Orders' },
  from: ['site'],
  to: ['ut'],
  watched: true,
  status: 'warn',
  rule: { code: 'undecided', data: {} },
  failed: 16,
  failedAmount: '48600.5',
  inDoubt: 0,
  stuck: 0,
  oldestFailedAt: '2026-11-24T05:00:00.000Z',
  undecided: true,
  cadence: null,
} as unknown as FlowHealth;
const quiet: AttentionFacts = {
  now: NOW,
  systems: [],
  flows: [flow],
  causes: [],
  quarantined: 0,
  bases: [],
  services: [],
  approvals: null,
};

describe('attentionOf', () => {
  it('leads from a refused login to the connection, where it can be checked', () => {
    const system = {
      id: 'ut',
      title: { ru: 'УТ', en: 'Trade' },
      kind: 'onec',
      rule: {
        code: 'system_down',
        data: { since: '2026-11-24T08:00:00.000Z', loginUntil: '2026-11-24T09:30:00.000Z' },
      },
    } as unknown as SystemHealth;
    expect(attentionOf({ ...quiet, flows: [], systems: [system] })).toMatchObject([
      { kind: 'system_down', data: { loginUntil: '2026-11-24T09:30:00.000Z' }, link: '/settings/connections' },
    ]);
  });

  it('names failures that wait for a person with number, amount, age and the way to them', () =>
    expect(attentionOf(quiet)).toEqual([
      {
        id: 'undecided:site-orders',
        kind: 'undecided',
        status: 'warn',
        since: '2026-11-24T05:00:00.000Z',
        data: { flowId: 'site-orders', title: flow.title, count: 16, amount: '48600.5' },
        link: '/messages?tab=causes&flow=site-orders',
      },
    ]));
  it('names them beside what is worse in the flow, too', () => {
    const stuck = { ...flow, rule: { code: 'stuck', data: {} }, stuck: 1, oldestStuckAt: '2026-11-24T08:00:00.000Z' };
    const kinds = attentionOf({ ...quiet, flows: [stuck as FlowHealth] }).map(({ kind }) => kind);
    expect(kinds.toSorted()).toEqual(['stuck', 'undecided']);
  });
  it('says the same failures once: a fresh cause of the flow takes the place of the line', () => {
    const cause = {
      id: 'c1',
      flowId: 'site-orders',
      title: { ru: 'Нет номенклатуры', en: 'No item' },
      count: 16,
      amount: '48600.5',
      firstSeenAt: NOW - 60_000,
      kind: 'new' as const,
    };
    const [only, ...others] = attentionOf({ ...quiet, causes: [cause] });
    expect(others).toEqual([]);
    expect(only).toMatchObject({ kind: 'cause_new', data: { flowTitle: flow.title, amount: '48600.5' } });
  });
  it('names only problems of exchange registers that are no failures of messages', () => {
    const base = {
      systemId: 'bp',
      problems: 3,
      failures: 2,
      newestProblemAt: '2026-11-24T08:00:00.000Z',
      nodes: [],
    } as unknown as AttentionFacts['bases'][number];
    const listed = (bases: AttentionFacts['bases']) =>
      attentionOf({ ...quiet, flows: [], bases }).map(({ kind, data }) => [kind, data.count]);
    expect(listed([base])).toEqual([['exchange_problems', 1]]);
    expect(listed([{ ...base, failures: 3 }])).toEqual([]);
  });
});
