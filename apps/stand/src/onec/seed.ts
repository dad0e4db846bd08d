/** First rows of the bases: the recorded ones, and generated volume around them. The same seed and moment give the same rows. */
import { isSite } from './bases.ts';
import { propertiesOf } from './entity.ts';
import { makeCustomers, makeItems } from './names.ts';
import { createRandom, type Random } from './random.ts';
import { recordedRows } from './recorded.ts';
import { seedExchange } from './seed-exchange.ts';
import { seedHolding } from './seed-holding.ts';
import { COMPANY, type Customer, type Goods } from './seed-orders.ts';
import { seedSite } from './seed-site.ts';
import { seedStaff } from './seed-staff.ts';
import { seedTrade } from './seed-trade.ts';
import type { BaseStore, MutableRow } from './store.ts';

const ITEMS = 150;
const CUSTOMERS = 40;

/** @param now moment of the first start, ms: dates are counted back from it */
export function seedBase(store: BaseStore, seed: number, now: number): void {
  store.insert('Catalog_Организации', { Ref_Key: COMPANY, Description: 'ООО «Электрорешения»', Code: '000000001' });
  if (isSite(store.name)) seedSite(store, makeGoods(createRandom(seed)));
  else if (store.name === 'zup') seedStaff(store, createRandom(seed + 80));
  else if (store.name === 'uh') seedHolding(store);
  else seedCompany(store, seed, now);
  seedExchange(store, createRandom(seed + 40), now);
}

/** Trade and accounting know the same goods and customers. */
function seedCompany(store: BaseStore, seed: number, now: number): void {
  const random = createRandom(seed);
  for (const { set, row } of recordedRows()) putRecorded(store, set, row);
  const goods = makeGoods(random);
  const customers = makeCustomers(random, CUSTOMERS).map(
    (customer): Customer => ({
      ...customer,
      ref: random.guid(),
      counterparty: random.guid(),
      agreement: random.guid(),
      allowed: random.int(10, 22),
    }),
  );
  for (const item of goods)
    store.insert('Catalog_Номенклатура', {
      Ref_Key: item.ref,
      Description: item.name,
      НаименованиеПолное: item.name,
      Артикул: item.article,
      Code: `НФ-${item.ref.slice(0, 6)}`,
    });
  for (const customer of customers)
    store.insert('Catalog_Контрагенты', {
      Ref_Key: customer.counterparty,
      Description: customer.name,
      НаименованиеПолное: customer.full,
      ИНН: customer.inn,
      Code: customer.ref.slice(0, 9),
      ...(store.name === 'ut' ? { Партнер_Key: customer.ref } : {}),
    });
  if (store.name === 'ut') seedTrade(store, random, { goods, customers, now });
}

/** The same seed gives the same goods in every base. */
const makeGoods = (random: Random): Goods[] =>
  makeItems(random, ITEMS).map((item): Goods => ({ ...item, ref: random.guid() }));

/** A record set comes apart into records. Of two recordings of one object the later is its newer state. */
function putRecorded(store: BaseStore, set: string, row: MutableRow): void {
  const entity = store.entities.get(set);
  if (!entity || (store.name === 'bp' && !set.startsWith('Catalog_'))) return;
  const rows = Array.isArray(row.RecordSet) ? (row.RecordSet as MutableRow[]) : [row];
  for (const one of rows) {
    const values = typed(store, set, one);
    const key = store.keyOf(entity, values);
    if (store.find(set, key)) store.update(set, key, values);
    else store.insert(set, values);
  }
}

/** Recorded values are texts: numbers and flags get their types back by the declared field. */
function typed(store: BaseStore, set: string, row: MutableRow): MutableRow {
  const { fields, tables } = store.entity(set);
  const convert = (types: ReadonlyMap<string, string>, line: MutableRow): MutableRow =>
    Object.fromEntries(
      Object.entries(line).map(([name, value]) => {
        const type = types.get(name);
        if (type === 'double') return [name, Number(value)];
        return [name, type === 'bool' ? value === 'true' : value];
      }),
    );
  const types = new Map(propertiesOf(fields));
  const result = convert(types, row);
  for (const [table, lines] of Object.entries(tables))
    if (Array.isArray(row[table]))
      result[table] = (row[table] as MutableRow[]).map((line) => convert(new Map(propertiesOf(lines)), line));
  return result;
}
