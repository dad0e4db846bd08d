import { describe, expect, it } from 'vitest';
import { readUrl } from '../../lib/url-state.ts';
import { filterOf, tabFilter, URL_SPEC } from './url.ts';

const NOW = Date.parse('2026-11-24T09:00:30Z');
const filter = (query: string) => filterOf(readUrl(URL_SPEC, new URLSearchParams(query)), NOW);

describe('filterOf', () => {
  it('is empty for a bare address', () => expect(filter('')).toEqual({}));
  it('reads what other screens link with', () =>
    expect(
      filter(
        'tab=all&flow=a,b&state=failed,nonsense&timeField=failed&from=2026-11-23T21:00:00.000Z&errorClass=mapping',
      ),
    ).toEqual({
      flow: ['a', 'b'],
      state: ['failed'],
      timeField: 'failed',
      from: '2026-11-23T21:00:00.000Z',
      errorClass: 'mapping',
    }));
  it('counts a range back from the whole minute', () =>
    expect(filter('range=1h').from).toBe('2026-11-24T08:00:00.000Z'));
  it('adds what a tab means', () => {
    expect(tabFilter({}, 'stuck')).toEqual({ stuck: 'true' });
    expect(tabFilter({ state: ['failed'] }, 'in_doubt').state).toEqual(['in_doubt']);
  });
});
