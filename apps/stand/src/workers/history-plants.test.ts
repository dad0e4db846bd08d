import { describe, expect, it } from 'vitest';
import { SITES } from '../onec/bases.ts';
import { LAST_PRICE_MESSAGE } from '../onec/seed-exchange.ts';
import { HISTORY_DAYS } from './history-plan.ts';
import { type Plants, type PlantsDay, planPlants } from './history-plants.ts';
import { localOf } from './moscow-time.ts';

/** Friday, 27 November 2026, 15:00 in Moscow. */
const NOW = Date.parse('2026-11-27T12:00:00Z');
const items = (site: string) =>
  Array.from({ length: 9 }, (_, index) => ({ ref: `${site} i${index}`, article: `a${index}`, name: 'Автомат' }));
const person = (index: number) => ({
  Ref_Key: `p${index}`,
  ФИО: 'Иванов Иван Иванович',
  ИНН: '1',
  СтраховойНомерПФР: index === 0 ? '' : '1',
});
const PLANTS: Plants = {
  items: { 'erp-1': items('1'), 'erp-2': items('2'), 'erp-3': items('3') },
  staff: {
    employees: Array.from({ length: 9 }, (_, index) => ({
      Ref_Key: `e${index}`,
      Code: `${index}`,
      ФизическоеЛицо_Key: `p${index}`,
    })),
    persons: new Map(Array.from({ length: 9 }, (_, index) => [`p${index}`, person(index)])),
    departments: [{ Ref_Key: 'd' }],
    positions: [{ Ref_Key: 'o' }],
  },
};
const planned = (daysAgo: number, seed = 1): PlantsDay => planPlants({ seed, daysAgo, now: NOW, plants: PLANTS });
const DAYS = Array.from({ length: HISTORY_DAYS }, (_, daysAgo) => planned(daysAgo));
const of = (daysAgo: number, flow: string) => (DAYS[daysAgo]?.told ?? []).filter(({ record }) => record.flow === flow);

describe('history of the sites', () => {
  it('is the same under the same seed and another under another', () => {
    expect(planned(3)).toEqual(DAYS[3]);
    expect(planned(3, 2)).not.toEqual(DAYS[3]);
  });

  it('keeps working hours for what people and machines of the sites make, the clock for the consolidation', () => {
    // 22 November is a Sunday.
    for (const flow of ['erp-receipts', 'erp-qc', 'erp-internal-prices', 'zup-hrtek']) {
      expect(of(5, flow)).toEqual([]);
      for (const { at } of of(3, flow)) {
        const hour = Number(localOf(at).slice(11, 13));
        expect(hour).toBeGreaterThanOrEqual(8);
        expect(hour).toBeLessThan(18);
      }
    }
    expect(of(5, 'ut-bp-uh')).toHaveLength(48);
    for (const { told } of DAYS) for (const { at } of told) expect(at).toBeLessThan(NOW);
  });

  it('has all three sites on a working day, and one that was silent for an afternoon', () => {
    for (const site of SITES)
      expect(of(3, 'erp-receipts').filter(({ record }) => record.source === site).length).toBeGreaterThan(20);
    const afternoon = of(8, 'erp-receipts').filter(({ at }) => {
      const hour = Number(localOf(at).slice(11, 13));
      return hour >= 13 && hour < 16;
    });
    const silent = (site: string) => afternoon.filter(({ record }) => record.source === site).length;
    expect(silent('erp-2')).toBe(0);
    expect(silent('erp-1')).toBeGreaterThan(5);
  });

  it('numbers the messages of prices without a repetition, below those that follow', () => {
    for (const site of SITES) {
      const numbers = DAYS.flatMap(({ told }) =>
        told
          .filter(({ record }) => record.flow === 'erp-internal-prices' && record.source === site)
          .map(({ record }) => Number(record.payload.НомерСообщения)),
      );
      expect(new Set(numbers).size).toBe(numbers.length);
      expect(Math.max(...numbers)).toBeLessThanOrEqual(LAST_PRICE_MESSAGE);
    }
  });

  it('meets every kind of failure of its flows, and puts a document at the target only where one is', () => {
    const texts = DAYS.flatMap(({ told }) =>
      told.flatMap(({ events }) =>
        events.flatMap(({ data }) => (data as { error?: { text: string } }).error?.text ?? []),
      ),
    );
    for (const part of [
      'Не найдена номенклатура',
      'не зарегистрирована в EproQc',
      'не заполнен СНИЛС',
      'период консолидации',
    ])
      expect(texts.some((text) => text.includes(part))).toBe(true);
    for (const { told, rows } of DAYS) {
      const atUt = rows.filter(({ base, set }) => base === 'ut' && set.endsWith('ПриобретениеТоваровУслуг'));
      const arrived = told.filter(({ record, events }) => {
        return (
          record.flow === 'erp-receipts' &&
          (record.state === 'unacknowledged' || events.some(({ type }) => type === 'exchange.delivered'))
        );
      });
      expect(atUt).toHaveLength(arrived.length);
    }
  });

  it('tells refusals of systems that only report under their own names', () => {
    const refusals = DAYS.flatMap(({ told }) => told.flatMap(({ events }) => events)).filter(
      ({ type, data }) =>
        type === 'exchange.failed' && ['hrtek', 'qc'].includes((data as { consumer: string }).consumer),
    );
    expect(refusals.length).toBeGreaterThan(0);
    for (const { source, data } of refusals) expect(source).toBe((data as { consumer: string }).consumer);
  });
});
