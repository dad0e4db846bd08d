import fc from 'fast-check';
import { expect, it } from 'vitest';
import { wholeMinutes } from './tape-minutes.ts';

const ms = fc.integer({ min: 0, max: 10 * 86_400_000 });
const parts = fc.array(fc.record({ wallMs: ms, countedMs: ms }), { maxLength: 30 });
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

it('shows minutes that add up to the total that is shown, none further off than a minute', () => {
  fc.assert(
    fc.property(parts, (given) => {
      const shown = wholeMinutes(given);
      for (const of of ['wallMs', 'countedMs'] as const) {
        const total = sum(given.map((part) => part[of]));
        expect(sum(shown.map((part) => part[of]))).toBe(total - (total % 60_000));
        shown.forEach((part, index) => {
          expect(Math.abs(part[of] - (given[index]?.[of] ?? 0))).toBeLessThan(60_000);
          expect(part[of] % 60_000).toBe(0);
        });
      }
      expect(shown.at(-1)?.runningMs ?? 0).toBe(sum(shown.map(({ countedMs }) => countedMs)));
    }),
  );
});
