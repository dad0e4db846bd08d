import { hundredthsOf, kopecksOfNumber, roublesOf } from '@pult/shared/domain/approval/points';
import { guidLiteral, oneOf } from '../../connectors/onec-odata/literals.ts';
import { APPROVAL_SETS } from '../../connectors/onec-odata/sets.ts';
import { flagOf, numberOf, type OnecEntity, refOf, textOf } from '../../connectors/onec-odata/values.ts';
import type { Clock } from '../../platform/clock.ts';
import { chunks } from './chunks.ts';
import { Kept } from './kept.ts';
import type { Background } from './lines.ts';
import { createPlannedCosts } from './planned-costs.ts';
import type { UtClient } from './ports.ts';
import { byRefs, optional, REFS_PER_REQUEST } from './ut-requests.ts';

const CATALOG_KEPT_MS = 10 * 60_000;
const BALANCE_KEPT_MS = 60_000;
const TURNOVER_KEPT_MS = 30 * 60_000;

export interface CatalogEntry {
  readonly name: string;
  readonly article: string | null;
  readonly inn: string | null;
  readonly segment: string | null;
  readonly email: string | null;
  /** Manual discount of an agreement, hundredths. */
  readonly allowed: number;
}

const CATALOGS = {
  partner: { set: APPROVAL_SETS.partner, select: ['Ref_Key', 'Description', 'Сегмент'] },
  company: { set: APPROVAL_SETS.company, select: ['Ref_Key', 'Description', 'НаименованиеПолное', 'ИНН'] },
  user: { set: APPROVAL_SETS.user, select: ['Ref_Key', 'Description'] },
  agreement: { set: APPROVAL_SETS.agreement, select: ['Ref_Key', 'Description', 'ПроцентРучнойСкидки'] },
  item: { set: APPROVAL_SETS.item, select: ['Ref_Key', 'Description', 'Артикул'] },
} as const;
export type CatalogName = keyof typeof CATALOGS;

const orNull = (text: string): string | null => (text === '' ? null : text);

const entryOf = (entity: OnecEntity): CatalogEntry => ({
  name: orNull(textOf(entity, 'НаименованиеПолное')) ?? textOf(entity, 'Description'),
  article: orNull(textOf(entity, 'Артикул')),
  inn: orNull(textOf(entity, 'ИНН')),
  segment: orNull(textOf(entity, 'Сегмент')),
  email: orNull(textOf(entity, 'АдресЭлектроннойПочты')),
  allowed: hundredthsOf(numberOf(entity, 'ПроцентРучнойСкидки')),
});

/** What a request needs from catalogs and registers of the base, kept for a while so that a poll asks for news only. */
export interface UtCatalogs {
  load(name: CatalogName, refs: readonly (string | null)[]): Promise<void>;
  get(name: CatalogName, ref: string | null): CatalogEntry | null;
  /** Stock, cost and customer figures. What the base does not publish stays null. */
  background(items: readonly string[], partner: string | null): Promise<Background>;
}

export function createUtCatalogs(
  ut: UtClient,
  options: { clock: Clock; zone: string; costPriceKind: string },
): UtCatalogs {
  const { clock, zone } = options;
  const kept = new Map<string, Kept<CatalogEntry | null>>(
    Object.keys(CATALOGS).map((name) => [name, new Kept(CATALOG_KEPT_MS, clock)]),
  );
  const stocks = new Kept<number | null>(BALANCE_KEPT_MS, clock);
  const plannedCosts = createPlannedCosts(ut, { clock, priceKind: options.costPriceKind });
  const debts = new Kept<string | null>(BALANCE_KEPT_MS, clock);
  const turnovers = new Kept<{ sum: bigint; orders: number; returns: bigint | null } | null>(TURNOVER_KEPT_MS, clock);

  const load: UtCatalogs['load'] = async (name, refs) => {
    const cache = kept.get(name);
    const { set, select } = CATALOGS[name];
    const missing = cache?.missing(refs.filter((ref) => ref !== null)) ?? [];
    if (missing.length === 0) return;
    const found = new Map((await byRefs(ut, set, missing, select)).map((entity) => [refOf(entity, 'Ref_Key'), entity]));
    for (const ref of missing) {
      const entity = found.get(ref);
      cache?.set(ref, entity === undefined ? null : entryOf(entity));
    }
  };

  /** Balances of a register by one dimension, for the keys that are due. */
  const balances = async (
    register: string,
    dimension: string,
    keys: readonly string[],
    keep: (key: string, row: OnecEntity | null) => void,
  ): Promise<void> => {
    const field = `${dimension}_Key`;
    for (const part of chunks(keys, REFS_PER_REQUEST)) {
      const condition = oneOf(field, part.map(guidLiteral));
      const rows = await optional(() => ut.balance(register, { dimensions: [dimension], condition }));
      if (rows === null) return;
      for (const key of part) keep(key, rows.find((row) => refOf(row, field) === key) ?? null);
    }
  };

  const turnover = async (partner: string): Promise<void> => {
    const since = Temporal.Instant.fromEpochMilliseconds(clock.now()).toZonedDateTimeISO(zone).subtract({ months: 12 });
    const filter = `Партнер_Key eq ${guidLiteral(partner)}`;
    const from = `${since.toPlainDate().toString()}T00:00:00`;
    const sumOf = async (set: string): Promise<{ sum: bigint; count: number } | null> =>
      optional(async () => {
        let sum = 0n;
        let count = 0;
        const select = ['Ref_Key', 'Date', 'СуммаДокумента', 'DeletionMark'];
        for await (const page of ut.pages(set, { by: 'Date', from, filter, select, pageSize: 500 })) {
          for (const entity of page) {
            if (flagOf(entity, 'DeletionMark')) continue;
            sum += kopecksOfNumber(numberOf(entity, 'СуммаДокумента'));
            count += 1;
          }
        }
        return { sum, count };
      });
    const orders = await sumOf(APPROVAL_SETS.order);
    const returns = await sumOf(APPROVAL_SETS.return);
    turnovers.set(
      partner,
      orders === null ? null : { sum: orders.sum, orders: orders.count, returns: returns?.sum ?? null },
    );
  };

  return {
    load,
    get: (name, ref) => (ref === null ? null : (kept.get(name)?.get(ref) ?? null)),
    background: async (items, partner) => {
      await balances(APPROVAL_SETS.stock, 'Номенклатура', stocks.missing(items), (key, row) => {
        stocks.set(key, row === null ? 0 : numberOf(row, 'ВНаличииBalance') - numberOf(row, 'КОтгрузкеBalance'));
      });
      const costs = await plannedCosts(items);
      if (partner !== null) {
        await balances(APPROVAL_SETS.debt, 'Партнер', debts.missing([partner]), (key, row) => {
          debts.set(key, row === null ? '0.00' : roublesOf(kopecksOfNumber(numberOf(row, 'СуммаBalance'))));
        });
        if (turnovers.missing([partner]).length > 0) await turnover(partner);
      }
      const year = partner === null ? null : (turnovers.get(partner) ?? null);
      return {
        readAt: new Date(clock.now()).toISOString(),
        items: Object.fromEntries(
          items.map((ref) => [ref, { stock: stocks.get(ref) ?? null, unitCost: costs.units.get(ref) ?? null }]),
        ),
        cost: costs.from,
        customer: {
          debt: partner === null ? null : (debts.get(partner) ?? null),
          debtLimit: null,
          turnover12m: year === null ? null : roublesOf(year.sum),
          orders12m: year?.orders ?? null,
          returnsPercent:
            year === null || year.returns === null || year.sum === 0n
              ? null
              : Number((year.returns * 10_000n + year.sum / 2n) / year.sum) / 100,
        },
      };
    },
  };
}
