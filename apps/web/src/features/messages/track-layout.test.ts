import type { DeliveryStateName } from '@pult/shared/contracts/messages';
import { describe, expect, it } from 'vitest';
import { layoutTrack } from './track-layout.ts';

const track = (...states: DeliveryStateName[]) =>
  layoutTrack(
    states.map((state, index) => ({
      state,
      at: `2026-11-26T11:0${index % 10}:00.000Z`,
      attempt: 1,
      who: null,
      untilNextMs: 1,
    })),
  );
const shape = (...states: DeliveryStateName[]) =>
  track(...states).nodes.map(({ state, lane, step }) => `${step ? '' : '?'}${state}${lane}`);

describe('the track of a message', () => {
  it('shows the rest of the usual path as possible', () => {
    expect(shape('accepted', 'sent')).toEqual(['accepted0', 'sent0', '?delivered0', '?applied0']);
    expect(shape('accepted', 'sent', 'delivered', 'applied')).toEqual(['accepted0', 'sent0', 'delivered0', 'applied0']);
  });
  it('leaves the usual path with a failure and comes back only when the target processed it', () =>
    expect(shape('accepted', 'sent', 'failed', 'retrying', 'sent', 'delivered', 'applied')).toEqual([
      'accepted0',
      'sent0',
      'failed1',
      'retrying1',
      'sent1',
      'delivered1',
      'applied0',
    ]));
  it('forks where the outcome is unknown', () => {
    const { nodes, edges } = track('accepted', 'sent', 'in_doubt');
    expect(nodes.slice(3).map(({ state, lane, column }) => [state, lane, column])).toEqual([
      ['applied', 0, 3],
      ['failed', 1, 3],
    ]);
    expect(edges.filter(({ passed }) => !passed).map(({ from, choice }) => [from, choice])).toEqual([
      [2, 'found'],
      [2, 'absent'],
    ]);
  });
  it('says what a failure can lead to, and that a discarded message ends', () => {
    expect(shape('accepted', 'failed')).toEqual(['accepted0', 'failed1', '?retrying1', '?applied0']);
    expect(shape('accepted', 'failed', 'discarded')).toEqual(['accepted0', 'failed1', 'discarded1']);
  });
  it('keeps beginning and end of a long story', () => {
    const again = Array.from({ length: 8 }, (): DeliveryStateName[] => ['failed', 'retrying']).flat();
    const long = track('accepted', 'sent', ...again, 'applied');
    expect(long).toMatchObject({ hidden: 8, hiddenAfter: 2 });
    expect(long.nodes).toHaveLength(11);
    expect(long.nodes[0]?.state).toBe('accepted');
    expect(long.nodes.at(-1)).toMatchObject({ state: 'applied', current: true });
  });
});
