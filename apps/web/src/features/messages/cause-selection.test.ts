import { operationSelection } from '@pult/shared/contracts/operations';
import { describe, expect, it } from 'vitest';
import { selectionOfCauses } from './cause-selection.ts';

const CAUSE = '0198f000-0000-7000-8000-000000000001';

describe('what an operation over causes takes', () => {
  it('is whole causes without a filter', () => expect(selectionOfCauses([CAUSE], {})).toEqual({ causeIds: [CAUSE] }));

  it('is what the filter leaves of them, by the time that the list counted by', () => {
    const selection = selectionOfCauses([CAUSE], { flow: ['ut-bp-sales'], from: '2026-11-27T05:00:00.000Z' });
    expect(selection).toEqual({
      filter: {
        flow: ['ut-bp-sales'],
        from: '2026-11-27T05:00:00.000Z',
        cause: [CAUSE],
        state: ['failed'],
        timeField: 'failed',
      },
    });
    expect(operationSelection.safeParse(selection).success).toBe(true);
  });

  it('keeps the time that an address asks for', () =>
    expect(selectionOfCauses([CAUSE], { from: '2026-11-27T05:00:00.000Z', timeField: 'state' })).toMatchObject({
      filter: { timeField: 'state' },
    }));
});
