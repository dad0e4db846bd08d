import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contributionDelta, contributionsOf } from './contribution.ts';
import {
  type ControlFact,
  type DeliverySummary,
  EMPTY_SUMMARY,
  EVENT_KINDS,
  type EventFact,
  mergeEvent,
  mergeSummaries,
  stateOf,
  summaryOfAbsence,
  summaryOfControl,
  summaryOfEvent,
  summaryOfOpenedAttempt,
  summaryOfTimeout,
} from './summary.ts';

const event = fc.record({
  kind: fc.constantFrom(...EVENT_KINDS),
  attempt: fc.integer({ min: 1, max: 4 }),
  at: fc.integer({ min: 1_000, max: 1_000_000 }),
  id: fc.uuid(),
  causeId: fc.constantFrom('a', 'b', 'c'),
  heardAt: fc.integer({ min: 1_000, max: 1_000_000 }),
});
const control = fc.record({
  kind: fc.constantFrom('claimed', 'released', 'discarded', 'restored'),
  at: fc.nat(1_000_000),
  operationId: fc.constant('op'),
});
const part = fc.oneof(
  event.map(summaryOfEvent),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(1_000_000)).map(([attempt, at]) => summaryOfTimeout(attempt, at)),
  fc.tuple(fc.integer({ min: 1, max: 4 }), fc.nat(1_000_000)).map(([attempt, at]) => summaryOfAbsence(attempt, at)),
  fc
    .tuple(fc.integer({ min: 1, max: 4 }), fc.nat(1_000_000))
    .map(([attempt, at]) => summaryOfOpenedAttempt(attempt, at)),
);
/** Parts of one delivery: control facts carry different sequence numbers, as Pult writes them one after another. */
const parts = fc
  .tuple(fc.array(part, { maxLength: 12 }), fc.array(control, { maxLength: 5 }))
  .map(([events, controls]): DeliverySummary[] => [
    ...events,
    ...controls.map((one, index) => summaryOfControl({ ...one, seq: index + 1 } as ControlFact)),
  ]);
const fold = (list: readonly DeliverySummary[]): DeliverySummary => list.reduce(mergeSummaries, EMPTY_SUMMARY);

describe('the fold', () => {
  it('gives the same summary and state for any order, repetition and batching', () =>
    fc.assert(
      fc.property(
        parts,
        fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
        fc.nat(),
        (list, order, cut) => {
          const expected = fold(list);
          const shuffled = list
            .map((one) => ({ one, key: order.next().value ?? 0 }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
          const at = cut % (list.length + 1);
          const batched = mergeSummaries(fold([...shuffled.slice(0, at), ...shuffled]), fold(shuffled.slice(at)));
          expect(batched).toEqual(expected);
          expect(stateOf(batched)).toEqual(stateOf(expected));
        },
      ),
    ));
  it('never lets an older attempt speak over a newer one', () =>
    fc.assert(
      fc.property(
        fc.array(
          event.filter(({ kind }) => kind !== 'applied'),
          { minLength: 1, maxLength: 10 },
        ),
        (events) => {
          const highest = Math.max(...events.map(({ attempt }) => attempt));
          const all = fold(events.map(summaryOfEvent));
          const newest = fold(events.filter(({ attempt }) => attempt === highest).map(summaryOfEvent));
          expect(stateOf(all).state).toBe(stateOf(newest).state);
        },
      ),
    ));
  it('is applied for ever once anybody applied it, however late the news', () =>
    fc.assert(
      fc.property(parts, event, (list, last) => {
        expect(stateOf(fold([...list, summaryOfEvent({ ...last, kind: 'applied' })])).state).toBe('applied');
      }),
    ));
});

describe('latency', () => {
  const at = (kind: EventFact['kind'], time: number): EventFact => ({
    kind,
    attempt: 1,
    at: time,
    id: kind,
    causeId: 'a',
  });
  const bucketOf = (...facts: EventFact[]) =>
    contributionsOf(facts.reduce(mergeEvent, EMPTY_SUMMARY)).find(({ measure }) => measure === 'applied')?.bucket;
  it('is counted for what went through, and not for what somebody had to repair', () => {
    expect(bucketOf(at('accepted', 1_000), at('applied', 1_001))).toBe(0);
    expect(bucketOf(at('accepted', 1_000), at('failed', 1_500), at('applied', 9_000_000))).toBeNull();
    // The failure is told last: the same.
    expect(bucketOf(at('applied', 9_000_000), at('accepted', 1_000), at('failed', 1_500))).toBeNull();
  });
});

describe('states', () => {
  const at = (kind: EventFact['kind'], attempt: number, time: number): EventFact => ({
    kind,
    attempt,
    at: time,
    id: `${kind}${attempt}`,
    causeId: 'a',
  });
  const sent = [at('accepted', 1, 10), at('sent', 1, 20)].reduce(mergeEvent, EMPTY_SUMMARY);
  const failed = mergeEvent(sent, at('failed', 1, 30));
  const state = (summary: DeliverySummary) => stateOf(summary).state;
  const claim = summaryOfControl({ kind: 'claimed', seq: 1, at: 40, operationId: 'op' });

  it('walks accepted, sent, delivered, applied', () => {
    expect(state(mergeEvent(EMPTY_SUMMARY, at('accepted', 1, 10)))).toBe('accepted');
    expect(state(sent)).toBe('sent');
    expect(state(mergeEvent(sent, at('delivered', 1, 25)))).toBe('delivered');
    expect(stateOf(mergeEvent(sent, at('applied', 1, 28)))).toEqual({ state: 'applied', since: 28 });
  });
  it('is in doubt after a time-out and leaves it by news or by asking', () => {
    const doubt = mergeSummaries(sent, summaryOfTimeout(1, 90));
    expect(stateOf(doubt)).toEqual({ state: 'in_doubt', since: 90 });
    expect(state(mergeEvent(doubt, at('failed', 1, 95)))).toBe('failed');
    expect(state(mergeSummaries(doubt, summaryOfAbsence(1, 96)))).toBe('failed');
    expect(state(mergeEvent(doubt, at('sent', 2, 99)))).toBe('sent');
  });
  it('holds since it was heard where the clock of the system is ahead, in whatever order its news come', () => {
    const ahead = summaryOfEvent({ ...at('sent', 1, 9_000), heardAt: 25 });
    const again = summaryOfEvent({ ...at('sent', 1, 9_500), id: 'other', heardAt: 22 });
    expect(stateOf(ahead)).toEqual({ state: 'sent', since: 25 });
    expect(stateOf(mergeSummaries(ahead, again))).toEqual({ state: 'sent', since: 22 });
    expect(stateOf(mergeSummaries(again, ahead))).toEqual({ state: 'sent', since: 22 });
    // What was heard after it happened is as old as it says.
    expect(stateOf(summaryOfEvent({ ...at('sent', 1, 20), heardAt: 25 }))).toEqual({ state: 'sent', since: 20 });
    // The target was asked afterwards and had nothing, whatever the clock of the source says.
    expect(stateOf(mergeSummaries(ahead, summaryOfAbsence(1, 96)))).toEqual({ state: 'failed', since: 96 });
  });
  it('retries while claimed until the new attempt speaks', () => {
    const claimed = mergeSummaries(failed, claim);
    expect(state(claimed)).toBe('retrying');
    const opened = mergeSummaries(claimed, summaryOfOpenedAttempt(2, 41));
    expect(state(opened)).toBe('retrying');
    expect(state(mergeSummaries(opened, summaryOfTimeout(2, 99)))).toBe('in_doubt');
    expect(state(mergeEvent(opened, at('failed', 2, 50)))).toBe('failed');
    expect(state(mergeEvent(opened, at('applied', 2, 50)))).toBe('applied');
    expect(state(mergeSummaries(claimed, summaryOfControl({ kind: 'released', seq: 2, at: 45 })))).toBe('failed');
  });
  it('hears the attempt of a retry whose source has a slow clock', () => {
    const claimed = mergeSummaries(
      failed,
      summaryOfControl({ kind: 'claimed', seq: 1, at: 4_000, operationId: 'op', attempt: 1 }),
    );
    const opened = mergeSummaries(claimed, summaryOfOpenedAttempt(2, 4_001));
    expect(state(mergeEvent(opened, at('sent', 2, 3_500)))).toBe('sent');
    expect(state(mergeEvent(opened, at('failed', 2, 3_600)))).toBe('failed');
    expect(state(mergeSummaries(mergeEvent(opened, at('sent', 2, 3_500)), summaryOfTimeout(2, 9_000)))).toBe(
      'in_doubt',
    );
  });
  it('stays discarded when it is let go, and comes back by being restored only', () => {
    const by = (kind: ControlFact['kind'], seq: number) =>
      summaryOfControl({ kind, seq, at: 40 + seq, operationId: 'op' } as ControlFact);
    const discarded = [by('claimed', 1), by('discarded', 2), by('released', 3)].reduce(mergeSummaries, failed);
    expect(state(discarded)).toBe('discarded');
    // A restore that is called off before its turn leaves everything as it was.
    const calledOff = [by('claimed', 4), by('released', 5)].reduce(mergeSummaries, discarded);
    expect(state(calledOff)).toBe('discarded');
    expect(state([by('claimed', 6), by('restored', 7), by('released', 8)].reduce(mergeSummaries, calledOff))).toBe(
      'failed',
    );
  });
  it('is not taken from its retry by late news of the attempt before', () => {
    const doubt = mergeSummaries(sent, summaryOfTimeout(1, 90));
    const claimed = mergeSummaries(
      doubt,
      summaryOfControl({ kind: 'claimed', seq: 1, at: 95, operationId: 'op', attempt: 1 }),
    );
    expect(state(mergeEvent(claimed, at('failed', 1, 99)))).toBe('retrying');
  });
  it('believes news that are younger than the look which found nothing', () => {
    const absent = mergeSummaries(mergeSummaries(sent, summaryOfTimeout(1, 90)), summaryOfAbsence(1, 96));
    expect(stateOf(mergeEvent(absent, at('delivered', 1, 97)))).toEqual({ state: 'delivered', since: 97 });
    const again = mergeSummaries(mergeEvent(absent, at('delivered', 1, 97)), summaryOfAbsence(1, 99));
    expect(stateOf(again)).toEqual({ state: 'failed', since: 99 });
  });
  it('is discarded with a reason and comes back', () => {
    const discarded = mergeSummaries(failed, summaryOfControl({ kind: 'discarded', seq: 1, at: 60 }));
    expect(state(discarded)).toBe('discarded');
    expect(state(mergeSummaries(discarded, summaryOfControl({ kind: 'restored', seq: 2, at: 70 })))).toBe('failed');
  });
});

describe('contributions', () => {
  it('add up to those of the final summary whatever the order', () =>
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 12 }), (events) => {
        const sums = new Map<string, number>();
        let summary: DeliverySummary | null = null;
        for (const fact of events) {
          const after: DeliverySummary = mergeEvent(summary ?? EMPTY_SUMMARY, fact);
          for (const { by, ...one } of contributionDelta(summary, after)) {
            const key = JSON.stringify(one);
            sums.set(key, (sums.get(key) ?? 0) + by);
          }
          summary = after;
        }
        const left = [...sums].filter(([, count]) => count !== 0);
        const wanted = contributionsOf(summary ?? EMPTY_SUMMARY).map((one) => [JSON.stringify(one), 1] as const);
        expect(new Map(left)).toEqual(new Map(wanted));
      }),
    ));
});
