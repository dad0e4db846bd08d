import { describe, expect, it } from 'vitest';
import { readUrl } from '../../lib/url-state.ts';
import { filterOf, tabFilter, timeless, URL_SPEC, windowFromOf } from './url.ts';

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
  it('reads the systems that messages come from', () =>
    expect(filter('tab=stuck&source=ut,site')).toEqual({ source: ['ut', 'site'] }));
  it('counts a range back from the whole minute', () =>
    expect(filter('range=1h').from).toBe('2026-11-24T08:00:00.000Z'));
  it('reads causes comma separated', () => expect(filter('cause=a,b').cause).toEqual(['a', 'b']));
  it('leaves the time to the list unless the address names one', () => {
    expect(filter('range=1h').timeField).toBeUndefined();
    expect(filter('timeField=applied')).toEqual({ timeField: 'applied' });
    expect(timeless(filter('range=1h&timeField=applied&q=1'))).toEqual({ q: '1' });
  });
  it('adds what a tab means', () => {
    expect(tabFilter({}, 'stuck')).toEqual({ stuck: 'true' });
    expect(tabFilter({ state: ['failed'] }, 'in_doubt').state).toEqual(['in_doubt']);
  });
});

describe('windowFromOf', () => {
  const windowFrom = (query: string) => windowFromOf(readUrl(URL_SPEC, new URLSearchParams(query)), NOW);
  it('is the range, a day without one', () => {
    expect(windowFrom('range=6h')).toBe('2026-11-24T03:00:00.000Z');
    expect(windowFrom('')).toBe('2026-11-23T09:00:00.000Z');
  });
  it('stays when a span inside is chosen and widens for an older one', () => {
    expect(windowFrom('range=6h&from=2026-11-24T05:00:00.000Z&to=2026-11-24T06:00:00.000Z')).toBe(
      '2026-11-24T03:00:00.000Z',
    );
    expect(windowFrom('from=2026-11-20T08:00:00.000Z&to=2026-11-20T12:00:00.000Z')).toBe('2026-11-20T07:00:00.000Z');
  });
});
