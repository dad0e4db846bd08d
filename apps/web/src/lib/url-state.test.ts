import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { list, number, oneOf, optional, readUrl, text, writeUrl } from './url-state.ts';

const spec = {
  q: text(),
  tab: oneOf(['causes', 'all', 'stuck'], 'causes'),
  flow: list(),
  open: optional(),
  points: number(0, 100),
};

describe('url state', () => {
  it('keeps defaults out of the address', () => {
    const params = writeUrl(spec, new URLSearchParams('tab=all&q=x'), { tab: 'causes', q: '', flow: [] });
    expect(params.toString()).toBe('');
  });

  it('leaves parameters of others alone', () => {
    const params = writeUrl(spec, new URLSearchParams('other=1&q=a'), { q: 'b' });
    expect(params.get('other')).toBe('1');
    expect(params.get('q')).toBe('b');
  });

  it('reads nonsense as the default', () => {
    expect(readUrl(spec, new URLSearchParams('tab=drop&points=fast&open='))).toEqual({
      q: '',
      tab: 'causes',
      flow: [],
      open: null,
      points: null,
    });
  });

  it('gives back what was written', () => {
    const filled = fc.string({ minLength: 1, unit: 'grapheme' });
    const state = fc.record({
      q: fc.string({ unit: 'grapheme' }),
      tab: fc.constantFrom('causes' as const, 'all' as const, 'stuck' as const),
      flow: fc.array(filled),
      open: fc.option(filled),
      points: fc.option(fc.integer({ min: 0, max: 100 })),
    });
    fc.assert(
      fc.property(state, (wanted) => {
        const address = writeUrl(spec, new URLSearchParams(), wanted).toString();
        expect(readUrl(spec, new URLSearchParams(address))).toEqual(wanted);
      }),
    );
  });
});
