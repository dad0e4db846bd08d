import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Place, placesOf } from './places.ts';

type Sketch = Pick<LandscapeFile, 'systems' | 'flows'>;
interface Sketched {
  readonly id: string;
  readonly group?: string | undefined;
  readonly place?: Place | undefined;
}
const sketch = (systems: readonly Sketched[], lines: readonly (readonly [string, string])[] = []): Sketch =>
  ({ systems, flows: lines.map(([from, to]) => ({ from: [from], to: [to] })) }) as unknown as Sketch;

const landscapes = fc.integer({ min: 1, max: 40 }).chain((count) => {
  const id = fc.integer({ min: 0, max: count - 1 }).map((index) => `s${index}`);
  return fc.record({
    systems: fc.tuple(
      ...Array.from({ length: count }, (_, index) =>
        fc.record({
          id: fc.constant(`s${index}`),
          group: fc.option(fc.constantFrom('a', 'b'), { nil: undefined, freq: 5 }),
          // Cells of the file are its own affair: each system of it has another one here.
          place: fc.option(fc.constant({ column: index % 5, row: Math.floor(index / 5) }), { nil: undefined }),
        }),
      ),
    ),
    lines: fc.array(fc.tuple(id, id), { maxLength: 80 }),
  });
});

describe('places of the map', () => {
  it('each node has a cell of its own, members of a group share theirs', () => {
    fc.assert(
      fc.property(landscapes, ({ systems, lines }) => {
        const places = placesOf(sketch(systems, lines));
        const cellOf = new Map<string, string>();
        for (const { id, group } of systems) {
          const { column, row } = places.get(id) ?? { column: Number.NaN, row: Number.NaN };
          const node = group ?? id;
          expect(cellOf.get(node) ?? `${column}/${row}`).toBe(`${column}/${row}`);
          cellOf.set(node, `${column}/${row}`);
        }
        expect(new Set(cellOf.values()).size).toBe(cellOf.size);
        expect([...cellOf.values()].join()).not.toContain('NaN');
      }),
    );
  });

  it('the file has the first word, and everything it places stays above what it does not', () => {
    fc.assert(
      fc.property(landscapes, ({ systems, lines }) => {
        const places = placesOf(sketch(systems, lines));
        const single = systems.filter(({ group }) => group === undefined);
        for (const { id, place } of single) if (place) expect(places.get(id)).toEqual(place);
        const lowest = Math.max(...single.flatMap(({ place }) => place?.row ?? []), -1);
        for (const { id, place } of single) if (!place) expect(places.get(id)?.row).toBeGreaterThan(lowest);
      }),
    );
  });

  it('sources stand left of those who get, a ring does not hang it', () => {
    const ids = ['c', 'b', 'a', 'd'];
    const places = placesOf(
      sketch(
        [...ids, ...Array.from({ length: 20 }, (_, index) => `x${index}`)].map((id) => ({ id })),
        [
          ['a', 'b'],
          ['b', 'c'],
          ['c', 'd'],
          ['d', 'a'],
        ],
      ),
    );
    expect(places.size).toBe(24);
    const column = (id: string) => places.get(id)?.column ?? Number.NaN;
    expect(column('c')).toBeLessThan(column('a'));
  });

  it('five hundred systems make a picture that is about as wide as high', () => {
    const systems = Array.from({ length: 500 }, (_, index) => ({ id: `s${index}` }));
    const places = [...placesOf(sketch(systems)).values()];
    expect(Math.max(...places.map(({ column }) => column))).toBe(24);
    expect(Math.max(...places.map(({ row }) => row))).toBe(38);
  });
});
