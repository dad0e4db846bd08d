import { expect, it } from 'vitest';
import { sourcesOf } from './use-names.ts';

const system = (id: string, group: string | null = null, kind: 'onec' | 'bus' = 'onec') => ({
  id,
  group,
  kind,
  title: { ru: `Система, ${id}`, en: `System, ${id}` },
});
const flow = (id: string, from: string[], watched = true) => ({ id, from, watched });
const SYSTEMS = [
  system('ut'),
  system('erp-1', 'erp'),
  system('erp-2', 'erp'),
  system('kafka', null, 'bus'),
  system('bp'),
];

it('offers a group whose members send the same as one source', () => {
  const flows = [flow('sales', ['ut', 'kafka']), flow('goods', ['erp-1', 'erp-2']), flow('plan', ['bp'], false)];
  expect(sourcesOf(SYSTEMS, flows, 'ru')).toEqual([
    { value: 'ut', label: 'Система, ut' },
    { value: 'erp-1,erp-2', label: 'Система ×2' },
  ]);
});

it('offers the members as well where one sends what another does not', () => {
  const flows = [flow('goods', ['erp-1', 'erp-2']), flow('prices', ['erp-2'])];
  expect(sourcesOf(SYSTEMS, flows, 'en').map(({ value }) => value)).toEqual(['erp-1,erp-2', 'erp-1', 'erp-2']);
});
