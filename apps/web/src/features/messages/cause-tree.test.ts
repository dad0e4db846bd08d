import type { CauseRow } from '@pult/shared/contracts/messages';
import { describe, expect, it } from 'vitest';
import { causeTree, chosenCauses } from './cause-tree.ts';

const cause = (id: string, systemId?: string) =>
  ({ id, incident: systemId ? { systemId, since: '2026-11-24T09:00:00.000Z' } : null }) as unknown as CauseRow;

describe('causeTree', () => {
  const lines = causeTree([cause('a'), cause('b', 'bp'), cause('c', 'bp')]);
  it('puts incidents first with their causes under them', () => {
    expect(lines.map(({ key }) => key)).toEqual(['incident:bp', 'a']);
    expect(lines[0]).toMatchObject({ causes: [{ id: 'b' }, { id: 'c' }] });
  });
  it('lets an incident stand for its causes, once each', () => {
    expect(chosenCauses(lines, new Set(['incident:bp', 'b'])).map(({ id }) => id)).toEqual(['b', 'c']);
    expect(chosenCauses(lines, new Set(['a'])).map(({ id }) => id)).toEqual(['a']);
  });
});
