import { describe, expect, it } from 'vitest';
import { changesOf } from './changes.ts';

describe('changesOf', () => {
  it('names what differs and leaves out what stayed', () =>
    expect(
      changesOf(
        { state: 'failed', retry: { on: true, rate: 4 } },
        { state: 'discarded', retry: { on: true, rate: 2 } },
      ),
    ).toEqual([
      { path: 'state', before: 'failed', after: 'discarded' },
      { path: 'retry.rate', before: '4', after: '2' },
    ]));
  it('shows a new object and a removed one field by field', () => {
    expect(changesOf(null, { name: 'Мои', query: ['a'] })).toEqual([
      { path: 'name', before: null, after: 'Мои' },
      { path: 'query', before: null, after: '["a"]' },
    ]);
    expect(changesOf({ name: 'Мои' }, null)).toEqual([{ path: 'name', before: 'Мои', after: null }]);
  });
  it('has nothing to say about a command without state', () => expect(changesOf(null, null)).toEqual([]));
});
