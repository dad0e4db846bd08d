import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { FlowEdge } from './map-elements.ts';
import { lineAt } from './map-hit.ts';

type Point = readonly [number, number];
const edge = (id: string, points: readonly Point[]): FlowEdge => {
  const [start, ...rest] = points.map(([x, y]) => `${x},${y}`);
  return { id, source: '', target: '', data: { line: { d: `M${start} C${rest.join(' ')}` } } } as unknown as FlowEdge;
};
const level = (id: string, y: number) =>
  edge(id, [
    [0, y],
    [30, y],
    [70, y],
    [100, y],
  ]);

it('is the nearest line within reach, the upper of two at the same place, and none further away', () => {
  const lines = [level('a', 0), level('b', 10), level('c', 10)];
  expect(lineAt(lines, [50, 2], 5)?.id).toBe('a');
  expect(lineAt(lines, [50, 7], 5)?.id).toBe('b');
  expect(lineAt(lines, [50, 30], 5)).toBeNull();
  expect(lineAt(lines, [104, 0], 5)?.id).toBe('a');
  expect(lineAt(lines, [106, 0], 5)).toBeNull();
  expect(lineAt([], [0, 0], 5)).toBeNull();
});

it('finds a line at every point of its curve', () => {
  const coordinate = fc.integer({ min: -3_000, max: 3_000 });
  const point = fc.tuple(coordinate, coordinate);
  fc.assert(
    fc.property(fc.tuple(point, point, point, point), fc.double({ min: 0, max: 1, noNaN: true }), (points, t) => {
      const weights = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t ** 2 * (1 - t), t ** 3];
      const at = (axis: 0 | 1): number =>
        points.reduce((sum, one, index) => sum + one[axis] * (weights[index] ?? 0), 0);
      // Curves far larger than those of a map: their pieces stray further than a pixel.
      expect(lineAt([edge('line', points)], [at(0), at(1)], 60)?.id).toBe('line');
    }),
  );
});
