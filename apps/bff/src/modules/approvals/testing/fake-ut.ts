import { randomUUID } from 'node:crypto';
import {
  type ScriptedAnswer,
  type SeenRequest,
  startScriptedServer,
} from '../../../connectors/testing/scripted-server.ts';
import { matches } from './odata-filter.ts';

/** What a request meets on its way: an answer of its own, or a wait. */
type Meeting = (seen: SeenRequest) => Promise<ScriptedAnswer | undefined>;
export const NOTHING: Meeting = async () => undefined;

type Entity = Record<string, unknown>;
export const SALES = 'BusinessProcess_СогласованиеПродажи';
export const TASKS = 'Task_ЗадачаИсполнителя';
const ORDERS = 'Document_ЗаказКлиента';
const RETURNS = 'BusinessProcess_СогласованиеЗаявкиНаВозвратТоваровОтКлиента';
const RETURN_DOCUMENTS = 'Document_ЗаявкаНаВозвратТоваровОтКлиента';
const EMPTY_DATE = '0001-01-01T00:00:00';
const EMPTY_REF = '00000000-0000-0000-0000-000000000000';

export interface OrderLine {
  readonly quantity?: number;
  readonly price?: number;
  readonly discount: number;
}

/** A small base with orders, processes and tasks that speaks OData over the wire. */
export async function startFakeUt(now: () => number) {
  const sets = new Map<string, Entity[]>();
  const set = (name: string): Entity[] => {
    const rows = sets.get(name) ?? [];
    sets.set(name, rows);
    return rows;
  };
  const local = (ms: number): string => new Date(ms + 3 * 3_600_000).toISOString().slice(0, 19);
  for (const published of [SALES, TASKS, ORDERS]) set(published);
  const faults = { down: false, executeDies: false, meets: NOTHING };
  let version = 1;
  const nextVersion = (): string => {
    version += 1;
    return `AAAA${String(version).padStart(6, '0')}`;
  };

  const put = (name: string, entity: Entity): Entity => {
    const made = { Ref_Key: randomUUID(), DataVersion: nextVersion(), ...entity };
    set(name).push(made);
    return made;
  };
  const item = put('Catalog_Номенклатура', { Description: 'ВА 47-63N 3P 25A', Артикул: 'mcb-25' });
  const agreement = put('Catalog_СоглашенияСКлиентами', { Description: 'Опт 2026', ПроцентРучнойСкидки: 5 });
  const partner = put('Catalog_Партнеры', { Description: 'Энергомонтаж', Сегмент: 'Монтажники B' });
  const company = put('Catalog_Контрагенты', {
    Description: 'Энергомонтаж',
    НаименованиеПолное: 'ООО «Энергомонтаж-Урал»',
    ИНН: '6679048211',
  });
  const author = put('Catalog_Пользователи', { Description: 'Ильин Пётр' });
  const boss = put('Catalog_Пользователи', { Description: 'Белов Сергей' });
  set('AccumulationRegister_ТоварыНаСкладах').push({
    Номенклатура_Key: item.Ref_Key,
    ВНаличииBalance: 100,
    КОтгрузкеBalance: 0,
  });
  const kind = put('Catalog_ВидыЦен', {
    Description: 'Плановая себестоимость',
    DeletionMark: false,
    ЦенаВключаетНДС: false,
  });
  const prices = set('InformationRegister_ЦеныНоменклатуры_RecordType');
  /** Sets the planned cost of the item, null for none. Other price kinds and variants have rows of their own. */
  const plan = (cost: number | null): void => {
    const row = { Номенклатура_Key: item.Ref_Key, Характеристика_Key: EMPTY_REF };
    prices.splice(
      0,
      prices.length,
      { ...row, ВидЦены_Key: randomUUID(), Цена: 100 },
      ...[1, 2].map((n) => ({ ...row, ВидЦены_Key: kind.Ref_Key, Характеристика_Key: randomUUID(), Цена: n })),
      ...(cost === null ? [] : [{ ...row, ВидЦены_Key: kind.Ref_Key, Цена: cost }]),
    );
  };
  plan(60);
  set('AccumulationRegister_РасчетыСКлиентами').push({ Партнер_Key: partner.Ref_Key, СуммаBalance: 1000.5 });

  const goods = (lines: readonly OrderLine[]): Entity[] =>
    lines.map(({ quantity = 10, price = 100, discount }, index) => {
      const amount = Math.round(quantity * price * (100 - discount)) / 100;
      return {
        LineNumber: String(index + 1),
        КодСтроки: String(index + 1),
        Номенклатура_Key: item.Ref_Key,
        Количество: quantity,
        Цена: price,
        ПроцентРучнойСкидки: discount,
        Сумма: amount,
        СуммаНДС: amount * 0.2,
        СуммаСНДС: amount * 1.2,
        Отменено: false,
      };
    });

  const request = (number: string, lines: readonly OrderLine[], at = now()) => {
    const order = put(ORDERS, {
      Number: number,
      Date: local(at),
      Posted: true,
      DeletionMark: false,
      Партнер_Key: partner.Ref_Key,
      Контрагент_Key: company.Ref_Key,
      Соглашение_Key: agreement.Ref_Key,
      ЦенаВключаетНДС: false,
      Комментарий: '',
      СуммаДокумента: 0,
      Товары: goods(lines),
    });
    const process = put(SALES, {
      Date: local(at),
      Предмет: order.Ref_Key,
      Предмет_Type: `StandardODATA.${ORDERS}`,
      Автор_Key: author.Ref_Key,
      ДатаНачала: local(at),
      ДатаЗавершения: EMPTY_DATE,
      Completed: false,
      РезультатСогласования: '',
      РезультатыСогласования: [],
    });
    const task = put(TASKS, {
      BusinessProcess: process.Ref_Key,
      BusinessProcess_Type: `StandardODATA.${SALES}`,
      Executed: false,
      Исполнитель_Key: boss.Ref_Key,
      ДатаИсполнения: EMPTY_DATE,
      РезультатВыполнения: '',
      Описание: 'Цена конкурента',
    });
    return {
      processRef: String(process.Ref_Key),
      orderRef: String(order.Ref_Key),
      order,
      process,
      task,
      change: (changed: readonly OrderLine[]): void => {
        order.Товары = goods(changed);
        order.DataVersion = nextVersion();
      },
    };
  };

  /** A return of goods with a process of its own; the base publishes the two sets only from then on. */
  const requestReturn = (number: string, price: number) => {
    const at = local(now());
    const document = put(RETURN_DOCUMENTS, {
      Number: number,
      Date: at,
      DeletionMark: false,
      Партнер_Key: partner.Ref_Key,
      Контрагент_Key: company.Ref_Key,
      СуммаДокумента: price * 2,
      ВозвращаемыеТовары: [
        { LineNumber: '1', Номенклатура_Key: item.Ref_Key, Количество: 2, Цена: price, Сумма: price * 2 },
      ],
    });
    const process = put(RETURNS, {
      Предмет: document.Ref_Key,
      Предмет_Type: `StandardODATA.${RETURN_DOCUMENTS}`,
      Автор_Key: author.Ref_Key,
      ДатаНачала: at,
      ДатаЗавершения: EMPTY_DATE,
      Completed: false,
      РезультатСогласования: '',
      РезультатыСогласования: [],
    });
    const task = put(TASKS, {
      BusinessProcess: process.Ref_Key,
      BusinessProcess_Type: `StandardODATA.${RETURNS}`,
      Executed: false,
      Исполнитель_Key: boss.Ref_Key,
      ДатаИсполнения: EMPTY_DATE,
      РезультатВыполнения: '',
      Описание: 'брак',
    });
    return { processRef: String(process.Ref_Key), process, task };
  };

  const execute = (task: Entity, by?: string): void => {
    task.Executed = true;
    task.ДатаИсполнения = local(now());
    task.DataVersion = nextVersion();
    const process = [...set(SALES), ...(sets.get(RETURNS) ?? [])].find((one) => one.Ref_Key === task.BusinessProcess);
    if (process === undefined) return;
    const text = String(task.РезультатВыполнения);
    process.Completed = true;
    process.ДатаЗавершения = local(now());
    process.РезультатСогласования = text.startsWith('Согласовано') ? 'Согласовано' : 'НеСогласовано';
    process.РезультатыСогласования = [{ LineNumber: '1', Рецензент_Key: by ?? boss.Ref_Key, Комментарий: text }];
  };

  const error = (status: number, code: string, text: string): ScriptedAnswer => ({
    status,
    body: { 'odata.error': { code, message: { lang: 'ru', value: text } } },
  });

  const answer = (seen: SeenRequest): ScriptedAnswer => {
    if (faults.down) return { status: 503, body: 'down' };
    const url = new URL(seen.url, 'http://x');
    const path = decodeURIComponent(url.pathname).replace('/ut/odata/standard.odata/', '');
    const one = /^([^/(]+)\(guid'([^']+)'\)(?:\/(\w+))?$/.exec(path);
    if (one !== null) return single(seen, one[1] ?? '', one[2] ?? '', one[3]);
    const balance = /^(AccumulationRegister_[^/]+)\/Balance/.exec(path);
    if (balance !== null) return { body: { value: set(balance[1] ?? '') } };
    const slice = /^(InformationRegister_[^/]+)\/SliceLast\(Condition='(.*)'\)$/.exec(path);
    if (slice !== null && sets.has(slice[1] ?? '')) {
      const condition = (slice[2] ?? '').replaceAll("''", "'");
      return { body: { value: set(slice[1] ?? '').filter((row) => matches(row, condition)) } };
    }
    if (!sets.has(path)) return error(404, '8', 'Сущность не найдена');
    const query = url.searchParams;
    const filter = query.get('$filter');
    const order = query.get('$orderby');
    const found = set(path).filter((entity) => filter === null || matches(entity, filter));
    if (order !== null) found.sort((a, b) => (String(a[order]) < String(b[order]) ? -1 : 1));
    const select = query.get('$select')?.split(',');
    const cut = found.slice(0, Number(query.get('$top') ?? found.length));
    const rows =
      select === undefined ? cut : cut.map((row) => Object.fromEntries(select.map((name) => [name, row[name]])));
    return { body: { value: rows } };
  };

  const single = (seen: SeenRequest, name: string, ref: string, action: string | undefined): ScriptedAnswer => {
    const entity = set(name).find((row) => row.Ref_Key === ref);
    if (entity === undefined) return error(404, '9', 'Экземпляр не найден');
    if (seen.method === 'GET') return { body: entity };
    if (seen.method === 'PATCH') {
      Object.assign(entity, JSON.parse(seen.body), { DataVersion: nextVersion() });
      return { body: entity };
    }
    if (action !== 'ExecuteTask') return error(400, '1', action ?? '');
    if (entity.Executed === true) return error(500, '-1', 'Задача уже выполнена');
    execute(entity);
    // The task is done and the answer is lost on its way.
    if (faults.executeDies) return { status: 504, body: '' };
    return { body: {} };
  };

  const server = await startScriptedServer(async (seen) => (await faults.meets(seen)) ?? answer(seen));
  /** The administrator of the base takes a set out of the publication. */
  const unpublish = (name: string): void => {
    sets.delete(name);
  };
  return { ...server, faults, request, requestReturn, execute, unpublish, plan, kind, boss, author, partner, item };
}
