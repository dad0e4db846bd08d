import fc from 'fast-check';
import { expect, it } from 'vitest';
import { placeOfJump, sectionAt } from './section-places.ts';

it('names the section that has begun last, the first one before any has', () => {
  expect(sectionAt([300, 900], 100)).toBe(0);
  expect(sectionAt([-500, 90, 700], 100)).toBe(1);
  expect(sectionAt([-500, -90, -7], 100)).toBe(2);
});

it('brings a chip into the middle of its row and never scrolls in front of the beginning', () => {
  fc.assert(
    fc.property(fc.nat(2_000), fc.integer({ min: 30, max: 200 }), (offsetLeft, offsetWidth) => {
      const at = placeOfJump({ offsetLeft, offsetWidth }, { offsetWidth: 390 });
      expect(at).toBeGreaterThanOrEqual(0);
      expect(offsetLeft - at).toBeLessThanOrEqual(390 - offsetWidth);
    }),
  );
});
