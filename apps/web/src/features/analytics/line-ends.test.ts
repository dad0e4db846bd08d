import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decadesOf, spreadLabels } from './line-ends.ts';

describe('decadesOf', () => {
  it('takes whole decades around the values', () => expect(decadesOf([0.4, null, 36])).toEqual({ min: 0.1, max: 100 }));
  it('never collapses to a line', () => {
    expect(decadesOf([])).toEqual({ min: 1, max: 10 });
    expect(decadesOf([10])).toEqual({ min: 10, max: 100 });
  });
});

describe('spreadLabels', () => {
  it('leaves labels that have room where their lines are', () =>
    expect(spreadLabels([10, null, 90], 15)).toEqual([0, 0, 0]));
  it('opens a knot around its middle', () => expect(spreadLabels([50, 52, 51], 15)).toEqual([-14, 14, 0]));
  it('keeps every two labels a gap apart and in the order of their lines', () =>
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 220 }), { maxLength: 6 }), (tops) => {
        const moved = spreadLabels(tops, 15);
        const places = tops.map((top, index) => ({ top, at: top + (moved[index] ?? 0) })).sort((a, b) => a.at - b.at);
        for (const [index, place] of places.entries()) {
          const above = places[index - 1];
          if (!above) continue;
          expect(place.at - above.at).toBeGreaterThanOrEqual(15 - 1e-6);
          expect(place.top).toBeGreaterThanOrEqual(above.top);
        }
      }),
    ));
});
