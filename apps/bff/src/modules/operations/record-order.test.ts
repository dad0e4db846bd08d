import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate, RecordPosition } from './ports.ts';
import { inRecordOrder, orderKeyOf } from './record-order.ts';
import { planOf } from './rules.ts';

const record: fc.Arbitrary<RecordPosition> = fc.record({
  key: fc.option(fc.constantFrom('dealer', 'shop'), { nil: null }),
  partition: fc.constantFrom('orders/0', 'orders/1'),
  // Around the end of 32 and 53 bits, where a number or a text would be compared wrongly.
  offset: fc
    .tuple(fc.constantFrom(9n, 99n, 2n ** 31n, 2n ** 53n), fc.bigInt(0n, 3n))
    .map(([base, more]) => String(base + more)),
});
const candidates: fc.Arbitrary<Candidate[]> = fc.uniqueArray(
  fc
    .record({
      deliveryId: fc.uuid(),
      consumer: fc.constantFrom('ut', 'bp'),
      // A document may go under several keys, and a key has many documents.
      businessKey: fc.constantFrom('ЗК-1', 'ЗК-2'),
      record: fc.option(record, { nil: null }),
      occurredAt: fc.integer({ min: 0, max: 3 }),
    })
    .map(
      (one): Candidate => ({
        ...one,
        flow: 'bus',
        messageId: one.deliveryId,
        documentType: 'Заказ',
        number: one.businessKey,
        ref: null,
        counterparty: null,
        amount: null,
        overdue: false,
        obstacle: null,
        state: 'failed',
        causeId: null,
        causeTitle: null,
      }),
    ),
  { selector: ({ deliveryId }) => deliveryId, maxLength: 25 },
);
const flows = new Map([['bus', { watched: true, resend: true, reExport: true }]]);
const plan = (list: readonly Candidate[], verb: 'resend' | 'reExport' = 'resend') =>
  planOf({ verb, candidates: list, flows, canVerify: () => false, holders: new Map(), missing: 0, ratePerSecond: 4 });

describe('records that are put again', () => {
  it('stand in the order of their offsets within a key and a partition, whatever their times and ids', () =>
    fc.assert(
      fc.property(candidates, (list) => {
        const { items } = plan(list);
        for (const [index, earlier] of items.entries())
          for (const later of items.slice(index + 1)) {
            if (earlier.record === null || later.record === null) continue;
            const sameLane =
              earlier.consumer === later.consumer &&
              orderKeyOf(earlier) === orderKeyOf(later) &&
              earlier.record.partition === later.record.partition;
            if (sameLane) expect(BigInt(earlier.record.offset) <= BigInt(later.record.offset)).toBe(true);
          }
      }),
    ));

  it('keep their document, whatever verb sends them, and only those put again go by the key of their record, too', () =>
    fc.assert(
      fc.property(candidates, fc.constantFrom('resend' as const, 'reExport' as const), (list, verb) => {
        const byId = new Map(list.map((one) => [one.deliveryId, one]));
        for (const item of plan(list, verb).items) {
          expect(item.businessKey).toBe(byId.get(item.deliveryId)?.businessKey);
          expect(item.orderKey).toBe(verb === 'resend' ? (item.record?.key ?? null) : null);
        }
      }),
    ));

  it('are all there, once, and come out the same whatever the order they came in', () =>
    fc.assert(
      fc.property(candidates, (list) => {
        const { items, plan: summary } = plan(list);
        expect(items.map(({ deliveryId }) => deliveryId).toSorted()).toEqual(
          list.map(({ deliveryId }) => deliveryId).toSorted(),
        );
        expect(plan(list.toReversed()).items).toEqual(items);
        const times = list.map(({ occurredAt }) => occurredAt).sort((a, b) => a - b);
        const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());
        expect([summary.oldestAt, summary.newestAt]).toEqual([iso(times[0]), iso(times.at(-1))]);
      }),
    ));

  it('leave every other message where its time puts it, and so does an export anew', () =>
    fc.assert(
      fc.property(candidates, (list) => {
        const byTime = list.toSorted((a, b) => a.occurredAt - b.occurredAt || (a.deliveryId < b.deliveryId ? -1 : 1));
        inRecordOrder(byTime).forEach((item, index) => {
          const before = byTime[index];
          if (item.record === null || before?.record === null) expect(item).toBe(before);
          else expect(orderKeyOf(item)).toBe(before && orderKeyOf(before));
        });
        const anew = plan(list, 'reExport').items;
        expect(anew.map(({ deliveryId }) => deliveryId)).toEqual(byTime.map(({ deliveryId }) => deliveryId));
      }),
    ));
});
