import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import { describe, expect, it } from 'vitest';
import { mapElements, NO_ELEMENTS } from './map-elements.ts';
import { farPaths, pathsOf } from './map-far.ts';
import { mapModel } from './map-model.ts';

const system = (id: string, group: string | null = null, status: SystemHealth['status'] = 'ok') =>
  ({ id, group, status, place: { column: 1, row: 2 } }) as unknown as SystemHealth;
const traffic = { fiveMinutes: 10, hour: 120, seenMs: 86_400_000, usualHour: 60 };
const flow = (id: string, from: string[], to: string[], more: Partial<FlowHealth> = {}) =>
  ({
    id,
    from,
    to,
    channel: 'http',
    era: 'as-is',
    topics: [],
    consumers: [],
    migration: null,
    cadence: null,
    status: 'ok',
    rule: { code: 'healthy', data: {} },
    perMinute: 2,
    traffic,
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
    expect(edges[0]).toMatchObject({
      id: 'erp>ut',
      perMinute: 4,
      label: { kind: 'rate', traffic: { fiveMinutes: 20, hour: 240, usualHour: 120 } },
    });
  });
  it('lets the worst flow speak', () => {
    const down = flow('b', ['ut'], ['bp'], { status: 'bad', rule: { code: 'target_down', data: { waiting: 3 } } });
    const { edges } = mapModel([system('ut'), system('bp')], [flow('a', ['ut'], ['bp']), down]);
    expect(edges[0]).toMatchObject({ status: 'bad', label: { kind: 'waiting', count: 3 } });
  });
  it('says on the way into the bus how the shadow goes, unless something is wrong', () => {
    const migration = {
      role: 'bus',
      partner: 'a',
      stage: 'shadow',
      since: null,
      share: 0.9998,
      pairs: 10,
      next: null,
    } as const;
    const systems = [system('ut'), system('kafka'), system('go')];
    const bus = (more: Partial<FlowHealth>) =>
      mapModel(systems, [flow('bus', ['ut', 'kafka'], ['kafka', 'go'], { channel: 'kafka', migration, ...more })])
        .edges;
    const labels = (more: Partial<FlowHealth>) => Object.fromEntries(bus(more).map(({ id, label }) => [id, label]));
    expect(labels({})).toEqual({
      'ut>kafka': { kind: 'compared', stage: 'shadow', share: 0.9998 },
      'kafka>go': { kind: 'rate', traffic },
    });
    expect(labels({ status: 'warn', rule: { code: 'silence', data: {} } })).toEqual({
      'ut>kafka': { kind: 'silent' },
      'kafka>go': { kind: 'rate', traffic },
    });
  });
  it('says nothing of a count of nothing, and what the rule counted when the hour holds none', () => {
    const systems = [system('ut'), system('bp')];
    const label = (code: FlowHealth['rule']['code'], data: FlowHealth['rule']['data'] = {}) =>
      mapModel(systems, [
        flow('a', ['ut'], ['bp'], { status: 'bad', waiting: 0, failed: 0, stuck: 0, inDoubt: 0, rule: { code, data } }),
      ]).edges[0]?.label;
    for (const code of ['target_down', 'failures', 'undecided', 'stuck', 'in_doubt'] as const)
      expect(label(code)).toBeNull();
    expect(label('undecided', { count: 4 })).toEqual({ kind: 'failed', count: 4 });
  });
  it('draws a bus flow through the bus', () => {
    const { edges } = mapModel(
      [system('ut'), system('kafka'), system('go')],
      [flow('bus', ['ut', 'kafka'], ['kafka', 'go'], { channel: 'kafka' })],
    );
    expect(edges.map(({ id }) => id).sort()).toEqual(['kafka>go', 'ut>kafka']);
  });
});

describe('a next answer', () => {
  const systems = [system('ut'), system('bp'), system('site')];
  const flows = [flow('a', ['ut'], ['bp']), flow('b', ['site'], ['ut'])];
  const before = mapModel(systems, flows);

  it('that changed one flow makes one line new and keeps every other object', () => {
    const after = mapModel(systems, [flow('a', ['ut'], ['bp'], { perMinute: 3 }), ...flows.slice(1)], { before });
    expect(after.edges[0]).toMatchObject({ id: 'ut>bp', perMinute: 3 });
    expect(after.edges[1]).toBe(before.edges[1]);
    expect(after.nodes.map((node, index) => node === before.nodes[index])).toEqual([true, true, true]);
  });
  it('that changed one system makes one node new', () => {
    const after = mapModel([system('ut', null, 'bad'), ...systems.slice(1)], flows, { before });
    expect(after.nodes.map((node, index) => node === before.nodes[index])).toEqual([false, true, true]);
    expect(after.edges.every((edge, index) => edge === before.edges[index])).toBe(true);
  });
  it('draws anew only what changed and what was chosen or was before', () => {
    const first = mapElements(before, 'flow:a', NO_ELEMENTS);
    const same = mapElements(mapModel([...systems], [...flows], { before }), 'flow:a', first);
    expect(same.nodes.every((node, index) => node === first.nodes[index])).toBe(true);
    expect(same.edges.every((edge, index) => edge === first.edges[index])).toBe(true);
    const chosen = mapElements(before, 'system:bp', first);
    expect(chosen.nodes.map((node, index) => node === first.nodes[index])).toEqual([true, false, true]);
    expect(chosen.edges.map((edge, index) => edge === first.edges[index])).toEqual([false, true]);
  });
});

it('lines that are too far to be read are one path per status, worse above better, the chosen on top', () => {
  const at = (id: string, column: number) =>
    ({ ...system(id), place: { column, row: 0 } }) as unknown as Parameters<typeof mapModel>[0][number];
  const model = mapModel(
    [at('a', 0), at('b', 2), at('c', 4)],
    [
      flow('1', ['a'], ['b']),
      flow('2', ['b'], ['c']),
      flow('3', ['a'], ['c'], { status: 'bad' }),
      flow('4', ['c'], ['a']),
    ],
  );
  const { edges } = mapElements(model, 'flow:4', NO_ELEMENTS);
  const paths = farPaths(edges);
  expect(paths.map(({ id }) => id)).toEqual(['ok', 'bad', 'ok selected']);
  expect(paths[0]?.d.match(/M/g)).toHaveLength(2);
  // Worse lies above better, the chosen above all.
  expect(pathsOf(edges).map(({ id }) => id)).toEqual(['a>b', 'b>c', 'a>c', 'c>a']);
});
