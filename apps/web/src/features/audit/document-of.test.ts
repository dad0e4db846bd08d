import { describe, expect, it } from 'vitest';
import { documentOf } from './document-of.ts';

describe('document of an entry', () => {
  it('is the one that the newer state names', () => {
    expect(documentOf({ before: { number: 7 }, after: { document: 'ЗК-000123' } })).toBe('ЗК-000123');
    expect(documentOf({ before: { number: 7 }, after: null })).toBe('7');
  });
  it('is unknown where no state names one', () =>
    expect(documentOf({ before: 'x', after: { state: 'open' } })).toBeNull());
});
