import type { SystemHealth } from '@pult/shared/contracts/landscape';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { countsOf } from './connection-counts.ts';

const system = (status: SystemHealth['status'], asked: boolean) =>
  ({ status, connection: asked ? {} : null }) as unknown as SystemHealth;

it('counts each system once, those that Pult does not ask apart', () => {
  const systems = [...Array.from({ length: 15 }, () => system('ok', true)), system('ok', false), system('ok', false)];
  expect(countsOf(systems)).toEqual([
    { kind: 'ok', count: 15 },
    { kind: 'sends', count: 2 },
  ]);
  const one = fc.record({ status: fc.constantFrom('bad', 'warn', 'doubt', 'ok', 'idle'), asked: fc.boolean() });
  fc.assert(
    fc.property(fc.array(one), (all) => {
      const counts = countsOf(all.map(({ status, asked }) => system(status as SystemHealth['status'], asked)));
      expect(counts.reduce((sum, { count }) => sum + count, 0)).toBe(all.length);
    }),
  );
});
