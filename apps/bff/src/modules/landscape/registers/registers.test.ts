import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createOnecClient } from '../../../connectors/onec-odata/client.ts';
import { testConnection } from '../../../connectors/testing/connection.ts';
import { type SeenRequest, startScriptedServer } from '../../../connectors/testing/scripted-server.ts';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { createRegisters, type Registers } from './registers.ts';

const PLAN = 'ExchangePlan_СинхронизацияДанныхЧерезУниверсальныйФормат';
const NODE = '5b0c41e2-77d0-11ef-e1a4-000000000001';
const PRICES = 'ExchangePlan_ЭКФ_ВнутренниеЦены';
const PRICE_NODE = '5b0c41e2-77d0-11ef-e1a4-000000000002';
const ORDER = '8d1d7287-6240-11f1-9296-08002761f3c5';
const MESSAGE = { deliveryId: '019ad1c2-0000-8000-8000-000000000001', flowId: 'ut-bp-sales' };
const START = Date.parse('2026-11-24T09:00:00Z');
const MINUTE = 60_000;

const of = { УзелИнформационнойБазы: NODE, УзелИнформационнойБазы_Type: `StandardODATA.${PLAN}` };
const problem = (key: string, change: Record<string, unknown> = {}) => ({
  ...of,
  ТипПроблемы: 'НепроведенныйДокумент',
  ОбъектМетаданных: 'Документ.РеализацияТоваровУслуг',
  ПроблемныйОбъект: '8d1d7287-6240-11f1-9296-08002761f3c5',
  ПроблемныйОбъект_Type: 'StandardODATA.Document_РеализацияТоваровУслуг',
  КлючУникальности: key.padEnd(32),
  ДатаВозникновения: '2026-11-24T11:30:00',
  Причина: 'поле «Договор» не заполнено',
  Пропущена: false,
  НомерДокумента: 'ЭТ00-014921',
  ДатаДокумента: '2026-11-24T00:00:00',
  ПредставлениеОбъекта: 'Реализация ЭТ00-014921 от 24.11.2026',
  Комментарий: '',
  ...change,
});

/** What the base publishes now; a set that is missing here is outside the composition. */
let sets: Record<string, Record<string, unknown>[]>;
let down = false;
let now = START;
let server: Awaited<ReturnType<typeof startScriptedServer>>;
let database: TestDatabase;
let registers: Registers;
const hints: string[] = [];

function answer({ url }: SeenRequest) {
  if (down) return { status: 503, body: 'maintenance' };
  const name = /standard\.odata\/([^/?(]+)/.exec(url)?.[1] ?? '';
  const rows = sets[name];
  if (!rows) return { status: 404, body: { 'odata.error': { code: '8', message: { lang: 'ru', value: name } } } };
  const from = /ДатаВозникновения ge datetime'([^']+)'/.exec(url)?.[1] ?? '';
  const top = Number(/\$top=(\d+)/.exec(url)?.[1]);
  const state = /Состояние eq '([^']+)'/.exec(url)?.[1];
  const found = rows.filter(
    (row) => String(row.ДатаВозникновения ?? '~') >= from && (state === undefined || row.Состояние === state),
  );
  return { body: { value: found.slice(0, top) } };
}

let make: (zone: string) => ReturnType<typeof createRegisters>;
beforeAll(async () => {
  server = await startScriptedServer(answer);
  database = await createTestDatabase();
  const connection = testConnection(server.url);
  make = (zone) =>
    createRegisters({
      db: database.db,
      file: {
        flows: [],
        systems: [
          {
            id: 'ut',
            zone,
            connector: {
              protocol: 'onec-odata',
              polls: ['exchange-registers', 'exchange-plans'],
              exchangeNodes: [],
              exchangeTargets: [],
              exchangePlans: [{ set: PRICES, flow: 'erp-internal-prices', lagWarn: 3 }],
              navigationUrl: 'http://1c.corp.local/ut',
            },
          },
          { id: 'bp', connector: { protocol: 'onec-odata', polls: [] } },
        ],
      } as unknown as LandscapeFile,
      onec: () => createOnecClient({ connection, url: `${server.url}/ut/odata/standard.odata` }),
      live: { announce: (topic) => void hints.push(topic) },
      clock: { now: () => now },
      log: { error: () => undefined, warn: () => undefined } as never,
      registerMessages: {
        fold: async () => new Map(),
        final: async () => new Set(),
        ask: async () => null,
        vanished: async () => undefined,
      },
      messagesAbout: async (refs) => new Map(refs.filter((ref) => ref === ORDER).map((ref) => [ref, MESSAGE])),
    });
  registers = make('Europe/Moscow');
});
afterAll(async () => {
  await database.close();
  await server.close();
});
beforeEach(async () => {
  now = START;
  down = false;
  server.answer(answer);
  sets = {
    [PLAN]: [{ Ref_Key: NODE, Code: 'БП', Description: 'Бухгалтерия', SentNo: '812', ReceivedNo: '805' }],
    [PRICES]: [
      { Ref_Key: '5b0c41e2-77d0-11ef-e1a4-000000000009', Code: '00', ThisNode: true },
      {
        Ref_Key: PRICE_NODE,
        Code: 'УТ',
        Description: 'Торговля',
        SentNo: '1204',
        ReceivedNo: '1203',
        ExchangeDate: '2026-11-24T11:50:00',
        ThisNode: false,
      },
    ],
    InformationRegister_СостоянияИнтеграцииОбъектов: [],
    InformationRegister_РезультатыОбменаДанными: [problem('a')],
    InformationRegister_СостоянияОбменовДанными: [
      {
        ...of,
        ДействиеПриОбмене: 'ЗагрузкаДанных',
        РезультатВыполненияОбмена: 'Ошибка_ТранспортСообщения',
        ДатаНачала: '2026-11-24T11:00:00',
        ДатаОкончания: '2026-11-24T11:01:00',
      },
    ],
    InformationRegister_СостоянияУспешныхОбменовДанными: [
      { ...of, ДействиеПриОбмене: 'ЗагрузкаДанных', ДатаОкончания: '2026-11-23T16:00:00' },
    ],
  };
  await sql`truncate exchange_register_source, exchange_node, exchange_problem, exchange_lag`.execute(database.db);
});

const view = (skipped: 'true' | 'false' = 'false') => registers.view({ skipped });

it('shows what the base records, in instants of its zone, only for bases that are polled', async () => {
  await registers.read('ut');
  const { bases, problems } = await view();
  expect(bases).toMatchObject([
    {
      systemId: 'ut',
      freshAt: '2026-11-24T09:00:00.000Z',
      stale: false,
      error: null,
      unpublished: [],
      problems: 1,
      newestProblemAt: '2026-11-24T08:30:00.000Z',
      nodes: [
        {
          name: 'Бухгалтерия',
          sentNo: 812,
          receivedNo: 805,
          export: null,
          import: { result: 'transport_failed', succeededAt: '2026-11-23T13:00:00.000Z' },
          plan: null,
        },
        { name: 'Торговля' },
      ],
    },
  ]);
  expect(problems).toMatchObject([
    {
      systemId: 'ut',
      node: 'Бухгалтерия',
      kind: 'not_posted',
      object: { number: 'ЭТ00-014921', presentation: 'Реализация ЭТ00-014921 от 24.11.2026' },
      reason: 'поле «Договор» не заполнено',
      raisedAt: '2026-11-24T08:30:00.000Z',
    },
  ]);
  expect(hints).toContain('landscape');
  expect(server.seen.every(({ url }) => url.includes('$select=') && !url.includes('$skip'))).toBe(true);
});

it('a second reading changes nothing; what the base solved disappears, what comes back is the same problem', async () => {
  await registers.read('ut');
  const [first] = (await view()).problems;
  now += MINUTE;
  await registers.read('ut');
  expect((await view()).problems).toEqual([first]);
  sets.InformationRegister_РезультатыОбменаДанными = [];
  await registers.read('ut');
  expect((await view()).problems).toEqual([]);
  sets.InformationRegister_РезультатыОбменаДанными = [problem('a')];
  await registers.read('ut');
  expect((await view()).problems).toEqual([first]);
});

it.each([
  ['NUL in a reason', { Причина: 'а\0б' }],
  [
    'NUL in every text',
    { Комментарий: '\0', НомерДокумента: '1\0', ПредставлениеОбъекта: '\0x', ОбъектМетаданных: 'Д\0' },
  ],
  ['half a character at the cut of a reason', { Причина: `${'x'.repeat(3_999)}😀` }],
  ['half a character in the comment', { Комментарий: 'x\ud83d' }],
  ['a date of the document that is none', { ДатаДокумента: 'вчера' }],
])('a row with %s keeps nothing from the other rows of its base', async (_name, change) => {
  sets.InformationRegister_РезультатыОбменаДанными = [problem('a', change), problem('b')];
  await registers.read('ut');
  const { bases, problems } = await view();
  expect(bases).toMatchObject([{ freshAt: new Date(now).toISOString(), error: null, problems: 2 }]);
  expect(problems).toHaveLength(2);
});

it('a problem whose time cannot be read stays as it was known and is not taken for solved; numbers of nodes are left out', async () => {
  await registers.read('ut');
  const { problems: before } = await view();
  sets.InformationRegister_РезультатыОбменаДанными = [
    problem('a', { ДатаВозникновения: '2026-11-24T99:00:00', Причина: 'другая' }),
    problem('b'),
  ];
  sets[PLAN] = [
    { Ref_Key: NODE, Code: 'БП', Description: 'Бухгалтерия', SentNo: '9223372036854775807', ReceivedNo: '1' },
  ];
  now += MINUTE;
  await registers.read('ut');
  const { bases, problems } = await view();
  expect(bases).toMatchObject([{ freshAt: new Date(now).toISOString(), error: null }]);
  expect(bases[0]?.nodes).toMatchObject([{ name: 'Бухгалтерия', sentNo: null, receivedNo: 1 }, { name: 'Торговля' }]);
  expect(problems).toHaveLength(2);
  expect(problems).toEqual(expect.arrayContaining(before));
});

it('a refusal with a text that the database does not take is noted like any other, and the base can be read again', async () => {
  server.answer(() => ({ status: 400, body: { error: `${'x'.repeat(499)}😀\0` } }));
  await registers.read('ut');
  expect((await view()).bases).toMatchObject([{ error: { code: 'source.rejected' } }]);
  server.answer(answer);
  await registers.read('ut');
  expect((await view()).bases).toMatchObject([{ error: null, problems: 1 }]);
});

it('a skipped problem is not counted and shown only when asked for', async () => {
  sets.InformationRegister_РезультатыОбменаДанными = [problem('a', { Пропущена: true }), problem('b')];
  await registers.read('ut');
  expect((await view()).bases).toMatchObject([{ problems: 1, skipped: 1 }]);
  expect((await view()).problems).toHaveLength(1);
  expect((await view('true')).problems).toHaveLength(2);
});

it('a base that does not answer keeps what was known and says how old it is', async () => {
  await registers.read('ut');
  down = true;
  now += 10 * MINUTE;
  await registers.read('ut');
  const { bases, problems } = await view();
  expect(bases).toMatchObject([
    { freshAt: '2026-11-24T09:00:00.000Z', stale: true, error: { since: '2026-11-24T09:10:00.000Z' } },
  ]);
  expect(problems).toHaveLength(1);
  down = false;
  await registers.read('ut');
  expect((await view()).bases).toMatchObject([{ stale: false, error: null }]);
});

it('a register outside the composition is named and proves nothing about its rows', async () => {
  await registers.read('ut');
  delete sets.InformationRegister_РезультатыОбменаДанными;
  await registers.read('ut');
  const { bases, problems } = await view();
  expect(bases).toMatchObject([{ unpublished: ['РезультатыОбменаДанными'], problems: 1 }]);
  expect(problems).toHaveLength(1);
});

it('reads every page of a long list, rows of one second among them', async () => {
  sets.InformationRegister_РезультатыОбменаДанными = Array.from({ length: 450 }, (_, index) => problem(`k${index}`));
  await registers.read('ut');
  expect((await view()).bases).toMatchObject([{ problems: 450, truncated: false }]);
});

it('two instances read one after the other, never together', async () => {
  let asked = 0;
  let release = (): void => undefined;
  const held = new Promise<void>((done) => {
    release = done;
  });
  server.answer(async (request) => {
    asked += 1;
    if (asked === 1) await held;
    return answer(request);
  });
  const first = registers.read('ut');
  await expect.poll(() => asked).toBe(1);
  await registers.read('ut');
  expect(asked).toBe(1);
  release();
  await first;
  expect((await view()).bases).toMatchObject([{ problems: 1 }]);
});

const priceNode = async () => (await view()).bases[0]?.nodes.find(({ ref }) => ref === PRICE_NODE);
const sent = (number: string): void => {
  const [, row] = sets[PRICES] ?? [];
  if (row) row.SentNo = number;
};

it('keeps the lag of a watched exchange plan with its history, a row per change', async () => {
  await registers.read('ut');
  expect(await priceNode()).toMatchObject({
    sentNo: 1204,
    receivedNo: 1203,
    plan: {
      set: PRICES,
      flowId: 'erp-internal-prices',
      lag: 1,
      lagWarn: 3,
      confirms: true,
      exchangedAt: '2026-11-24T08:50:00.000Z',
    },
  });
  now += MINUTE;
  await registers.read('ut');
  now += MINUTE;
  sent('1206');
  await registers.read('ut');
  const node = await priceNode();
  expect(node?.plan).toMatchObject({ lag: 3, confirms: false });
  expect(node?.plan?.history).toEqual([
    { at: '2026-11-24T09:00:00.000Z', lag: 1 },
    { at: '2026-11-24T09:02:00.000Z', lag: 3 },
  ]);
});

it('shows the base itself as no node of a plan, and names a plan that is not published', async () => {
  delete sets[PRICES];
  await registers.read('ut');
  const [base] = (await view()).bases;
  expect(base?.unpublished).toEqual(['ЭКФ_ВнутренниеЦены']);
  expect(base?.nodes.map(({ ref }) => ref)).toEqual([NODE]);
});

const integration = (state: string) => ({
  ИдентификаторОбъекта: ORDER,
  УчетнаяСистема: 'VK HR Tek',
  Состояние: state,
  Описание: 'Нет подписанта',
});
const integrationProblems = async () => (await view()).problems.filter(({ kind }) => kind === 'not_integrated');

it('takes «Ошибка» of the integration register for a problem once, until the base says otherwise', async () => {
  sets.InformationRegister_СостоянияИнтеграцииОбъектов = [integration('Ошибка')];
  await registers.read('ut');
  now += MINUTE;
  await registers.read('ut');
  expect(await integrationProblems()).toMatchObject([
    { reason: 'Нет подписанта', raisedAt: '2026-11-24T09:00:00.000Z', message: MESSAGE },
  ]);
  sets.InformationRegister_СостоянияИнтеграцииОбъектов = [integration('Интегрирован')];
  now += MINUTE;
  await registers.read('ut');
  expect(await integrationProblems()).toEqual([]);
  sets.InformationRegister_СостоянияИнтеграцииОбъектов = [integration('Ошибка')];
  now += MINUTE;
  await registers.read('ut');
  expect((await integrationProblems())[0]?.raisedAt).toBe('2026-11-24T09:03:00.000Z');
});

it('finds an object that was not integrated behind any number of those that were', async () => {
  sets.InformationRegister_СостоянияИнтеграцииОбъектов = [
    ...Array.from({ length: 3_000 }, (_, index) => ({
      ...integration('Интегрирован'),
      ИдентификаторОбъекта: `done-${index}`,
    })),
    integration('Ошибка'),
  ];
  await registers.read('ut');
  expect(await integrationProblems()).toHaveLength(1);
});

it('takes a register that is not published for the moment as no news of its problems, and of no others', async () => {
  sets.InformationRegister_СостоянияИнтеграцииОбъектов = [integration('Ошибка')];
  await registers.read('ut');
  delete sets.InformationRegister_СостоянияИнтеграцииОбъектов;
  sets.InformationRegister_РезультатыОбменаДанными = [];
  now += MINUTE;
  await registers.read('ut');
  expect((await view()).problems.map(({ kind }) => kind)).toEqual(['not_integrated']);
});

it('leads to the object in 1С and to our message about it', async () => {
  await registers.read('ut');
  expect((await view()).problems[0]).toMatchObject({
    object: {
      link: `http://1c.corp.local/ut/#e1cib/data/${encodeURIComponent('Документ.РеализацияТоваровУслуг')}?ref=929608002761f3c511f162408d1d7287`,
    },
    message: MESSAGE,
  });
});

it('takes the dates of a base for times of its own zone', async () => {
  const inOmsk = make('Asia/Omsk');
  await inOmsk.read('ut');
  const [found] = (await inOmsk.view({ system: 'ut', skipped: 'false' })).problems;
  expect(found?.raisedAt).toBe('2026-11-24T05:30:00.000Z');
});
