import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { FlowHealth, SystemHealth } from '@pult/shared/contracts/landscape';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type FlowEdge, mapElements, NO_ELEMENTS } from './map-elements.ts';
import { LABEL_HEIGHT } from './map-labels.ts';
import { type MapEdge, mapModel } from './map-model.ts';
import { flowsOfView, MAP_VIEWS, type MapView, systemsOfView } from './map-view.ts';

/** Systems and flows of the file that the demonstration runs on, as far as the map knows them. */
function demoLandscape() {
  const text = readFileSync(path.resolve(import.meta.dirname, '../../../../../landscape.yaml'), 'utf8');
  const [, ofSystems = '', ofFlows = ''] = /\nsystems:\n([\s\S]*?)\nflows:\n([\s\S]*)/.exec(text) ?? [];
  const entries = (part: string) =>
    part
      .split(/^ {2}- id: /m)
      .slice(1)
      .map((body) => ({ id: /^\S+/.exec(body)?.[0] ?? '', value: (key: string) => entryOf(body, key) }));
  const systems = entries(ofSystems).map(({ id, value }) => {
    const [column = 0, row = 0] = (value('place')?.match(/[\d.]+/g) ?? []).map(Number);
    return system(id, { kind: value('kind'), group: value('group') ?? null, place: { column, row } });
  });
  const list = (value: string | undefined) => value?.replace(/[[\]\s]/g, '').split(',') ?? [];
  const flows = entries(ofFlows).map(({ id, value }) =>
    flow(id, {
      from: list(value('from')),
      to: list(value('to')),
      channel: value('channel'),
      era: value('era') ?? 'as-is',
    }),
  );
  return { systems, flows };
}
const entryOf = (body: string, key: string): string | undefined =>
  new RegExp(`^ {4}${key}: (.+)$`, 'm').exec(body)?.[1];

/** So many in each of the last minutes of a long watch. */
const passed = (perMinute: number) => ({
  fiveMinutes: perMinute * 5,
  hour: perMinute * 60,
  seenMs: 86_400_000,
  usualHour: null,
});

const system = (id: string, more: object) =>
  ({ id, status: 'ok', connection: null, service: null, bus: null, ...more }) as unknown as SystemHealth;
const flow = (id: string, more: object) =>
  ({
    id,
    topics: [],
    consumers: [],
    migration: null,
    cadence: null,
    watched: true,
    stage: 'point-to-point',
    status: 'ok',
    rule: { code: 'healthy', data: {} },
    perMinute: 1,
    traffic: passed(1),
    failed: 0,
    stuck: 0,
    inDoubt: 0,
    ...more,
  }) as unknown as FlowHealth;

/** Everything that a line may have to say, with figures of any size. */
const health = fc.oneof(
  fc.integer({ min: 0, max: 9_999 }).map((perMinute) => ({ perMinute, traffic: passed(perMinute) })),
  ...(['failures', 'stuck', 'in_doubt', 'silence', 'no_consumer', 'slow'] as const).map((code) =>
    fc
      .integer({ min: 1, max: 99_999 })
      .map((count) => ({ status: 'bad', rule: { code, data: {} }, failed: count, stuck: count, inDoubt: count })),
  ),
);
const stage = fc.constantFrom('point-to-point', 'shadow', 'cut-over', 'bus');

const WORDS = {
  waiting: 'ждут',
  doubt: 'неизвестно',
  failed: 'ошибок',
  stuck: 'застряло',
  silent: 'молчит',
  noConsumer: 'нет потребителя',
  status: 'задержка',
  compared: 'тень · совпало 99,98 %',
  stage: 'ещё без шины',
  rate: '9 999,9/мин',
} as const;
/** Inter at 12 px: half bold letters are 7 px wide on the average; and what stands around them. */
function widthOf(label: NonNullable<MapEdge['label']>): number {
  const count = 'count' in label ? `${label.count} ` : '';
  return (count.length + WORDS[label.kind].length) * 6.9 + 14;
}

interface Box {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
}
const boxesOf = (edges: readonly FlowEdge[]): Box[] =>
  edges.flatMap(({ id, data }) =>
    data?.edge.label && data.label ? [{ id, x: data.label[0], y: data.label[1], width: widthOf(data.edge.label) }] : [],
  );
const meeting = (boxes: readonly Box[]): string[] =>
  boxes.flatMap((one, index) =>
    boxes
      .slice(index + 1)
      .filter(
        (other) =>
          Math.abs(one.y - other.y) < LABEL_HEIGHT && Math.abs(one.x - other.x) < (one.width + other.width) / 2,
      )
      .map((other) => `${one.id} on ${other.id}`),
  );
const drawn = (
  systems: readonly SystemHealth[],
  flows: readonly FlowHealth[],
  view: MapView,
  selected: string | null,
) => mapElements(mapModel(systems, flows, { view }), selected, NO_ELEMENTS).edges;

it('no words lie on others on the map of the demonstration, whatever its flows have to say, in every view', () => {
  const { systems, flows } = demoLandscape();
  expect([systems.length, flows.length]).toEqual([17, 15]);
  fc.assert(
    fc.property(fc.array(health, { minLength: 15, maxLength: 15 }), stage, (healths, moved) => {
      const move = { stage: moved, since: null, share: 0.9998, pairs: 9, next: null };
      const all = flows.map((one, index): FlowHealth => {
        const role =
          one.id === 'bus-ut-go' ? ('bus' as const) : one.id === 'ut-site-prices-stock' ? ('old' as const) : null;
        const partner = role === 'bus' ? 'ut-site-prices-stock' : 'bus-ut-go';
        const migration = role === null ? {} : ({ migration: { role, partner, ...move }, stage: moved } as const);
        return { ...one, ...(healths[index] as object), ...migration };
      });
      for (const view of MAP_VIEWS) {
        const shown = flowsOfView(all, view);
        const edges = drawn(systemsOfView(systems, shown, all), shown, view, null);
        const boxes = boxesOf(edges);
        expect(boxes.length).toBe(edges.filter(({ data }) => data?.edge.label).length);
        expect(meeting(boxes)).toEqual([]);
      }
    }),
  );
});

it('words stand still when numbers change', () => {
  const { systems, flows } = demoLandscape();
  const places = (edges: readonly FlowEdge[]) => edges.map(({ data }) => data?.label);
  const calm = places(drawn(systems, flows, 'now', null));
  fc.assert(
    fc.property(fc.array(health, { minLength: 15, maxLength: 15 }), (healths) => {
      const all = flows.map((one, index) => {
        const { failed, ...rest } = { failed: 0, ...(healths[index] as object) };
        // Of a count of more than three digits the words are wider.
        return { ...one, ...rest, failed: failed % 1_000, stuck: failed % 1_000, inDoubt: failed % 1_000 };
      });
      expect(places(drawn(systems, all, 'now', null))).toEqual(calm);
    }),
  );
});

it('no words lie on others on any landscape, wide ones included', () => {
  const place = fc.record({ column: fc.integer({ min: 0, max: 12 }), row: fc.integer({ min: 0, max: 40 }) });
  const places = fc.uniqueArray(place, {
    minLength: 2,
    maxLength: 120,
    selector: ({ column, row }) => `${column} ${row}`,
  });
  const pair = fc.tuple(fc.nat(), fc.nat());
  fc.assert(
    fc.property(places, fc.array(fc.tuple(pair, health), { maxLength: 400 }), (cells, lines) => {
      const systems = cells.map((at, index) =>
        system(`s${index}`, { group: null, place: { column: at.column * 2, row: at.row * 2 } }),
      );
      const flows = lines.map(([[from, to], own], index) =>
        flow(`f${index}`, {
          from: [`s${from % cells.length}`],
          to: [`s${to % cells.length}`],
          channel: 'http',
          era: 'as-is',
          ...(own as object),
        }),
      );
      expect(meeting(boxesOf(drawn(systems, flows, 'now', 'flow:f0')))).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
