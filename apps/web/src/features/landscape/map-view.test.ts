import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { describe, expect, it } from 'vitest';
import { mapModel } from './map-model.ts';
import { flowsOfView, type MapView, systemsOfView } from './map-view.ts';

type Stage = FlowHealth['stage'];
const flow = (id: string, more: Partial<FlowHealth>): FlowHealth =>
  ({
    id,
    from: ['ut'],
    to: ['site'],
    era: 'as-is',
    watched: true,
    stage: 'point-to-point',
    migration: null,
    ...more,
  }) as FlowHealth;
const landscape = (stage: Stage, busWatched = true): FlowHealth[] => {
  const move = { stage, since: null, share: null, pairs: 0, next: null };
  return [
    flow('orders', {}),
    flow('prices', { stage, migration: { role: 'old', partner: 'bus', ...move } }),
    flow('bus', {
      era: 'to-be',
      stage,
      watched: busWatched,
      from: ['ut', 'kafka'],
      to: ['kafka', 'go'],
      migration: { role: 'bus', partner: 'prices', ...move },
    }),
    flow('bus-only', { era: 'to-be', watched: false, from: ['erp'], to: ['kafka'] }),
  ];
};
const ids = (flows: FlowHealth[], view: MapView): string[] => flowsOfView(flows, view).map(({ id }) => id);

describe('flows of a view of the map', () => {
  it('AS IS are the old channels, TO BE the bus with what moves nowhere', () => {
    expect(ids(landscape('shadow'), 'as-is')).toEqual(['orders', 'prices']);
    expect(ids(landscape('shadow'), 'to-be')).toEqual(['orders', 'bus', 'bus-only']);
  });
  it('what is to be shows old channels for orientation only, without their failures', () => {
    const place = { column: 0, row: 0 };
    const ill = {
      status: 'bad',
      rule: { code: 'failures', data: {} },
      failed: 4,
      perMinute: 0,
      traffic: { fiveMinutes: 0, hour: 0, seenMs: null, usualHour: null },
      topics: [],
      consumers: [],
    };
    const all = landscape('shadow').map((one) => ({ ...one, ...ill, channel: one.era === 'to-be' ? 'kafka' : 'rest' }));
    const systems = ['ut', 'site', 'kafka', 'go', 'erp'].map((id) => ({ id, group: null, status: 'bad', place }));
    const shown = flowsOfView(all as unknown as FlowHealth[], 'to-be');
    const { edges, nodes } = mapModel(systems as unknown as SystemHealth[], shown, { view: 'to-be' });
    expect(Object.fromEntries(edges.map(({ id, quiet, status, label }) => [id, { quiet, status, label }]))).toEqual({
      'ut>site': { quiet: true, status: 'idle', label: null },
      'ut>kafka': { quiet: false, status: 'ok', label: { kind: 'compared', stage: 'shadow', share: null } },
      'kafka>go': { quiet: false, status: 'bad', label: { kind: 'failed', count: 4 } },
      'erp>kafka': { quiet: false, status: 'ok', label: { kind: 'stage', stage: 'bus' } },
    });
    // The shop is not of the bus: what ails it is shown where it is at work.
    expect(nodes.map(({ id, status }) => [id, status])).toEqual([
      ['ut', 'bad'],
      ['site', null],
      ['kafka', 'bad'],
      ['go', 'bad'],
      ['erp', 'bad'],
    ]);
  });
  it('today is by stage: old alone, both side by side, the bus alone', () => {
    expect(ids(landscape('point-to-point', false), 'now')).toEqual(['orders', 'prices', 'bus-only']);
    expect(ids(landscape('shadow'), 'now')).toEqual(['orders', 'prices', 'bus', 'bus-only']);
    expect(ids(landscape('cut-over'), 'now')).toEqual(['orders', 'prices', 'bus', 'bus-only']);
    expect(ids(landscape('bus'), 'now')).toEqual(['orders', 'bus', 'bus-only']);
  });
  it('a bus that reports is shown before its flow has begun to move', () => {
    expect(ids(landscape('point-to-point', true), 'now')).toContain('bus');
  });
});

it('systems that only hidden flows touch are hidden, those without any flow stay', () => {
  const systems = ['ut', 'site', 'kafka', 'go', 'erp', 'lonely'].map((id) => ({ id }) as SystemHealth);
  const all = landscape('shadow');
  expect(systemsOfView(systems, flowsOfView(all, 'as-is'), all).map(({ id }) => id)).toEqual(['ut', 'site', 'lonely']);
});
