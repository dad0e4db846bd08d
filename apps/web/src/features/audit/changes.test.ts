import { describe, expect, it } from 'vitest';
import { changesOf, documentOf, namesOf } from './changes.ts';

describe('what an entry changed', () => {
  it('is said field by field, without what stayed', () => {
    expect(changesOf({ state: 'failed', rate: 4, flow: 'a' }, { state: 'discarded', flow: 'a', by: ['x'] })).toEqual([
      { field: 'state', before: 'failed', after: 'discarded' },
      { field: 'rate', before: '4', after: null },
      { field: 'by', before: null, after: '["x"]' },
    ]);
  });
  it('takes a state that is no object as one value, and no state as nothing', () => {
    expect(changesOf(null, 'open')).toEqual([{ field: 'value', before: null, after: 'open' }]);
    expect(changesOf(undefined, null)).toEqual([]);
  });
  it('names the document of the newer state', () => {
    expect(documentOf({ before: { number: 7 }, after: { document: 'ЗК-000123' } })).toBe('ЗК-000123');
    expect(documentOf({ before: { number: 7 }, after: null })).toBe('7');
    expect(documentOf({ before: 'x', after: { state: 'open' } })).toBeNull();
  });
});

it('one entry that carries the number names its operation for all the others', () => {
  const entry = { objectKind: 'operation', objectId: 'o1', before: null };
  const names = namesOf([
    { ...entry, after: { state: 'completed' } },
    { ...entry, after: { number: 3 } },
    { objectKind: 'approval', objectId: 'a1', before: null, after: { document: 'УТ-7' } },
  ]);
  expect([...names]).toEqual([
    ['o1', '№\u00a03'],
    ['a1', 'УТ-7'],
  ]);
});
