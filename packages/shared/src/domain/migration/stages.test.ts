import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { earlierStages, isCompared, moveOf, nextStage, STAGES, truthOf } from './stages.ts';

const stage = fc.constantFrom(...STAGES);

describe('stages of a migration', () => {
  it('go on one by one and back any number', () => {
    fc.assert(
      fc.property(stage, stage, (from, to) => {
        const way = STAGES.indexOf(to) - STAGES.indexOf(from);
        expect(moveOf(from, to)).toBe(way === 1 ? 'forward' : way < 0 ? 'back' : null);
        expect(earlierStages(from).includes(to)).toBe(way < 0);
      }),
    );
  });
  it('end with the bus', () => {
    expect(nextStage('bus')).toBeNull();
    expect(earlierStages('bus')[0]).toBe('cut-over');
  });
  it('change the truth at the switch and compare on both sides of it', () => {
    expect(STAGES.map(truthOf)).toEqual(['old', 'old', 'bus', 'bus']);
    expect(STAGES.filter(isCompared)).toEqual(['shadow', 'cut-over']);
  });
});
