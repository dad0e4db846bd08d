import { randomUUID } from 'node:crypto';
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { Failed } from '@pult/shared/domain/operation/automatic-retry';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { failedOf, failedOne, overtakenOf } from './failed-of.ts';

const NOW = Date.parse('2026-11-26T11:32:00Z');
const MINUTE = 60_000;
const FLOW = {
  id: 'site-orders',
  consumers: [],
  retry: { ratePerSecond: 1, maxRatePerSecond: 1 },
} as unknown as FlowConfig;
const flows = new Map([[FLOW.id, FLOW]]);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(() => sql`truncate delivery, delivery_fact, failure_cause, failure_cause_note`.execute(database.db));

interface Given {
  readonly state: string;
  readonly type: string;
  readonly number: string;
  readonly ref: string | null;
  readonly consumer: string;
  readonly flow: string;
  /** Minutes before now. */
  readonly occurred: number;
  readonly failed: number;
  readonly errorClass: string | null;
}

const ORDER: Given = {
  state: 'failed',
  type: 'ЗаказКлиента',
  number: 'ЗК-1',
  ref: null,
  consumer: 'ut',
  flow: FLOW.id,
  occurred: 60,
  failed: 50,
  errorClass: 'transport',
};

/** Answers the ids in the order given. */
async function store(given: readonly Partial<Given>[]): Promise<string[]> {
  const ids: string[] = [];
  for (const one of given.map((each) => ({ ...ORDER, ...each }))) {
    const [id, cause] = [randomUUID(), randomUUID()];
    if (one.errorClass !== null)
      await sql`
        insert into failure_cause (id, flow_id, error_class, pattern, title_ru, title_en, first_seen_at, last_seen_at)
        values (${cause}, ${one.flow}, ${one.errorClass}, ${cause}, 'а', 'a', now(), now())`.execute(database.db);
    await sql`
      insert into delivery (id, flow_id, consumer, message_id, state, state_at, started_at, occurred_at, attempt, revision,
        key_type, key_number, key_ref, search, summary, cause_id)
      values (${id}, ${one.flow}, ${one.consumer}, ${id}, ${one.state}, ${new Date(NOW - one.failed * MINUTE)},
        ${new Date(NOW - one.occurred * MINUTE)}, ${new Date(NOW - one.occurred * MINUTE)}, 1, 1, ${one.type}, ${one.number},
        ${one.ref}, '', '{}'::jsonb, ${one.errorClass === null ? null : cause})`.execute(database.db);
    ids.push(id);
  }
  return ids;
}

const deps = () => ({ db: database.db, flows });
const all = { flow: FLOW.id, classes: null, failedUpTo: NOW, after: null, limit: 100 } as const;

/** The whole list, page by page. */
async function paged(limit: number): Promise<Failed[]> {
  const found: Failed[] = [];
  for (let after: Failed | null = null; ; ) {
    const page = await failedOf(deps(), { ...all, after, limit });
    found.push(...page);
    after = page.at(-1) ?? null;
    if (page.length < limit || after === null) return found;
  }
}

describe('failed deliveries for automatic retry', () => {
  it('are those of the flow that have failed, by the class of their cause and up to an instant, oldest failure first', async () => {
    const [late, early] = await store([
      { failed: 10, number: 'ЗК-2' },
      { failed: 30, number: 'ЗК-3' },
      { failed: 40, errorClass: 'mapping', number: 'ЗК-4' },
      { failed: 40, errorClass: null, number: 'ЗК-5' },
      { failed: 40, state: 'in_doubt', number: 'ЗК-6' },
      { failed: 40, flow: 'ut-bp-sales', number: 'ЗК-7' },
    ]);
    const transport = { ...all, classes: ['transport'] as const };
    expect((await failedOf(deps(), transport)).map(({ deliveryId }) => deliveryId)).toEqual([early, late]);
    expect(await failedOf(deps(), { ...transport, failedUpTo: NOW - 20 * MINUTE })).toMatchObject([
      { deliveryId: early, failedAt: NOW - 30 * MINUTE, errorClass: 'transport', documentType: 'ЗаказКлиента' },
    ]);
    expect((await failedOf(deps(), all)).map(({ errorClass }) => errorClass)).toEqual(
      expect.arrayContaining([null, 'mapping', 'transport', 'transport']),
    );
  });

  it('know that a newer message of the document has gone, and that an older one has no end', async () => {
    const [first, second] = await store([
      { occurred: 60 },
      { occurred: 50 },
      { number: 'ЗК-9', occurred: 50 },
      { number: 'ЗК-9', occurred: 40, state: 'applied' },
    ]);
    const found = new Map((await failedOf(deps(), all)).map((one) => [one.deliveryId, one]));
    expect(found.get(first ?? '')).toMatchObject({ overtaken: false, behind: false });
    expect(found.get(second ?? '')).toMatchObject({ overtaken: false, behind: true });
    expect([...found.values()].filter(({ overtaken }) => overtaken)).toHaveLength(1);
  });

  it('take a number of another year for another document where both say which one they are', async () => {
    const [mine, unsure] = await store([
      { ref: 'a', number: 'ЗК-1' },
      { ref: null, number: 'ЗК-2' },
      { ref: 'b', number: 'ЗК-1', occurred: 5, state: 'applied' },
      { ref: 'c', number: 'ЗК-2', occurred: 5, state: 'applied' },
    ]);
    expect(await failedOne(deps(), mine ?? '')).toMatchObject({ overtaken: false });
    expect(await failedOne(deps(), unsure ?? '')).toMatchObject({ overtaken: true });
  });

  it('are overtaken whatever state they have by now: an operation asks before it sends', async () => {
    const [held, free] = await store([
      { state: 'retrying' },
      { state: 'retrying', number: 'ЗК-2' },
      { occurred: 5, state: 'sent' },
      { occurred: 5, state: 'failed', number: 'ЗК-2' },
    ]);
    expect(await overtakenOf(database.db, [held ?? '', free ?? ''])).toEqual([held]);
  });

  it('are answered one by one, and not at all when they have not failed', async () => {
    const [failed, applied] = await store([{ occurred: 60 }, { occurred: 70, state: 'applied' }]);
    expect(await failedOne(deps(), failed ?? '')).toMatchObject({ deliveryId: failed, flow: FLOW.id });
    expect(await failedOne(deps(), applied ?? '')).toBeNull();
    expect(await failedOne(deps(), randomUUID())).toBeNull();
  });

  it('agree with the rule whatever is known of their documents, in pages of any size', async () => {
    const given = fc.record({
      state: fc.constantFrom('accepted', 'sent', 'failed', 'failed', 'in_doubt', 'applied', 'discarded', 'retrying'),
      type: fc.constantFrom('ЗаказКлиента', 'Отмена'),
      number: fc.constantFrom('1', '2'),
      ref: fc.constantFrom(null, 'a', 'b'),
      consumer: fc.constantFrom('ut', 'bp'),
      occurred: fc.integer({ min: 0, max: 5 }),
      failed: fc.integer({ min: 0, max: 5 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(given, { minLength: 1, maxLength: 10 }),
        fc.integer({ min: 1, max: 4 }),
        async (some, limit) => {
          await sql`truncate delivery, delivery_fact, failure_cause, failure_cause_note`.execute(database.db);
          const ids = await store(some);
          const known = some.map((one, index) => ({ ...ORDER, ...one, id: ids[index] ?? '' }));
          type Known = (typeof known)[number];
          const alike = (a: Known, b: Known): boolean =>
            a.id !== b.id &&
            a.type === b.type &&
            a.consumer === b.consumer &&
            (a.ref !== null && b.ref !== null ? a.ref === b.ref : a.number === b.number);
          const isOlder = (a: Known, b: Known): boolean =>
            a.occurred > b.occurred || (a.occurred === b.occurred && a.id < b.id);
          const expected = known
            .filter(({ state }) => state === 'failed')
            .toSorted((a, b) => b.failed - a.failed || (a.id < b.id ? -1 : 1))
            .map((one) => ({
              deliveryId: one.id,
              overtaken: known.some(
                (s) => alike(one, s) && isOlder(one, s) && !['failed', 'discarded'].includes(s.state),
              ),
              behind: known.some(
                (s) => alike(one, s) && isOlder(s, one) && !['applied', 'discarded'].includes(s.state),
              ),
            }));
          const found = await paged(limit);
          expect(found.map(({ deliveryId, overtaken, behind }) => ({ deliveryId, overtaken, behind }))).toEqual(
            expected,
          );
        },
      ),
      { numRuns: 40 },
    );
  });
});
