import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ITEM_STATES,
  type ItemState,
  type ItemStep,
  isInFlight,
  isNotStarted,
  isOpen,
  isSuccess,
  nextItemState,
} from './item.ts';

const STEPS: ItemStep[] = [
  'wait',
  'admit',
  'verify',
  'absent',
  'found',
  'send',
  'hold',
  'accepted',
  'refused',
  'confirmed',
  'rejected',
  'timed_out',
  'give_up',
  'skip',
  'return',
  'close',
];
const steps = fc.array(fc.constantFrom(...STEPS), { maxLength: 40 });
const walk = (path: readonly ItemStep[]): ItemState =>
  path.reduce<ItemState>((state, step) => nextItemState(state, step) ?? state, 'pending');

describe('an item', () => {
  it('never leaves success, whatever comes afterwards', () => {
    fc.assert(
      fc.property(steps, steps, (before, after) => {
        const state = walk(before);
        fc.pre(isSuccess(state));
        expect(after.reduce<ItemState>((now, step) => nextItemState(now, step) ?? now, state)).toBe(state);
      }),
    );
  });

  it('can be brought to an outcome from everywhere', () => {
    for (const state of ITEM_STATES) {
      const reach = new Set<ItemState>([state]);
      for (const at of reach) for (const step of STEPS) reach.add(nextItemState(at, step) ?? at);
      expect([...reach].some((one) => !isOpen({ state: one, doubtSettled: true }))).toBe(true);
    }
  });

  it('is returned or skipped only while nothing of it has left', () => {
    for (const state of ITEM_STATES)
      for (const step of ['return', 'skip'] as const)
        if (nextItemState(state, step) !== null) expect(isNotStarted(state) || state === 'verifying').toBe(true);
  });

  it('gets through by a confirmation from every state in which a request may have left', () => {
    for (const state of ['sending', 'sent', 'in_doubt', 'failed'] as const)
      expect(nextItemState(state, 'confirmed')).toBe('applied');
  });

  it('counts as already there when the target had it before anything was sent', () => {
    expect(walk(['verify', 'found'])).toBe('already_applied');
    expect(walk(['verify', 'absent', 'send', 'accepted', 'confirmed'])).toBe('applied');
  });

  it('is in doubt, not failed, when the time is over', () => {
    expect(walk(['send', 'accepted', 'timed_out'])).toBe('in_doubt');
    expect(walk(['send', 'timed_out'])).toBe('in_doubt');
    expect(isInFlight('in_doubt')).toBe(false);
  });
});
