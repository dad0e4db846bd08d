import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sourcesAsked, sourceTokens } from './source-tokens.ts';

const OFFERED = ['ut', 'erp-1,erp-2,erp-3', 'site-a,site-b', 'site-a', 'site-b'];

it('a group that is asked for as a whole is one token, a part of it is a token each', () => {
  expect(sourceTokens(['erp-2', 'ut', 'erp-1', 'erp-3'], OFFERED)).toEqual(['erp-1,erp-2,erp-3', 'ut']);
  expect(sourceTokens(['erp-1', 'erp-3'], OFFERED)).toEqual(['erp-1', 'erp-3']);
  expect(sourceTokens(['site-b', 'nowhere'], OFFERED)).toEqual(['site-b', 'nowhere']);
  expect(sourceTokens([], OFFERED)).toEqual([]);
});

it('tokens ask for the systems that they were made of', () => {
  const systems = fc.uniqueArray(fc.constantFrom('ut', 'bp', 'erp-1', 'erp-2', 'erp-3', 'site-a', 'site-b'));
  fc.assert(
    fc.property(systems, (asked) => {
      expect(sourcesAsked(sourceTokens(asked, OFFERED)).sort()).toEqual([...asked].sort());
    }),
  );
});
