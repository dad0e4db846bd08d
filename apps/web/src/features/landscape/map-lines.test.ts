import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blocking, type LineContext, lineOf, pointAt } from './map-lines.ts';
import { type MapNode, NODE_WIDTH } from './map-model.ts';

const node = (id: string, column: number, row: number): MapNode => ({
  id,
  systems: [],
  status: 'ok',
  x: column * 114,
  y: row * 64,
  height: 46,
});
const context = (nodes: readonly MapNode[], more: Partial<LineContext> = {}): LineContext => ({
  degree: new Map(),
  isBlocked: blocking(nodes),
  isDouble: false,
  ...more,
});
const LABEL_HEIGHT = 20;
/** Where the words of a line stand by themselves. */
const wordsOf = (...[from, to, around]: Parameters<typeof lineOf>) => {
  const { curve, wordsAt } = lineOf(from, to, around);
  const [labelX, labelY] = pointAt(curve, wordsAt);
  return { labelX, labelY };
};

describe('lineOf', () => {
  it('puts the words of many lines into one node near the other end of each, so that they stand apart', () => {
    const hub = node('hub', 2, 3);
    const leaves = [node('a', 0, 0), node('b', 0, 2), node('c', 0, 4), node('d', 0, 6)];
    const degree = new Map([['hub', 4], ...leaves.map(({ id }): [string, number] => [id, 1])]);
    const labels = leaves.map((leaf) => wordsOf(leaf, hub, context([hub, ...leaves], { degree })).labelY);
    for (const [index, y] of labels.slice(1).entries())
      expect(y - (labels[index] ?? 0)).toBeGreaterThan(LABEL_HEIGHT * 2);
    // The way back has its words at the same end.
    const back = wordsOf(hub, node('a', 0, 0), context([hub, ...leaves], { degree }));
    expect(back.labelY).toBeCloseTo(labels[0] ?? 0, 0);
  });

  it('keeps the words of the two lines of any two nodes apart', () => {
    const place = fc.record({ column: fc.integer({ min: 0, max: 4 }), row: fc.integer({ min: 0, max: 9 }) });
    fc.assert(
      fc.property(place, place, fc.nat(5), fc.nat(5), (one, other, first, second) => {
        const [a, b] = [node('a', one.column, one.row), node('b', other.column, other.row)];
        // Nodes never lie upon each other, and between two of one column there is room for words.
        fc.pre(Math.abs(a.x - b.x) > NODE_WIDTH || (a.x === b.x && Math.abs(a.y - b.y) >= 128));
        const double = context([a, b], {
          isDouble: true,
          degree: new Map([
            ['a', first],
            ['b', second],
          ]),
        });
        const [there, back] = [wordsOf(a, b, double), wordsOf(b, a, double)];
        expect(Math.abs(there.labelY - back.labelY)).toBeGreaterThanOrEqual(LABEL_HEIGHT);
      }),
    );
  });

  it('goes round a node that stands between', () => {
    const [left, middle, right] = [node('left', 0, 0), node('middle', 2, 0), node('right', 4, 0)];
    const row = context([left, middle, right]);
    expect(wordsOf(left, right, row).labelY).toBeLessThan(middle.y);
    expect(wordsOf(left, middle, row).labelY).toBe(middle.y + middle.height / 2);
    const [top, between, bottom] = [node('top', 2, 0), node('between', 2, 3), node('bottom', 2, 6)];
    expect(wordsOf(top, bottom, context([top, between, bottom])).labelX).toBeGreaterThan(between.x + NODE_WIDTH);
    expect(wordsOf(top, bottom, context([top, bottom])).labelX).toBe(top.x + NODE_WIDTH / 2);
  });
});
