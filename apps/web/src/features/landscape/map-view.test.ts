import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { describe, expect, it } from 'vitest';
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
  const move = { stage, since: null, share: null, pairs: 0 };
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
