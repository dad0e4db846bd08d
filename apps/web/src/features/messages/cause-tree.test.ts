import type { CauseRow } from '@pult/shared/contracts/messages';
import { describe, expect, it } from 'vitest';
import { causeTree, chosenCauses, toggleLine } from './cause-tree.ts';

const cause = (id: string, systemId?: string, snoozedUntil: string | null = null) =>
  ({
    id,
    snoozedUntil,
    incident: systemId ? { systemId, since: '2026-11-24T09:00:00.000Z' } : null,
  }) as unknown as CauseRow;

describe('causeTree', () => {
  const lines = causeTree([cause('a'), cause('b', 'bp'), cause('c', 'bp')]);
  it('puts incidents first with their causes under them', () => {
    expect(lines.map(({ key }) => key)).toEqual(['incident:bp', 'a']);
    expect(lines[0]).toMatchObject({ causes: [{ id: 'b' }, { id: 'c' }] });
  });
  it('puts what is snoozed last', () =>
    expect(causeTree([cause('z', undefined, '2026-11-25T09:00:00.000Z'), cause('a')]).map(({ key }) => key)).toEqual([
      'a',
      'z',
    ]));
  it('lets an incident stand for its causes, once each', () => {
    expect(chosenCauses(lines, new Set(['incident:bp', 'b'])).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(chosenCauses(lines, new Set(['a'])).map(({ id }) => id)).toEqual(['a']);
  });
  it('chooses an incident with its causes and lets it go with any of them', () => {
    const whole = toggleLine(lines, new Set(['a']), 'incident:bp');
    expect([...whole].sort()).toEqual(['a', 'b', 'c', 'incident:bp']);
    expect([...toggleLine(lines, whole, 'b')].sort()).toEqual(['a', 'c']);
    expect([...toggleLine(lines, new Set(['c']), 'b')].sort()).toEqual(['b', 'c', 'incident:bp']);
    expect([...toggleLine(lines, whole, 'incident:bp')]).toEqual(['a']);
  });
});
