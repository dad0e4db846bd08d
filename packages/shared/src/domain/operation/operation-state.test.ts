import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deriveOperationState, type ItemCounts, isFinal, NO_ITEMS, openCount } from './operation-state.ts';

const few = fc.nat({ max: 3 });
const counts: fc.Arbitrary<ItemCounts> = fc
  .record({
    pending: few,
    waiting_previous: few,
    verifying: few,
    sending: few,
    sent: few,
    applied: few,
    already_applied: few,
    done: few,
    failed: few,
    in_doubt: few,
    skipped: few,
    returned: few,
    doubtOpen: few,
  })
  .map((one) => ({ ...one, doubtOpen: Math.min(one.doubtOpen, one.in_doubt) }));
const control = fc.record({
  started: fc.boolean(),
  expired: fc.boolean(),
  cancelRequested: fc.boolean(),
  pause: fc.constantFrom('person' as const, 'rule' as const, null),
  holding: fc.boolean(),
});
const running = { started: true, expired: false, cancelRequested: false, pause: null, holding: false };

describe('state of an operation', () => {
  it('never says completed while an item is open', () => {
    fc.assert(
      fc.property(control, counts, (asked, items) => {
        const state = deriveOperationState(asked, items);
        if (state.startsWith('completed')) expect(openCount(items)).toBe(0);
      }),
    );
  });

  it('says completed only when every item is a success', () => {
    fc.assert(
      fc.property(control, counts, (asked, items) => {
        if (deriveOperationState(asked, items) !== 'completed') return;
        expect(items.failed + items.in_doubt + items.skipped + items.returned).toBe(0);
      }),
    );
  });

  it('is final only when nothing can leave any more', () => {
    fc.assert(
      fc.property(control, counts, (asked, items) => {
        fc.pre(asked.started);
        if (!isFinal(deriveOperationState(asked, items))) return;
        expect(items.pending + items.waiting_previous + items.verifying + items.sending + items.sent).toBe(0);
      }),
    );
  });

  it('tells failures apart from plain success', () => {
    expect(deriveOperationState(running, { ...NO_ITEMS, applied: 9, already_applied: 1 })).toBe('completed');
    expect(deriveOperationState(running, { ...NO_ITEMS, applied: 9, failed: 1 })).toBe('completed_with_failures');
    expect(deriveOperationState(running, { ...NO_ITEMS, applied: 9, in_doubt: 1 })).toBe('completed_with_failures');
  });

  it('waits for doubts that are still looked for', () => {
    expect(deriveOperationState(running, { ...NO_ITEMS, in_doubt: 1, doubtOpen: 1 })).toBe('running');
  });

  it('lets what is under way end after a cancel', () => {
    const cancelled = { ...running, cancelRequested: true };
    expect(deriveOperationState(cancelled, { ...NO_ITEMS, sent: 1, returned: 5 })).toBe('cancelling');
    expect(deriveOperationState(cancelled, { ...NO_ITEMS, applied: 1, returned: 5 })).toBe('cancelled');
  });
});
