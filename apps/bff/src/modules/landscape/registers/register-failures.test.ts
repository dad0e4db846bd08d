import { type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import { SourceError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createOnecClient } from '../../../connectors/onec-odata/client.ts';
import { testConnection } from '../../../connectors/testing/connection.ts';
import { type SeenRequest, startScriptedServer } from '../../../connectors/testing/scripted-server.ts';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { createMessagesModule } from '../../messages/index.ts';
import { readStory } from '../../messages/story.ts';
import type { RegisterMessages, TargetSaid } from './failures.ts';
import { createRegisters, type Registers } from './registers.ts';

const PLAN = 'ExchangePlan_СинхронизацияДанныхЧерезУниверсальныйФормат';
const NODE = '5b0c41e2-77d0-11ef-e1a4-000000000001';
const OTHER_NODE = '5b0c41e2-77d0-11ef-e1a4-000000000002';
const SALE = '8d1d7287-6240-11f1-9296-08002761f3c5';
const LEAVE = '25d27b46-469d-11f1-58b0-fd915dbfa8bb';
const START = Date.parse('2026-11-24T09:00:00Z');
const MINUTE = 60_000;
const RESULTS = 'InformationRegister_РезультатыОбменаДанными';
const INTEGRATION = 'InformationRegister_СостоянияИнтеграцииОбъектов';
const REASON = 'Документ загружен, но не проведён: поле «Договор» не заполнено';

const flow = (id: string, from: string, to: string, more: object = {}) => ({
  id,
  title: { ru: id, en: id },
  what: { ru: id, en: id },
  from: [from],
  to: [to],
  channel: 'http',
  watched: true,
  budget: { accepted: '3m', sent: '5m', delivered: '10m' },
  ackTimeoutMs: '5m',
  retry: { ratePerSecond: 1, maxRatePerSecond: 2 },
  owner: 'Группа 1С',
  runbook: ['Откройте документ.'],
  ...more,
});
const base = (id: string, more: object) => ({
  id,
  title: { ru: id, en: id },
  kind: 'onec',
  place: { column: 0, row: 0 },
  connector: {
    protocol: 'onec-odata',
    url: `http://127.0.0.1/${id}`,
    userEnv: 'USER',
    passwordEnv: 'PASSWORD',
    polls: ['exchange-registers'],
    navigationUrl: `http://1c.corp.local/${id}`,
    ...more,
  },
});
const file: LandscapeFile = landscapeFile.parse({
  version: 1,
  systems: [
    base('ut', { polls: [], servicesUrl: 'http://127.0.0.1/ut/hs' }),
    { id: 'hrtek', title: { ru: 'HR', en: 'HR' }, kind: 'events', place: { column: 0, row: 0 } },
    base('bp', {
      exchangeNodes: [
        { plan: PLAN, node: 'УТ', types: ['РеализацияТоваровУслуг'], flow: 'ut-bp-sales', consumer: 'bp' },
      ],
    }),
    base('zup', {
      exchangeTargets: [
        { name: 'VK HR Tek', flow: 'zup-hrtek', consumer: 'hrtek', types: ['ПриемНаРаботу', 'Отпуск'] },
      ],
    }),
  ],
  flows: [
    flow('ut-bp-sales', 'ut', 'bp', {
      retry: {
        resend: { system: 'ut', path: '/resend' },
        reExport: { system: 'ut', path: '/re-export' },
        ratePerSecond: 1,
        maxRatePerSecond: 2,
      },
    }),
    flow('zup-hrtek', 'zup', 'hrtek', { personalData: true }),
  ],
});

const problem = (change: Record<string, unknown> = {}) => ({
  УзелИнформационнойБазы: NODE,
  УзелИнформационнойБазы_Type: `StandardODATA.${PLAN}`,
  ТипПроблемы: 'НепроведенныйДокумент',
  ОбъектМетаданных: 'Документ.РеализацияТоваровУслуг',
  ПроблемныйОбъект: SALE,
  ПроблемныйОбъект_Type: 'StandardODATA.Document_РеализацияТоваровУслуг',
  КлючУникальности: 'a'.padEnd(32),
  ДатаВозникновения: '2026-11-24T11:30:00',
  Причина: REASON,
  Пропущена: false,
  НомерДокумента: 'ЭТ00-014921',
  ДатаДокумента: '2026-11-24T00:00:00',
  ПредставлениеОбъекта: 'Реализация ЭТ00-014921 от 24.11.2026',
  Комментарий: '',
  ...change,
});

let sets: Record<string, Record<string, unknown>[]>;
let now = START;
let said: TargetSaid | null | 'away' = null;
let asked = 0;
let server: Awaited<ReturnType<typeof startScriptedServer>>;
let database: TestDatabase;
let messages: ReturnType<typeof createMessagesModule>;
let registers: Registers;
let storyDeps: Parameters<typeof readStory>[0];
const clock = { now: () => now };
const hints: { readonly topic: string; readonly linked: Promise<number> }[] = [];
const live = {
  announce: (topic: string): void => {
    if (topic.startsWith('delivery:'))
      hints.push({ topic, linked: registers.ofDelivery(topic.slice('delivery:'.length)).then(({ length }) => length) });
  },
};

function answer({ url }: SeenRequest) {
  const name = /standard\.odata\/([^/?(]+)/.exec(url)?.[1] ?? '';
  const rows = sets[name];
  if (!rows) return { status: 404, body: { 'odata.error': { code: '8', message: { lang: 'ru', value: name } } } };
  const from = /ДатаВозникновения ge datetime'([^']+)'/.exec(url)?.[1] ?? '';
  return { body: { value: rows.filter((row) => String(row.ДатаВозникновения ?? '~') >= from) } };
}

const withMessages = (change: Partial<RegisterMessages> = {}): Registers =>
  createRegisters({
    db: database.db,
    file,
    onec: (systemId) =>
      createOnecClient({
        connection: testConnection(server.url, { system: systemId }),
        url: `${server.url}/${systemId}/odata/standard.odata`,
      }),
    live,
    clock,
    log: pino({ level: 'silent' }),
    messagesAbout: messages.about,
    registerMessages: {
      ...messages.registers,
      ask: async () => {
        asked += 1;
        if (said === 'away')
          throw new SourceError('source.unreachable', { system: 'bp' }, { canRetry: true, maybeSent: false });
        return said;
      },
      ...change,
    },
  });

beforeAll(async () => {
  server = await startScriptedServer(answer);
  database = await createTestDatabase();
  storyDeps = {
    db: database.db,
    flows: new Map(file.flows.map((one) => [one.id, one])),
    clock,
    downSince: () => null,
    approvalOf: async () => null,
    operationsOf: async () => new Map(),
    registersOf: (id) => registers.ofDelivery(id),
  };
  messages = createMessagesModule({ ...storyDeps, live });
  registers = withMessages();
});
afterAll(async () => {
  await database.close();
  await server.close();
});
beforeEach(async () => {
  now = START;
  said = null;
  asked = 0;
  sets = {
    [PLAN]: [
      { Ref_Key: NODE, Code: 'УТ', Description: 'Торговля', SentNo: '1', ReceivedNo: '1' },
      { Ref_Key: OTHER_NODE, Code: 'УХ', Description: 'Холдинг', SentNo: '1', ReceivedNo: '1' },
    ],
    [INTEGRATION]: [],
    [RESULTS]: [problem()],
    InformationRegister_СостоянияОбменовДанными: [],
    InformationRegister_СостоянияУспешныхОбменовДанными: [],
  };
  await sql`truncate exchange_register_source, exchange_node, exchange_problem, delivery, exchange_event, delivery_fact,
    message_payload, failure_cause, rollup_minute, rollup_latency, rollup_cause, rollup_hour, rollup_latency_day,
    rollup_cause_day, system_report, personal_detail cascade`.execute(database.db);
});

interface Row {
  readonly id: string;
  readonly state: string;
  readonly attempt: number;
  readonly number: string;
  readonly type: string;
  readonly error: { readonly class: string; readonly code: string | null; readonly text: string } | null;
}
const deliveries = async (): Promise<Row[]> =>
  (
    await sql<Row>`select id, state, attempt, key_number as number, key_type as type, error from delivery order by id`.execute(
      database.db,
    )
  ).rows;
const failedInRollups = async (): Promise<number> =>
  (
    await sql<{ failed: number }>`select coalesce(sum(failed), 0)::int as failed from rollup_minute`.execute(
      database.db,
    )
  ).rows[0]?.failed ?? -1;
const causes = async (): Promise<number> =>
  (await sql<{ count: number }>`select count(*)::int as count from failure_cause`.execute(database.db)).rows[0]
    ?.count ?? -1;
const facts = async (): Promise<string[]> =>
  (await sql<{ kind: string }>`select kind from delivery_fact order by id`.execute(database.db)).rows.map(
    ({ kind }) => kind,
  );
/** The worker of a system speaks about the same sale. */
const report = (kind: string, { at = START, attempt = 1, source = 'ut' } = {}) => {
  const event = {
    specversion: '1.0',
    id: `${SALE}:${attempt}:${kind}`,
    source,
    type: `exchange.${kind}`,
    time: new Date(at).toISOString(),
    data: {
      flow: 'ut-bp-sales',
      consumer: 'bp',
      attempt,
      message: { id: SALE, key: { type: 'РеализацияТоваровУслуг', number: 'ЭТ00-014921', ref: null } },
      ...(kind === 'failed' ? { error: { text: REASON } } : {}),
    },
  };
  return intake(source, event);
};
const intake = async (source: string, event: unknown): Promise<void> => {
  const { createIntake } = await import('../../messages/intake.ts');
  await createIntake({ ...storyDeps, live }).accept([event], source);
};
const solve = async (): Promise<void> => {
  sets[RESULTS] = [];
  now += MINUTE;
  await registers.read('bp');
};

describe('a problem of a mapped node', () => {
  it('is one failure of its message, with the words of the base, however often it is read', async () => {
    await registers.read('bp');
    now += MINUTE;
    await registers.read('bp');
    expect(await deliveries()).toMatchObject([
      {
        state: 'failed',
        attempt: 1,
        type: 'РеализацияТоваровУслуг',
        number: 'ЭТ00-014921',
        error: { class: 'validation', code: 'НепроведенныйДокумент', text: REASON },
      },
    ]);
    expect(await failedInRollups()).toBe(1);
    const { rows } = await sql<{ at: Date; source: string }>`select at, source from exchange_event`.execute(
      database.db,
    );
    expect(rows).toEqual([{ at: new Date('2026-11-24T08:30:00Z'), source: 'bp' }]);
  });

  it('is announced once more when its page can lead to the register', async () => {
    hints.length = 0;
    await registers.read('bp');
    const [delivery] = await deliveries();
    expect(hints.at(-1)?.topic).toBe(`delivery:${delivery?.id}`);
    expect(await hints.at(-1)?.linked).toBe(1);
  });

  it('leads from the register to the message and from the message to the object in 1С', async () => {
    await registers.read('bp');
    const [delivery] = await deliveries();
    const { problems, bases } = await registers.view({ skipped: 'false' });
    expect(problems[0]?.message).toEqual({ deliveryId: delivery?.id, flowId: 'ut-bp-sales' });
    expect(bases.find(({ systemId }) => systemId === 'bp')).toMatchObject({
      problems: 1,
      failures: 1,
      newestProblemAt: null,
    });
    const story = await readStory(storyDeps, delivery?.id ?? '');
    expect(story.registers).toMatchObject([{ systemId: 'bp', kind: 'not_posted', goneAt: null }]);
    expect(story.registers[0]?.link).toContain('http://1c.corp.local/bp/#e1cib/data/');
  });

  it.each([
    ['before', [0, 1]],
    ['after', [1, 0]],
  ])('is the same failure as the one that a worker reports, heard %s it', async (_when, order) => {
    const steps = [() => registers.read('bp'), () => report('failed', { at: START - 30 * MINUTE + 400, source: 'bp' })];
    for (const index of order) await steps[index]?.();
    expect(await deliveries()).toMatchObject([{ state: 'failed', attempt: 1 }]);
    expect(await failedInRollups()).toBe(1);
    expect(await causes()).toBe(1);
  });

  it.each([
    ['before', [0, 1]],
    ['after', [1, 0]],
  ])('takes nothing back from a document that was applied, heard %s it', async (_when, order) => {
    const steps = [() => registers.read('bp'), () => report('applied', { at: START - 40 * MINUTE, source: 'bp' })];
    for (const index of order) await steps[index]?.();
    expect(await deliveries()).toMatchObject([{ state: 'applied' }]);
  });

  it.each([
    ['before', [0, 1]],
    ['after', [1, 0]],
  ])('says nothing about a later attempt, heard %s its news', async (_when, order) => {
    const steps = [() => registers.read('bp'), () => report('sent', { at: START - MINUTE, attempt: 2 })];
    for (const index of order) await steps[index]?.();
    expect(await deliveries()).toMatchObject([{ state: 'sent', attempt: 2 }]);
  });

  it('fails the attempt that Pult opened when it arises after that', async () => {
    await registers.read('bp');
    const [delivery] = await deliveries();
    const deliveryId = delivery?.id ?? '';
    const operation = { operationId: '0190c0de-0000-7000-8000-000000000001', at: START };
    await database.db.transaction().execute(async (tx) => {
      await messages.book.claimed(tx, { ...operation, deliveryIds: [deliveryId] });
      await messages.book.attemptStarted(tx, { ...operation, deliveryId, idempotencyKey: 'k' });
    });
    expect(await deliveries()).toMatchObject([{ state: 'retrying' }]);
    now += MINUTE;
    await registers.read('bp');
    expect(await deliveries()).toMatchObject([{ state: 'retrying' }]);
    sets[RESULTS] = [problem({ ДатаВозникновения: '2026-11-24T12:00:30' })];
    now += MINUTE;
    await registers.read('bp');
    expect(await deliveries()).toMatchObject([{ state: 'failed', attempt: 2 }]);
  });

  it('fails the attempt of a resend although its source has said «sent», and only what arose after it began', async () => {
    await registers.read('bp');
    const [delivery] = await deliveries();
    const deliveryId = delivery?.id ?? '';
    const operation = { operationId: '0190c0de-0000-7000-8000-000000000002', at: START };
    await database.db.transaction().execute(async (tx) => {
      await messages.book.claimed(tx, { ...operation, deliveryIds: [deliveryId] });
      await messages.book.attemptStarted(tx, { ...operation, deliveryId, idempotencyKey: 'k' });
    });
    // The clock of the source is behind: what was opened by Pult began when Pult says.
    await report('sent', { at: START - 20 * MINUTE, attempt: 2 });
    expect(await deliveries()).toMatchObject([{ state: 'sent', attempt: 2 }]);
    sets[RESULTS] = [problem({ ДатаВозникновения: '2026-11-24T11:50:00' })];
    now += MINUTE;
    await registers.read('bp');
    expect(await deliveries()).toMatchObject([{ state: 'sent', attempt: 2 }]);
    sets[RESULTS] = [problem({ ДатаВозникновения: '2026-11-24T12:00:30', Причина: 'период закрыт' })];
    now += MINUTE;
    await registers.read('bp');
    expect(await deliveries()).toMatchObject([{ state: 'failed', attempt: 2, error: { text: 'период закрыт' } }]);
    expect(await messages.book.news([deliveryId])).toMatchObject([{ failedAttempt: 2 }]);
    // It went through after all: news of success are never lost.
    await report('applied', { at: START + 2 * MINUTE, attempt: 2, source: 'bp' });
    expect(await deliveries()).toMatchObject([{ state: 'applied' }]);
  });

  it('says nothing about how long the attempt took: the base comes to it when it comes to it', async () => {
    await report('sent', { at: START - 3 * 60 * MINUTE });
    await registers.read('bp');
    const [delivery] = await deliveries();
    const attempt = async () => (await readStory(storyDeps, delivery?.id ?? '')).attempts[0];
    const startedAt = new Date(START - 3 * 60 * MINUTE).toISOString();
    expect(await attempt()).toMatchObject({ outcome: 'failed', startedAt, finishedAt: null, fromRegister: true });
    const failedAt = START - 3 * 60 * MINUTE + 4_000;
    await report('failed', { at: failedAt, source: 'bp' });
    expect(await attempt()).toMatchObject({
      outcome: 'failed',
      startedAt,
      finishedAt: new Date(failedAt).toISOString(),
      fromRegister: false,
    });
  });

  it('of which no system has sent a message is exported anew, not sent as it was', async () => {
    await registers.read('bp');
    const [delivery] = await deliveries();
    const ids = [delivery?.id ?? ''];
    expect((await readStory(storyDeps, ids[0] ?? '')).actions).toMatchObject({
      resend: { allowed: false, reason: 'no_message' },
      reExport: { allowed: true },
    });
    expect(await messages.book.byIds(ids)).toMatchObject([{ obstacle: 'no_message' }]);
    await report('sent', { at: START - 40 * MINUTE });
    expect((await readStory(storyDeps, ids[0] ?? '')).actions.resend).toEqual({ allowed: true, reason: null });
    expect(await messages.book.byIds(ids)).toMatchObject([{ obstacle: null }]);
  });

  it('in a register of a source has that source, in one of the target nobody is known', async () => {
    await registers.read('bp');
    const [sale] = await deliveries();
    expect(await messages.book.sourceOf(sale?.id ?? '')).toBeNull();
    sets[INTEGRATION] = [
      { ИдентификаторОбъекта: LEAVE, УчетнаяСистема: 'VK HR Tek', Состояние: 'Ошибка', Описание: '' },
    ];
    await registers.read('zup');
    const leave = (await deliveries()).find(({ id }) => id !== sale?.id);
    expect(await messages.book.sourceOf(leave?.id ?? '')).toBe('zup');
    expect((await readStory(storyDeps, leave?.id ?? '')).flow.from).toEqual(['zup']);
  });

  it('is told after a restart when the process ended between reading and telling', async () => {
    const broken = withMessages({
      fold: async () => {
        throw new Error('the process ended here');
      },
    });
    await expect(broken.read('bp')).rejects.toThrow('ended');
    expect(await deliveries()).toEqual([]);
    now += MINUTE;
    await registers.read('bp');
    expect(await failedInRollups()).toBe(1);
  });
});

it.each([
  ['of a node that the landscape does not name', { УзелИнформационнойБазы: OTHER_NODE }],
  ['of a type that the node does not carry', { ОбъектМетаданных: 'Справочник.Номенклатура' }],
  ['that 1С skips', { Пропущена: true }],
])('a problem %s stays a row of the register', async (_which, change) => {
  sets[RESULTS] = [problem(change)];
  await registers.read('bp');
  expect(await deliveries()).toEqual([]);
  expect((await registers.view({ skipped: 'true' })).problems).toHaveLength(1);
});

describe('when the base lists the problem no more', () => {
  beforeEach(() => registers.read('bp'));

  it('closes the delivery when the target says that it has the document', async () => {
    said = { outcome: 'applied', system: 'bp', ref: SALE, proof: true };
    await solve();
    expect(await deliveries()).toMatchObject([{ state: 'applied' }]);
    expect(await facts()).toEqual(['verified_applied']);
  });

  it.each([
    [
      'has it unposted',
      { outcome: 'present', system: 'bp', ref: SALE, proof: true },
      ['verified_present', 'register_gone'],
    ],
    ['has nothing', { outcome: 'absent', system: 'bp', ref: null, proof: true }, ['verified_absent', 'register_gone']],
    [
      'has a document that another message may have brought',
      { outcome: 'applied', system: 'bp', ref: SALE, proof: false },
      ['register_gone'],
    ],
    ['cannot be asked', null, ['register_gone']],
  ] as const)('leaves it failed with a note when the target %s', async (_what, answered, expected) => {
    said = answered;
    await solve();
    expect(await deliveries()).toMatchObject([{ state: 'failed' }]);
    expect(await facts()).toEqual(expected);
  });

  it('asks once, and again only when the problem comes back and goes', async () => {
    await solve();
    now += MINUTE;
    await registers.read('bp');
    expect(asked).toBe(1);
    sets[RESULTS] = [problem({ ДатаВозникновения: '2026-11-24T12:02:00' })];
    now += MINUTE;
    await registers.read('bp');
    await solve();
    expect(asked).toBe(2);
    expect(await failedInRollups()).toBe(1);
  });

  it('asks about a problem that somebody skips in 1С', async () => {
    sets[RESULTS] = [problem({ Пропущена: true })];
    now += MINUTE;
    await registers.read('bp');
    expect(asked).toBe(1);
    expect(await facts()).toEqual(['register_gone']);
  });

  it('asks a target that is away later, with longer pauses, and writes nothing meanwhile', async () => {
    said = 'away';
    await solve();
    now += 30_000;
    await registers.read('bp');
    expect(asked).toBe(1);
    expect(await facts()).toEqual([]);
    now += MINUTE;
    await registers.read('bp');
    expect(asked).toBe(2);
    now += MINUTE;
    await registers.read('bp');
    expect(asked).toBe(2);
    said = { outcome: 'applied', system: 'bp', ref: SALE, proof: true };
    now += 2 * MINUTE;
    await registers.read('bp');
    expect(await deliveries()).toMatchObject([{ state: 'applied' }]);
  });

  it('asks nobody about a message that its worker reported applied', async () => {
    await report('applied', { source: 'bp' });
    await solve();
    expect(asked).toBe(0);
    expect(await facts()).toEqual([]);
  });

  it('writes the answer once when the process ends while it is written', async () => {
    said = { outcome: 'absent', system: 'bp', ref: null, proof: true };
    const broken = withMessages({
      ask: async () => said as TargetSaid,
      vanished: async (tx, fact) => {
        await messages.registers.vanished(tx, fact);
        throw new Error('the process ended here');
      },
    });
    sets[RESULTS] = [];
    now += MINUTE;
    await expect(broken.read('bp')).rejects.toThrow('ended');
    expect(await facts()).toEqual([]);
    now += 5 * MINUTE;
    await registers.read('bp');
    expect(await facts()).toEqual(['verified_absent', 'register_gone']);
  });

  it('asks ten at most in one pass', async () => {
    sets[RESULTS] = Array.from({ length: 25 }, (_, index) =>
      problem({
        ПроблемныйОбъект: `8d1d7287-6240-11f1-9296-0800276100${String(index).padStart(2, '0')}`,
        КлючУникальности: `k${index}`,
      }),
    );
    now += MINUTE;
    await registers.read('bp');
    asked = 0;
    await solve();
    expect(asked).toBe(10);
    now += MINUTE;
    await registers.read('bp');
    now += MINUTE;
    await registers.read('bp');
    now += MINUTE;
    await registers.read('bp');
    expect(asked).toBe(25);
  });
});

it('problems of a flow that carries people become failures without names and words', async () => {
  sets[INTEGRATION] = [
    {
      ИдентификаторОбъекта: SALE,
      УчетнаяСистема: 'VK HR Tek',
      Состояние: 'Ошибка',
      Описание: 'Отпуск Кузнецова Анна: не заполнен СНИЛС 112-233-445 95',
    },
  ];
  sets[RESULTS] = [];
  await registers.read('zup');
  expect(await deliveries()).toMatchObject([
    { state: 'failed', error: { class: 'validation', text: 'Отпуск ‹…›: не заполнен СНИЛС ‹…›' } },
  ]);
  const kept = await sql<{ all: string }>`
    select (select jsonb_agg(to_jsonb(d)) from delivery d)::text || (select jsonb_agg(to_jsonb(e)) from exchange_event e)::text
      || (select jsonb_agg(to_jsonb(c)) from failure_cause c)::text as all`.execute(database.db);
  expect(kept.rows[0]?.all).not.toMatch(/Кузнецова|112-233/);
  const [delivery] = await deliveries();
  expect(JSON.stringify(await readStory(storyDeps, delivery?.id ?? ''))).not.toMatch(/Кузнецова|112-233/);
});

describe('an object that did not reach a system outside 1С', () => {
  const row = (text: string) => ({
    ИдентификаторОбъекта: LEAVE,
    УчетнаяСистема: 'VK HR Tek',
    Состояние: 'Ошибка',
    Описание: text,
  });
  const shown = async () => (await registers.view({ skipped: 'false', system: 'zup' })).problems[0]?.object;
  beforeEach(() => {
    // With nothing in its memory of what an earlier test asked in vain.
    registers = withMessages();
    sets[RESULTS] = [];
  });

  it('is called by the document that its description begins with', async () => {
    sets[INTEGRATION] = [row('Отпуск 0000-000041: сотрудник не подписал документ за 5 дней')];
    await registers.read('zup');
    expect(await deliveries()).toMatchObject([{ type: 'Отпуск', number: '0000-000041' }]);
    expect(await shown()).toMatchObject({ type: 'Отпуск', number: '0000-000041', presentation: 'Отпуск 0000-000041' });
  });

  it('is called by the document that the base has under its reference, which is asked for once', async () => {
    sets[INTEGRATION] = [row('не подписан')];
    sets.Document_Отпуск = [{ Ref_Key: LEAVE, Number: '0000-000042 ', Date: '2026-11-20T10:00:00' }];
    const seen = () => server.seen.filter(({ url }) => decodeURI(url).includes('/Document_Отпуск')).length;
    const before = seen();
    await registers.read('zup');
    expect(await deliveries()).toMatchObject([{ type: 'Отпуск', number: '0000-000042' }]);
    now += MINUTE;
    await registers.read('zup');
    expect(seen()).toBe(before + 1);
    expect(await shown()).toMatchObject({
      type: 'Документ.Отпуск',
      number: '0000-000042',
      date: '2026-11-20T07:00:00.000Z',
      link: expect.stringContaining(encodeURIComponent('Документ.Отпуск')),
    });
  });

  it('keeps its identifier where nobody can say what it is', async () => {
    sets[INTEGRATION] = [row('не подписан')];
    await registers.read('zup');
    expect(await deliveries()).toMatchObject([{ type: 'Объект', number: LEAVE }]);
    expect(await shown()).toMatchObject({ type: null, number: null, ref: LEAVE });
  });

  it('is never called by a name or a number of a person that its description begins with', async () => {
    for (const text of [
      'Лаптева 0000-00041: не найден СНИЛС',
      'Паспорт 4510123456: не действителен',
      'Телефон 79001234567: не отвечает',
      'Снилс 99887766500: не найден',
      'Сотрудник 0000-00008: не заполнен СНИЛС',
    ]) {
      sets[INTEGRATION] = [row(text)];
      now += MINUTE;
      await registers.read('zup');
      expect(await deliveries()).toMatchObject([{ type: 'Объект', number: LEAVE }]);
      expect(JSON.stringify(await shown())).not.toMatch(/Лаптева|4510123456|79001234567|99887766500|00008/);
    }
  });

  it('stays nameless where a kind of document cannot be asked: the reading goes on, other kinds are asked', async () => {
    sets[INTEGRATION] = [row('не подписан')];
    sets.Document_Отпуск = [{ Ref_Key: LEAVE, Number: '0000-000042', Date: '2026-99-99T10:00:00' }];
    server.answer((request) =>
      decodeURI(request.url).includes('/Document_ПриемНаРаботу') ? { status: 500, body: 'fault' } : answer(request),
    );
    await registers.read('zup');
    server.answer(answer);
    expect((await registers.bases()).find(({ systemId }) => systemId === 'zup')).toMatchObject({
      error: null,
      problems: 1,
    });
    expect(await shown()).toMatchObject({ type: 'Документ.Отпуск', number: '0000-000042', date: null });
  });

  it('that cannot be named keeps no other one from being asked about, and is asked again after growing pauses', async () => {
    const refOf = (index: number) => `25d27b46-469d-11f1-58b0-${String(index).padStart(12, '0')}`;
    sets[INTEGRATION] = Array.from({ length: 41 }, (_, index) => ({
      ...row('не подписан'),
      ИдентификаторОбъекта: refOf(index),
    }));
    sets.Document_Отпуск = [];
    const timesAsked = (ref: string) =>
      server.seen.filter(({ url }) => decodeURIComponent(url).includes('/Document_Отпуск') && url.includes(ref)).length;
    await registers.read('zup');
    expect([timesAsked(refOf(0)), timesAsked(refOf(40))].toSorted()).toContain(1);
    now += MINUTE;
    await registers.read('zup');
    for (let index = 0; index < 41; index += 1) expect(timesAsked(refOf(index))).toBeGreaterThan(0);
    const before = timesAsked(refOf(0));
    for (let minute = 0; minute < 60; minute += 1) {
      now += MINUTE;
      await registers.read('zup');
    }
    expect(timesAsked(refOf(0)) - before).toBeGreaterThan(2);
    expect(timesAsked(refOf(0)) - before).toBeLessThan(7);
  });
});
