import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { describe, expect, it } from 'vitest';
import { mapModel } from './map-model.ts';

const system = (id: string, group: string | null = null, status: SystemHealth['status'] = 'ok') =>
  ({ id, group, status, place: { column: 1, row: 2 } }) as unknown as SystemHealth;
const flow = (id: string, from: string[], to: string[], more: Partial<FlowHealth> = {}) =>
  ({
    id,
    from,
    to,
    channel: 'http',
    status: 'ok',
    rule: { code: 'healthy', data: {} },
    perMinute: 2,
    waiting: 5,
    failed: 3,
    ...more,
  }) as unknown as FlowHealth;

describe('mapModel', () => {
  it('makes one node of a group, as bad as its worst member', () => {
    const { nodes } = mapModel([system('erp-1', 'erp'), system('erp-2', 'erp', 'bad')], []);
    expect(nodes).toHaveLength(1);
    expect(nodes[0]).toMatchObject({ id: 'erp', status: 'bad' });
  });
  it('joins flows between the same nodes into one line and adds their rates', () => {
    const systems = [system('erp-1', 'erp'), system('erp-2', 'erp'), system('ut')];
    const { edges } = mapModel(systems, [flow('a', ['erp-1', 'erp-2'], ['ut']), flow('b', ['erp-1'], ['ut'])]);
    expect(edges).toHaveLength(1);
    expect(edges[0]).toMatchObject({ id: 'erp>ut', perMinute: 4, label: { kind: 'rate', perMinute: 4 } });
  });
  it('lets the worst flow speak', () => {
    const down = flow('b', ['ut'], ['bp'], { status: 'bad', rule: { code: 'target_down', data: {} } });
    const { edges } = mapModel([system('ut'), system('bp')], [flow('a', ['ut'], ['bp']), down]);
    expect(edges[0]).toMatchObject({ status: 'bad', label: { kind: 'waiting', count: 10 } });
  });
  it('says on the way into the bus how the shadow goes, unless something is wrong', () => {
    const migration = { role: 'bus', partner: 'a', stage: 'shadow', since: null, share: 0.9998, pairs: 10 } as const;
    const systems = [system('ut'), system('kafka'), system('go')];
    const bus = (more: Partial<FlowHealth>) =>
      mapModel(systems, [flow('bus', ['ut', 'kafka'], ['kafka', 'go'], { channel: 'kafka', migration, ...more })])
        .edges;
    const labels = (more: Partial<FlowHealth>) => Object.fromEntries(bus(more).map(({ id, label }) => [id, label]));
    expect(labels({})).toEqual({
      'ut>kafka': { kind: 'compared', stage: 'shadow', share: 0.9998 },
      'kafka>go': { kind: 'rate', perMinute: 2 },
    });
    expect(labels({ status: 'warn', rule: { code: 'silence', data: {} } })['ut>kafka']).toEqual({ kind: 'silent' });
  });
  it('draws a bus flow through the bus', () => {
    const { edges } = mapModel(
      [system('ut'), system('kafka'), system('go')],
      [flow('bus', ['ut', 'kafka'], ['kafka', 'go'], { channel: 'kafka' })],
    );
    expect(edges.map(({ id }) => id).sort()).toEqual(['kafka>go', 'ut>kafka']);
  });
});
