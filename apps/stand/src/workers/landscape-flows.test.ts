import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SITES } from '../onec/bases.ts';
import { startWorld, type World } from '../testing/world.ts';
import { Catalogues } from '../traffic/catalogues.ts';
import { Documents } from '../traffic/documents.ts';
import { chanceOf } from '../traffic/rhythm.ts';
import type { MessageRecord } from './records.ts';
import { connectSystems, type Systems } from './systems.ts';
import { startWorkers, type Workers } from './workers.ts';

/** Each flow of the sites, of EKF Market, of personnel and of the consolidation, from its source to its target. */

let world: World;
let workers: Workers;
let systems: Systems;
let documents: Documents;
let drawn = 0;
const chance = () => {
  drawn += 1;
  return chanceOf(3, 'test', drawn);
};
const NOW = Date.parse('2026-11-27T09:30:00Z');

beforeAll(async () => {
  world = await startWorld();
  workers = await startWorkers(world.settings);
  systems = connectSystems(world.settings);
  documents = new Documents(systems, new Catalogues(systems));
});
afterAll(async () => {
  await workers.close();
  await world.close();
});

const sources = () => workers.sources.sites;
const done = (): Promise<void> => workers.exchange.idle();
const record = (flow: string, messageId: string, consumer: string): MessageRecord | undefined =>
  workers.book.find(flow, messageId, consumer);
const rows = (base: Parameters<Systems['base']>[0], set: string, filter: string) =>
  systems.base(base).list(set, { filter });

/** What Pult was told: kind and who told it, in their order. */
async function told(messageId: string, attempt = 1): Promise<string[]> {
  await workers.outbox.flush(Date.now() + 60_000);
  return world.pult.events
    .filter(({ id }) => id.startsWith(`${messageId}:`) && id.split(':')[2] === String(attempt))
    .map(({ type, source }) => `${type.replace('exchange.', '')} ${source}`);
}

const exportAgain = (system: string, messageId: string, flow: string, consumer: string): Promise<void> =>
  again('re-export', system, messageId, flow, consumer);

async function again(
  verb: 'resend' | 're-export',
  ...[system, messageId, flow, consumer]: [string, string, string, string]
): Promise<void> {
  const response = await fetch(`${workers.url}/${system}/hs/pult-exchange/v1/${verb}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ flow, messageId, consumer, attempt: 2, operationId: 'o', idempotencyKey: messageId }),
  });
  expect(response.status).toBe(202);
  await done();
}

describe('receipts of the sites', () => {
  it('reach УТ once, reported by the site and by УТ', async () => {
    const { ref, number } = await documents.production.receipt(chance(), { site: 'erp-2' });
    await sources().readReceipts('erp-2');
    await done();
    await sources().readReceipts('erp-2');
    await done();
    const made = await rows('ut', 'Document_ПриобретениеТоваровУслуг', `substringof('${ref}',Комментарий)`);
    expect(made).toMatchObject([{ Posted: true, НомерВходящегоДокумента: number }]);
    expect(await told(ref)).toEqual(['accepted erp-2', 'sent erp-2', 'delivered ut', 'applied ut']);
  });

  it('fail for an item that УТ has no card of, leave a problem in its register, and pass exported anew', async () => {
    const { ref } = await documents.production.receipt(chance(), { site: 'erp-1', item: 'unknown' });
    await sources().readReceipts('erp-1');
    await done();
    expect(await told(ref)).toEqual(['accepted erp-1', 'sent erp-1', 'failed erp-1']);
    const problems = () => rows('ut', 'InformationRegister_РезультатыОбменаДанными', `ПроблемныйОбъект eq '${ref}'`);
    expect(await problems()).toMatchObject([{ Причина: expect.stringContaining('Не найдена номенклатура') }]);
    await exportAgain('erp-1', ref, 'erp-receipts', 'ut');
    expect(record('erp-receipts', ref, 'ut')).toMatchObject({ state: 'applied', revision: 2 });
    expect(await problems()).toEqual([]);
    expect(await told(ref, 2)).toEqual(['sent erp-1', 'delivered ut', 'applied ut']);
  });

  it('of one site stay away while the others go on', async () => {
    sources().faults.silentSites.add('erp-3');
    const made = await Promise.all(SITES.map((site) => documents.production.receipt(chance(), { site })));
    for (const site of SITES) await sources().readReceipts(site);
    await done();
    expect(made.map(({ ref }) => record('erp-receipts', ref, 'ut')?.state)).toEqual(['applied', 'applied', undefined]);
    sources().faults.silentSites.delete('erp-3');
    await sources().readReceipts('erp-3');
    await done();
    expect(record('erp-receipts', made[2]?.ref ?? '', 'ut')).toMatchObject({ state: 'applied' });
  });
});

describe('internal prices', () => {
  const numbersOf = async (base: 'erp-1' | 'ut'): Promise<number[]> => {
    const [row] = await rows(base, 'ExchangePlan_ЭКФ_ВнутренниеЦены', `Code eq '${base === 'ut' ? 'П1' : 'УТ'}'`);
    return [Number(row?.SentNo), Number(row?.ReceivedNo)];
  };
  const inUt = (number: number) =>
    rows(
      'ut',
      'Document_УстановкаЦенНоменклатуры',
      `substringof('erp-1-${String(number).padStart(8, '0')}',Комментарий)`,
    );

  it('travel under the next number and are confirmed after their effect', async () => {
    const { ref } = await documents.production.prices(chance(), { site: 'erp-1' });
    await sources().readInternalPrices('erp-1', Date.now());
    await done();
    const [document] = await inUt(2_201);
    expect(document).toMatchObject({ Posted: true });
    const [source] = await rows('erp-1', 'Document_УстановкаЦенНоменклатуры', `Ref_Key eq guid'${ref}'`);
    const written = await systems.ut.list(
      `InformationRegister_ЦеныНоменклатуры_RecordType/SliceLast(Condition='ВидЦены_Key eq guid''0b5a7d10-0000-11f1-8000-00155d000005''')`,
    );
    const lines = source?.Товары as { Номенклатура_Key: string; Цена: number }[];
    for (const { Номенклатура_Key, Цена } of lines)
      expect(written).toContainEqual(expect.objectContaining({ Номенклатура_Key, Цена }));
    expect(await numbersOf('erp-1')).toEqual([2_201, 2_201]);
    expect(await numbersOf('ut')).toEqual([0, 2_201]);
    expect(await told('erp-1-00002201')).toEqual(['accepted erp-1', 'sent erp-1', 'delivered ut', 'applied ut']);
  });

  it('run ahead while УТ does not confirm; the next message catches up, an old number changes nothing', async () => {
    workers.exchange.faults.pricesUnconfirmed = true;
    await documents.production.prices(chance(), { site: 'erp-1' });
    await sources().readInternalPrices('erp-1', Date.now() + 5_000);
    await done();
    expect(await numbersOf('erp-1')).toEqual([2_202, 2_201]);
    expect(await told('erp-1-00002202')).toEqual(['accepted erp-1', 'sent erp-1']);
    // Nothing new, not confirmed: some minutes later the same goes again under the next number.
    await sources().readInternalPrices('erp-1', Date.now() + 10 * 60_000);
    await done();
    expect(await numbersOf('erp-1')).toEqual([2_203, 2_201]);
    workers.exchange.faults.pricesUnconfirmed = false;
    await sources().readInternalPrices('erp-1', Date.now() + 20 * 60_000);
    await done();
    expect(await numbersOf('erp-1')).toEqual([2_204, 2_204]);
    const old = record('erp-internal-prices', 'erp-1-00002202', 'ut');
    if (old) workers.exchange.retry(old, 2, { id: 'o', idempotencyKey: 'k' });
    await done();
    expect(record('erp-internal-prices', 'erp-1-00002202', 'ut')).toMatchObject({ state: 'applied', attempt: 2 });
    expect(await inUt(2_202)).toHaveLength(1);
    expect(await numbersOf('erp-1')).toEqual([2_204, 2_204]);
  });
});

describe('systems that only report', () => {
  it('refuse a personnel document without an insurance number; its error names no person', async () => {
    const { ref } = await documents.personnel.document(chance(), { insuranceNumber: 'missing' });
    await sources().readStaff();
    await done();
    expect(await told(ref)).toEqual(['accepted zup', 'sent zup', 'failed hrtek']);
    const failure = world.pult.events.find(({ id }) => id === `${ref}:hrtek:1:failed`)?.data as {
      error: { text: string };
      message: { payload?: unknown };
    };
    expect(failure.error.text).toMatch(/^Сотрудник 0000-\d{5}: не заполнен СНИЛС/);
    const person = (record('zup-hrtek', ref, 'hrtek')?.payload.Сотрудник ?? {}) as { ФИО: string };
    for (const word of person.ФИО.split(' ')) expect(failure.error.text).not.toContain(word);
    await exportAgain('zup', ref, 'zup-hrtek', 'hrtek');
    expect(await told(ref, 2)).toEqual(['sent zup', 'delivered hrtek', 'applied hrtek']);
    expect(workers.receivers.has({ system: 'hrtek', messageId: ref })).toBe(true);
  });

  it('refuse a protocol of a batch that they do not know until it is exported anew', async () => {
    const { site, ref } = await documents.production.quality(chance(), { site: 'erp-3', batch: 'unknown' });
    await sources().readQuality(site);
    await done();
    expect(await told(ref)).toEqual(['accepted erp-3', 'sent erp-3', 'failed qc']);
    const [state] = await rows(
      'erp-3',
      'InformationRegister_СостоянияИнтеграцииОбъектов',
      `ИдентификаторОбъекта eq '${ref}'`,
    );
    expect(state).toMatchObject({ УчетнаяСистема: 'EproQc', Состояние: 'Ошибка' });
    await exportAgain('erp-3', ref, 'erp-qc', 'qc');
    expect(await told(ref, 2)).toEqual(['sent erp-3', 'delivered qc', 'applied qc']);
  });
});

describe('EKF Market', () => {
  it('gives orders to УТ and takes packages of prices; an expired key stops both', async () => {
    const { id, number } = await documents.siteOrder(chance(), {}, 'market');
    await workers.sources.readOrders('market');
    await done();
    expect(await rows('ut', 'Document_ЗаказКлиента', `НомерПоДаннымКлиента eq '${number}'`)).toMatchObject([
      { Posted: true, Комментарий: `EKF Market: ${id}` },
    ]);
    await workers.sources.readPrices('market', NOW);
    await done();
    expect(world.market.shop.packageCount).toBe(1);
    world.market.faults.keyExpired = true;
    await workers.sources.readPrices('market', NOW + 15 * 60_000);
    await done();
    const failed = workers.book
      .all()
      .filter(({ flow, state }) => flow === 'ut-market-prices-stock' && state === 'failed');
    const texts = await Promise.all(failed.map(({ messageId }) => told(messageId)));
    expect(texts).toEqual([['accepted ut', 'sent ut', 'failed ut']]);
    expect(world.pult.events.at(-1)?.data).toMatchObject({ error: { text: 'EKF Market ответил 401 API-KEY expired' } });
    await expect(workers.sources.readOrders('market')).rejects.toThrow('401');
    world.market.faults.keyExpired = false;
    expect(world.site.shop.packageCount).toBe(0);
  });
});

describe('consolidation', () => {
  it('gives УХ one package of each base and hour; a closed period leaves it unposted there', async () => {
    await documents.sale(chance());
    await sources().readConsolidation(Date.now() + 3_600_000);
    await sources().readConsolidation(Date.now() + 3_600_000);
    await done();
    const reports = await rows('uh', 'Document_НастраиваемыйОтчет', "startswith(Number,'КП-')");
    expect(reports.map((row) => String(row.Number).slice(0, 5)).sort()).toEqual(['КП-БП', 'КП-УТ']);
    expect(reports.every((row) => row.Posted === true)).toBe(true);
    Object.assign(world.onec.bases.get('uh')?.quirks ?? {}, { periodClosed: true });
    await sources().readConsolidation(Date.now() + 2 * 3_600_000);
    await done();
    const late = workers.book.all().filter(({ flow, state }) => flow === 'ut-bp-uh' && state === 'failed');
    expect(late.map(({ source }) => source).sort()).toEqual(['bp', 'ut']);
    expect(await told(late[0]?.messageId ?? '')).toEqual([
      `accepted ${late[0]?.source}`,
      `sent ${late[0]?.source}`,
      'delivered uh',
      'failed uh',
    ]);
    Object.assign(world.onec.bases.get('uh')?.quirks ?? {}, { periodClosed: false });
  });
});

describe('a stopped worker', () => {
  it('takes nothing from its system and moves nothing until it runs again', async () => {
    workers.exchange.stopSource('erp-2', true);
    const { ref } = await documents.production.receipt(chance(), { site: 'erp-2' });
    await sources().readReceipts('erp-2');
    await done();
    expect(record('erp-receipts', ref, 'ut')).toBeUndefined();
    workers.exchange.stopSource('erp-2', false);
    await sources().readReceipts('erp-2');
    await done();
    expect(record('erp-receipts', ref, 'ut')).toMatchObject({ state: 'applied' });
  });
});

describe('sales and payments', () => {
  const ACCOUNT_SET = 'Document_ПоступлениеНаРасчетныйСчет';
  const SALES = 'Document_РеализацияТоваровУслуг';
  const read = async (): Promise<void> => {
    await workers.sources.readSales();
    await workers.sources.readPayments();
    await done();
  };
  const resend = (messageId: string): Promise<void> => again('resend', 'ut', messageId, 'ut-bp-sales', 'bp');

  it('reach БП each as its own document, once', async () => {
    const sale = await documents.sale(chance());
    const payment = await documents.payment(chance());
    await read();
    await read();
    const inBp = (set: string, ref: string) => rows('bp', set, `substringof('${ref}',Комментарий)`);
    expect(await inBp(SALES, sale.ref)).toMatchObject([{ Posted: true, Number: sale.number }]);
    expect(await inBp(ACCOUNT_SET, payment.ref)).toMatchObject([{ Posted: true, Number: payment.number }]);
    const [paid] = await rows(
      'ut',
      'Document_ПоступлениеБезналичныхДенежныхСредств',
      `Ref_Key eq guid'${payment.ref}'`,
    );
    const [taken] = await inBp(ACCOUNT_SET, payment.ref);
    expect(taken).toMatchObject({ СуммаДокумента: paid?.СуммаДокумента, НазначениеПлатежа: paid?.НазначениеПлатежа });
    expect(await told(payment.ref)).toEqual(['accepted ut', 'sent ut', 'delivered bp', 'applied bp']);
    expect(record('ut-bp-sales', payment.ref, 'bp')).toMatchObject({ type: 'ПоступлениеБезналичныхДенежныхСредств' });
  });

  it('fail each in a way of its own: payments without the account, sales without a contract', async () => {
    const both = async () => [await documents.sale(chance()), await documents.payment(chance())] as const;
    workers.exchange.faults.accountsLost = true;
    const [paidFor, unknown] = await both();
    await read();
    expect(await told(paidFor.ref)).toContain('applied bp');
    expect(await told(unknown.ref)).toEqual(['accepted ut', 'sent ut', 'failed ut']);
    expect(await rows('bp', ACCOUNT_SET, `substringof('${unknown.ref}',Комментарий)`)).toEqual([]);
    workers.exchange.faults.accountsLost = false;
    await resend(unknown.ref);
    expect(await told(unknown.ref, 2)).toEqual(['sent ut', 'delivered bp', 'applied bp']);

    workers.exchange.faults.contractsLost = true;
    const [unposted, paid] = await both();
    await read();
    expect(await told(paid.ref)).toContain('applied bp');
    expect(await told(unposted.ref)).toEqual(['accepted ut', 'sent ut', 'delivered bp', 'failed bp']);
    workers.exchange.faults.contractsLost = false;
    await resend(unposted.ref);
    expect(await rows('bp', SALES, `substringof('${unposted.ref}',Комментарий)`)).toMatchObject([{ Posted: true }]);
  });

  it('are exported anew as they are now', async () => {
    workers.exchange.faults.accountsLost = true;
    const { ref } = await documents.payment(chance());
    await read();
    workers.exchange.faults.accountsLost = false;
    await systems.ut.patch('Document_ПоступлениеБезналичныхДенежныхСредств', ref, {
      НазначениеПлатежа: 'Возврат займа',
    });
    await exportAgain('ut', ref, 'ut-bp-sales', 'bp');
    expect(await rows('bp', ACCOUNT_SET, `substringof('${ref}',Комментарий)`)).toMatchObject([
      { НазначениеПлатежа: 'Возврат займа' },
    ]);
  });
});

describe('decisions of ELMA', () => {
  const TASK = 'Task_ЗадачаИсполнителя';
  const read = async (): Promise<void> => {
    await workers.sources.readDecisions();
    await done();
  };
  /** ELMA and УТ report under keys of their own: which of them is heard first is chance. */
  const expectTold = async (id: string, attempt: number, all: string[]): Promise<void> => {
    expect((await told(id, attempt)).sort()).toEqual(all.sort());
  };
  const find = (id: string) => record('ut-elma-approvals', id, 'ut');
  const resend = (messageId: string): Promise<void> => again('resend', 'ut', messageId, 'ut-elma-approvals', 'ut');
  /** A request that has reached ELMA. */
  const request = async () => {
    const { processRef, orderRef } = await documents.discountOrder(chance(), 4);
    await workers.sources.readApprovals();
    await done();
    const item = world.elma.store.all().find((one) => one.ut_process_ref === processRef);
    if (!item) throw new Error('no item');
    return { processRef, orderRef, id: item.__id };
  };
  const decide = (id: string, status: 'approved' | 'rejected', context: Record<string, unknown> = {}) => {
    const item = world.elma.store.get(id);
    if (item) world.elma.store.setStatus(world.elma.store.update(item, context), status);
  };
  const tasksOf = async (processRef: string) =>
    (await rows('ut', TASK, 'Executed eq true')).filter((row) => row.BusinessProcess === processRef);

  it('travel to УТ as messages of their own, once', async () => {
    const { id, processRef, orderRef } = await request();
    decide(id, 'rejected', { decision_comment: 'Маржа ниже плана', decided_by: 'Кравцова Анна' });
    await read();
    await read();
    await expectTold(id, 1, ['accepted elma', 'sent elma', 'delivered ut', 'applied ut']);
    expect(find(id)).toMatchObject({ type: 'РешениеСогласования', source: 'elma', ref: orderRef, state: 'applied' });
    expect(await tasksOf(processRef)).toMatchObject([
      { РезультатВыполнения: `Не согласовано в ELMA: Маржа ниже плана [elma:${id}]` },
    ]);
    // The request itself went to ELMA as before.
    await expectTold(processRef, 1, ['accepted ut', 'sent ut', 'delivered elma', 'applied elma']);
  });

  it('are not touched by a route of ELMA that refuses requests; those pass when it is mended', async () => {
    const { id } = await request();
    decide(id, 'approved');
    workers.exchange.faults.routeEmpty = true;
    const refused = await documents.discountOrder(chance(), 3);
    await workers.sources.readApprovals();
    await read();
    workers.exchange.faults.routeEmpty = false;
    await expectTold(refused.processRef, 1, ['accepted ut', 'sent ut', 'failed elma']);
    await expectTold(id, 1, ['accepted elma', 'sent elma', 'delivered ut', 'applied ut']);
    await again('resend', 'ut', refused.processRef, 'ut-elma-approvals', 'elma');
    expect(world.elma.store.all().filter((one) => one.ut_process_ref === refused.processRef)).toHaveLength(1);
  });

  it('of Pult are no messages: they have their own way to both systems', async () => {
    const { id, processRef } = await request();
    decide(id, 'approved', { pult_decision_id: crypto.randomUUID() });
    await read();
    expect(find(id)).toBeUndefined();
    expect(await tasksOf(processRef)).toEqual([]);
    expect(await told(id)).toEqual([]);
  });

  it('fail while the task is locked or УТ is away, and pass sent again, once', async () => {
    const locked = await request();
    decide(locked.id, 'approved');
    workers.exchange.faults.tasksLocked = true;
    await read();
    workers.exchange.faults.tasksLocked = false;
    await expectTold(locked.id, 1, ['accepted elma', 'sent elma', 'failed elma']);
    const away = await request();
    decide(away.id, 'approved');
    Object.assign(world.onec.bases.get('ut')?.quirks ?? {}, { gateway: 503 });
    await read();
    Object.assign(world.onec.bases.get('ut')?.quirks ?? {}, { gateway: 0 });
    expect(find(away.id)).toMatchObject({ state: 'failed' });
    for (const { id, processRef } of [locked, away]) {
      await resend(id);
      await expectTold(id, 2, ['sent elma', 'delivered ut', 'applied ut']);
      expect(await tasksOf(processRef)).toHaveLength(1);
    }
  });

  it('go on where they were cut off: a text without its execution is executed, an executed task left alone', async () => {
    const { id, processRef } = await request();
    decide(id, 'approved');
    const [task] = (await rows('ut', TASK, 'Executed eq false')).filter((row) => row.BusinessProcess === processRef);
    await systems.ut.patch(TASK, String(task?.Ref_Key), { РезультатВыполнения: `Согласовано в ELMA [elma:${id}]` });
    workers.exchange.faults.lostAck = true;
    await read();
    workers.exchange.faults.lostAck = false;
    expect(find(id)).toMatchObject({ state: 'unacknowledged' });
    expect(await tasksOf(processRef)).toHaveLength(1);
    await resend(id);
    await expectTold(id, 2, ['sent elma', 'delivered ut', 'applied ut']);
    expect(await tasksOf(processRef)).toHaveLength(1);
  });

  it('overwrite nothing: what УТ decided otherwise stays, and the failure says so', async () => {
    const finish = async (processRef: string, result: string) => {
      const [task] = (await rows('ut', TASK, 'Executed eq false')).filter((row) => row.BusinessProcess === processRef);
      await systems.ut.patch(TASK, String(task?.Ref_Key), { РезультатВыполнения: result });
      await systems.ut.run(TASK, String(task?.Ref_Key), 'ExecuteTask');
    };
    const [same, other] = [await request(), await request()];
    await finish(same.processRef, 'Согласовано: звонил клиенту');
    await finish(other.processRef, 'Не согласовано: нет маржи');
    decide(same.id, 'approved');
    decide(other.id, 'approved');
    await read();
    expect(await told(same.id)).toContain('applied ut');
    await expectTold(other.id, 1, ['accepted elma', 'sent elma', 'failed ut']);
    expect(await tasksOf(other.processRef)).toMatchObject([{ РезультатВыполнения: 'Не согласовано: нет маржи' }]);
  });

  it('wait while the exchange of УТ stands', async () => {
    const { id } = await request();
    decide(id, 'approved');
    workers.exchange.stopSource('ut', true);
    await read();
    expect(find(id)).toBeUndefined();
    workers.exchange.stopSource('ut', false);
    await read();
    expect(find(id)).toMatchObject({ state: 'applied' });
  });
});

describe('orders of the site', () => {
  it('fail for a customer that УТ does not find, while those of EKF Market go on, and pass sent again', async () => {
    workers.exchange.faults.customersLost = true;
    const [order, dealer] = [await documents.siteOrder(chance()), await documents.siteOrder(chance(), {}, 'market')];
    await workers.sources.readOrders('site');
    await workers.sources.readOrders('market');
    await done();
    workers.exchange.faults.customersLost = false;
    expect(record('site-orders', order.id, 'ut')).toMatchObject({ state: 'failed' });
    expect(record('market-orders', dealer.id, 'ut')).toMatchObject({ state: 'applied' });
    await workers.outbox.flush(Date.now() + 60_000);
    const failure = world.pult.events.find(({ id, type }) => id.startsWith(`${order.id}:`) && type.endsWith('failed'));
    expect(failure?.data).toMatchObject({ error: { text: expect.stringMatching(/^Контрагент с ИНН \d+ не найден$/) } });
    await again('resend', 'site', order.id, 'site-orders', 'ut');
    const made = await rows('ut', 'Document_ЗаказКлиента', `НомерПоДаннымКлиента eq '${order.number}'`);
    expect(made).toMatchObject([{ Posted: true }]);
  });
});
