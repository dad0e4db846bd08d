/** The past of the sites, of the personnel department and of the consolidation: a plan of a day and how it is put into the bases. */
import { type BaseName, SITES, type SiteName } from '../onec/bases.ts';
import { QUALITY } from '../onec/erp-objects.ts';
import type { Random } from '../onec/random.ts';
import { PRICING, RECEIPTS } from '../onec/trade-objects.ts';
import { REPORTS } from '../onec/uh-objects.ts';
import { readStaff, type Staff, staffDocumentOf } from '../traffic/personnel.ts';
import { Production, pricesOf, qualityOf, receiptOf, type SiteItem } from '../traffic/production.ts';
import { chanceOf, workingWeightOf } from '../traffic/rhythm.ts';
import { consolidationMessage, HOUR_MS, REPORTING_BASES, reportRow } from './flows/consolidation.ts';
import { priceMark, priceMessage } from './flows/internal-prices.ts';
import { objectionOfQc, qualityMessage } from './flows/quality.ts';
import { noItem, receiptMessage, receiptRow } from './flows/receipts.ts';
import { objectionOfHrTek, staffMessage } from './flows/staff.ts';
import { money, text } from './flows/values.ts';
import { type Failure, outageAt, UT_OUTAGES } from './history-causes.ts';
import { type Day, dayOf, type Fate, fateOf, HISTORY_DAYS, momentsOf, type PlannedWay } from './history-plan.ts';
import { isPosted, standsAtTarget, storyOf, type Told } from './history-story.ts';
import { moscowDay } from './moscow-time.ts';
import type { Row } from './onec-base.ts';
import type { Receivers } from './receivers.ts';
import type { MessageRecord, RecordBook } from './records.ts';
import type { Systems } from './systems.ts';

/** In a working hour, of each site or of the department. */
const PER_HOUR = { receipts: 4, quality: 3, prices: 1, staff: 1.2 } as const;
const NEW_ITEM_SHARE = 0.012;
/** Numbers of a day begin here; a day has fewer. */
const PER_DAY = 200;
const PRICE_MESSAGES_PER_DAY = 40;
const FIRST_PRICE_MESSAGE = 1_000;
/** An afternoon on which site 2 exported nothing, and two days on which the period of the consolidation was closed. */
const SILENT = { site: 'erp-2', daysAgo: 8, from: 13 * 60, to: 16 * 60 } as const;
const isClosed = (daysAgo: number, at: number): boolean => {
  const { hour } = moscowDay(at);
  return (daysAgo === 5 || daysAgo === 6) && hour >= 10 && hour < 15;
};
const CLOSED: Failure = {
  code: '-1',
  atTarget: true,
  text: 'Не удалось провести отчёт: период консолидации закрыт для изменений',
};

export interface Plants {
  readonly items: Readonly<Record<SiteName, readonly SiteItem[]>>;
  readonly staff: Staff;
}

export interface PlacedRow {
  readonly base: BaseName;
  readonly set: string;
  readonly row: Row;
}

export interface PlantsDay {
  readonly told: readonly Told[];
  readonly rows: readonly PlacedRow[];
  /** What VK HR Tek and EproQc took. */
  readonly taken: readonly { readonly system: string; readonly messageId: string }[];
}

/** @throws TransferError while the bases are not up */
export async function readPlants(systems: Systems): Promise<Plants> {
  const production = new Production(systems);
  const [one, two, three] = await Promise.all(SITES.map((site) => production.items(site)));
  return {
    items: { 'erp-1': one ?? [], 'erp-2': two ?? [], 'erp-3': three ?? [] },
    staff: await readStaff(systems),
  };
}

interface Plan {
  readonly told: Told[];
  readonly rows: PlacedRow[];
  readonly taken: { system: string; messageId: string }[];
  readonly day: Day;
  /** The first number of the day. */
  readonly first: number;
}

/** The same seed and day give the same messages. */
export function planPlants(input: {
  readonly seed: number;
  readonly daysAgo: number;
  readonly now: number;
  readonly plants: Plants;
}): PlantsDay {
  const { seed, daysAgo, now, plants } = input;
  const day = dayOf(daysAgo, now);
  const plan: Plan = { told: [], rows: [], taken: [], day, first: (HISTORY_DAYS - 1 - daysAgo) * PER_DAY };
  for (const site of SITES) {
    const items = plants.items[site];
    planReceipts(plan, chanceOf(seed, `receipts ${site}`, daysAgo), site, items);
    planQuality(plan, chanceOf(seed, `quality ${site}`, daysAgo), site, items);
    planPrices(plan, chanceOf(seed, `prices ${site}`, daysAgo), site, items);
  }
  planStaff(plan, chanceOf(seed, 'staff', daysAgo), plants.staff);
  planPackages(plan, chanceOf(seed, 'consolidation', daysAgo));
  return plan;
}

const working = (random: Random, day: Day, perHour: number): number[] =>
  momentsOf(random, day, (at) => perHour * workingWeightOf(at));

function way(random: Random, day: Day, at: number, failure: Failure | null): PlannedWay {
  const fate = fateOf(random, day, { at, failure });
  const tookMs = Math.round(600 + random.next() ** 3 * 9_000);
  return { targetRef: random.guid(), at, tookMs, fate, malformed: false };
}
/** A system that keeps no documents has none that wait to be posted. */
const withoutPosting = (planned: PlannedWay): PlannedWay =>
  planned.fate.end === 'unposted' ? { ...planned, fate: { end: 'applied' } satisfies Fate } : planned;

const numbered = (plan: Plan, prefix: string, index: number): string =>
  `${prefix}-${String(plan.first + index + 1).padStart(6, '0')}`;

function planReceipts(plan: Plan, random: Random, site: SiteName, items: readonly SiteItem[]): void {
  const { day } = plan;
  const prefix = `П${SITES.indexOf(site) + 1}00`;
  for (const [index, at] of working(random, day, PER_HOUR.receipts).entries()) {
    const { weekday, minuteOfDay } = moscowDay(at);
    const isSilent = site === SILENT.site && day.daysAgo === SILENT.daysAgo;
    const row: Row = { ...receiptOf(random, items, at), Number: numbered(plan, prefix, index) };
    const isNew = random.next() < NEW_ITEM_SHARE;
    const item = { ref: random.guid(), article: `нов-${random.int(10_000, 99_999)}`, name: 'Новое изделие' };
    if (isSilent && minuteOfDay >= SILENT.from && minuteOfDay < SILENT.to) continue;
    const [line, ...others] = row.Товары as readonly Row[];
    const source: Row = isNew ? { ...row, Товары: [{ ...line, Номенклатура_Key: item.ref }, ...others] } : row;
    const failure = isNew
      ? { code: null, atTarget: false, text: noItem(item.article, 1) }
      : outageAt(UT_OUTAGES, { daysAgo: day.daysAgo, weekday, minuteOfDay });
    const planned = way(random, day, at, failure);
    const goods = new Map([...items, item].map((one) => [one.ref, one]));
    const message = receiptMessage(site, source, goods);
    plan.told.push(storyOf(message, planned));
    plan.rows.push({ base: site, set: RECEIPTS, row: source });
    const card = { Ref_Key: item.ref, Артикул: item.article, Description: item.name, НаименованиеПолное: item.name };
    if (isNew) plan.rows.push({ base: site, set: 'Catalog_Номенклатура', row: card });
    if (!standsAtTarget(planned)) continue;
    if (isNew) plan.rows.push({ base: 'ut', set: 'Catalog_Номенклатура', row: card });
    const lines = source.Товары as readonly Row[];
    const target = { ...receiptRow(message, lines), Ref_Key: planned.targetRef, Posted: isPosted(planned) };
    plan.rows.push({ base: 'ut', set: RECEIPTS, row: target });
  }
}

function planQuality(plan: Plan, random: Random, site: SiteName, items: readonly SiteItem[]): void {
  const prefix = `П${SITES.indexOf(site) + 1}00`;
  const goods = new Map(items.map((one) => [one.ref, one]));
  for (const [index, at] of working(random, plan.day, PER_HOUR.quality).entries()) {
    const { batch, protocol } = qualityOf(random, items, at);
    const row = { ...protocol, Number: numbered(plan, prefix, index) };
    const message = qualityMessage(site, row, { goods, batch: text(batch.Номер) });
    plan.rows.push({ base: site, set: 'Catalog_СерииНоменклатуры', row: batch }, { base: site, set: QUALITY, row });
    tellQuiet(plan, random, at, message, objectionOfQc(message, false));
  }
}

function planStaff(plan: Plan, random: Random, staff: Staff): void {
  for (const [index, at] of working(random, plan.day, PER_HOUR.staff).entries()) {
    const { set, row, cards } = staffDocumentOf(random, staff, at);
    const document = { ...row, Number: numbered(plan, 'ЗП00', index) };
    const message = staffMessage(set, document, cards);
    plan.rows.push({ base: 'zup', set, row: document });
    tellQuiet(plan, random, at, message, objectionOfHrTek(message));
  }
}

/** A system of which only its reports are known: it took the message or said why not. */
function tellQuiet(plan: Plan, random: Random, at: number, message: MessageRecord, objection: string | null): void {
  const failure: Failure | null =
    objection === null ? null : { code: null, atTarget: false, refused: true, text: objection };
  const planned = withoutPosting(way(random, plan.day, at, failure));
  plan.told.push(storyOf(message, planned));
  if (standsAtTarget(planned)) plan.taken.push({ system: message.consumer, messageId: message.messageId });
}

function planPrices(plan: Plan, random: Random, site: SiteName, items: readonly SiteItem[]): void {
  const { day } = plan;
  const goods = new Map(items.map((one) => [one.ref, one]));
  const first = FIRST_PRICE_MESSAGE + (HISTORY_DAYS - 1 - day.daysAgo) * PRICE_MESSAGES_PER_DAY;
  for (const [index, at] of working(random, day, PER_HOUR.prices).slice(0, PRICE_MESSAGES_PER_DAY).entries()) {
    const number = numbered(plan, `П${SITES.indexOf(site) + 1}00`, index);
    const row: Row = { ...pricesOf(random, items, at), Number: number };
    const lines = row.Товары as readonly Row[];
    const changes = lines.map((line) => ({
      Документ: number,
      Артикул: goods.get(text(line.Номенклатура_Key))?.article ?? '',
      Цена: Number(line.Цена),
    }));
    const message = priceMessage({ site, messageNo: first + index, occurredAt: at, changes });
    const planned: PlannedWay = { ...way(random, day, at, null), fate: { end: 'applied' } };
    plan.told.push(storyOf(message, planned));
    plan.rows.push({ base: site, set: PRICING, row });
    const target = {
      ...row,
      Ref_Key: planned.targetRef,
      Number: message.number,
      Комментарий: priceMark(message.messageId),
    };
    plan.rows.push({ base: 'ut', set: PRICING, row: target });
  }
}

function planPackages(plan: Plan, random: Random): void {
  const { day } = plan;
  for (let hour = day.start; hour + HOUR_MS <= Math.min(day.now, day.start + 24 * HOUR_MS); hour += HOUR_MS)
    for (const base of REPORTING_BASES) {
      const at = hour + HOUR_MS + random.int(5, 90) * 1_000;
      const documents = random.int(1, 40);
      const figures = { documents, amount: money(documents * (9_000 + random.next() * 60_000)) };
      const id = random.guid();
      if (at > day.now - 60_000) continue;
      const message = consolidationMessage({ id, base, hour, occurredAt: at, figures });
      const planned = way(random, day, at, isClosed(day.daysAgo, at) ? CLOSED : null);
      plan.told.push(storyOf(message, planned));
      if (!standsAtTarget(planned)) continue;
      const row = { ...reportRow(message), Ref_Key: planned.targetRef, Posted: isPosted(planned) };
      plan.rows.push({ base: 'uh', set: REPORTS, row });
    }
}

/** Puts a planned day into the bases; what the workers remember comes first. */
export async function tellPlants(
  parts: { readonly book: RecordBook; readonly systems: Systems; readonly receivers: Receivers },
  { told, rows, taken }: PlantsDay,
): Promise<readonly Told[]> {
  parts.book.put(...told.map(({ record }) => record));
  parts.receivers.take(...taken);
  const places = new Map<string, { base: BaseName; set: string; rows: Row[] }>();
  for (const { base, set, row } of rows) {
    const key = `${base} ${set}`;
    const place = places.get(key) ?? { base, set, rows: [] };
    place.rows.push(row);
    places.set(key, place);
  }
  for (const place of places.values()) await parts.systems.insert(place.base, place.set, place.rows);
  return told;
}
