import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { type Bench, startBench } from './testing/bench.ts';

let database: TestDatabase;
let bench: Bench;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`truncate approval_request, sla_clock cascade`.execute(database.db);
  bench = await startBench(database.db);
});
afterEach(() => bench.close());

const opened = async (lines: { discount: number }[]) => {
  const { processRef } = bench.request(lines);
  await bench.poll();
  return bench.idOf(processRef);
};

describe('margin from planned cost', () => {
  it('is shown per line and in total, the total weighted by amount', async () => {
    const card = await bench.card(await opened([{ discount: 12 }, { discount: 2 }]));
    expect(card.lines.map(({ cost, margin, marginPercent }) => [cost, margin, marginPercent])).toEqual([
      ['600.00', '280.00', 31.82],
      ['600.00', '380.00', 38.78],
    ]);
    expect(card.numbers.margin).toEqual({
      agreement: { amount: '730.00', percent: 37.82 },
      request: { amount: '660.00', percent: 35.48 },
      lost: '70.00',
    });
    expect(card.numbers.cost).toEqual({ priceKind: 'Плановая себестоимость', published: true, missing: 0 });
  });

  it('takes VAT out of a price kind that includes it, by the rate of the line', async () => {
    bench.ut.kind.ЦенаВключаетНДС = true;
    bench.ut.plan(72);
    const card = await bench.card(await opened([{ discount: 12 }]));
    expect(card.lines[0]?.cost).toBe('600.00');
    expect(card.numbers.margin?.request.percent).toBe(31.82);
  });

  it('follows a new plan without a new version', async () => {
    const id = await opened([{ discount: 12 }]);
    bench.ut.plan(70);
    bench.pass(6 * 60_000);
    await bench.poll();
    const card = await bench.card(id);
    expect(card.numbers.margin?.request.amount).toBe('180.00');
    expect(card.row.version).toBe(1);
  });

  it.each(['Catalog_ВидыЦен', 'InformationRegister_ЦеныНоменклатуры_RecordType'])(
    'is left out where the base does not publish %s, and the card says so',
    async (set) => {
      bench.ut.unpublish(set);
      const { numbers, lines } = await bench.card(await opened([{ discount: 12 }]));
      expect(numbers.margin).toBeNull();
      expect(numbers.cost).toEqual({ priceKind: 'Плановая себестоимость', published: false, missing: 1 });
      expect(lines[0]).toMatchObject({ cost: null, margin: null, marginPercent: null });
    },
  );

  it('is left out where no price kind has the configured name', async () => {
    bench.ut.kind.Description = 'Закупочная';
    const { numbers } = await bench.card(await opened([{ discount: 12 }]));
    expect(numbers).toMatchObject({ margin: null, cost: { published: false } });
  });

  it('is left out when an item has no planned cost of its own', async () => {
    bench.ut.plan(null);
    const { numbers } = await bench.card(await opened([{ discount: 12 }]));
    expect(numbers).toMatchObject({ margin: null, cost: { published: true, missing: 1 } });
  });
});
