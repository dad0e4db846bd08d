import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { createIntake } from '../intake.ts';
import { listMessages } from '../lists.ts';
import { closeQuarantined, listQuarantine } from '../quarantine.ts';
import {
  BUYER,
  createFolders,
  ediFlow,
  type FolderWorld,
  noticeText,
  orderText,
  responseText,
} from '../testing/edi-files.ts';
import { originalOf } from './store.ts';
import { type FileIntakeDeps, takeFiles } from './take.ts';

/** Files of the exchange become deliveries, on the real database and in real folders. */

let database: TestDatabase;
let folders: FolderWorld;
let now = Date.now();
let partialShipment = false;
const clock = { now: () => now };
const person = {
  kind: 'person',
  userId: 'ops',
  name: 'Нечаева Ольга',
  email: null,
  roles: ['ops'],
  permissions: [],
  sessionId: 's',
} as const;
const deps = (): FileIntakeDeps & { downSince: () => null } => ({
  db: database.db,
  flows: new Map([['edi-orders', ediFlow(partialShipment)]]),
  clock,
  live: { announce: () => undefined },
  filesOf: () => folders.client,
  downSince: () => null,
});

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  now = Date.now();
  partialShipment = false;
  await sql`truncate delivery, exchange_event, delivery_fact, message_payload, failure_cause, failure_cause_note, rollup_minute,
    rollup_latency, rollup_cause, rollup_hour, rollup_latency_day, rollup_cause_day, quarantine_event, system_report, heartbeat,
    exchange_file, edi_answer`.execute(database.db);
  folders = createFolders(clock);
  return () => folders.remove();
});

async function take(): Promise<void> {
  for (let look = 0; look < 2; look += 1) {
    await takeFiles(deps(), 'edi');
    now += 1_000;
  }
}
const messages = async () =>
  (await listMessages(deps(), { sort: 'oldest', limit: 50 })).rows.map((row) => ({
    number: row.key.number,
    state: row.state,
    counterparty: row.counterparty?.name ?? null,
    amount: row.amount,
    error: row.error?.text ?? null,
    class: row.error?.class ?? null,
  }));
const quarantined = async () => (await listQuarantine(deps(), { limit: 50, withContent: true })).rows;

describe('orders', () => {
  it.each(['exite', 'kontur'] as const)(
    'of the dialect %s are sent messages with their sum and their chain',
    async (dialect) => {
      folders.put('order_1.xml', orderText({ number: '77', dialect }));
      await take();
      expect(await messages()).toMatchObject([
        {
          number: '77',
          state: 'sent',
          counterparty: 'Сеть «Домострой»',
          amount: dialect === 'exite' ? '1250.5' : '1220',
        },
      ]);
      expect(readdirSync(join(folders.root, 'archive')).length).toBe(1);
    },
  );

  it('are one message however often their file comes and under whatever name', async () => {
    for (const name of ['a.xml', 'a.xml', 'b.xml']) {
      folders.put(name, orderText({ number: '77' }));
      await take();
    }
    expect(await messages()).toHaveLength(1);
  });

  it('keep the bytes as the chain wrote them, to be sent again', async () => {
    folders.put('order_1.xml', orderText({ number: '77' }));
    await take();
    const original = await originalOf(database.db, {
      flow: 'edi-orders',
      messageId: '4607164999995:77:2026-11-24',
      consumer: 'ut',
    });
    expect(original?.name).toBe('order_1.xml');
    expect(new TextDecoder('windows-1251').decode(original?.bytes)).toBe(orderText({ number: '77' }));
  });

  it('that the chain replaced end with these words, in whatever order the files come, and the newest stays open', async () => {
    const began = now - 60_000;
    const versions = [
      ['a.xml', orderText({ number: '77' })],
      ['b.xml', orderText({ number: '77', docType: 'R', quantity: '5' })],
      ['c.xml', orderText({ number: '77', docType: 'R', quantity: '4' })],
      ['d.xml', orderText({ number: '78' })],
    ] as const;
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 0, 1, 2], { minLength: 7 }), async (order) => {
        await sql`truncate delivery, exchange_event, delivery_fact, message_payload, exchange_file`.execute(
          database.db,
        );
        for (const index of order) {
          const [name, text] = versions[index] ?? versions[0];
          folders.put(name, text);
          const written = new Date(began + index * 1_000);
          utimesSync(join(folders.root, 'inbox', name), written, written);
          await take();
        }
        expect((await messages()).map(({ number, amount, state }) => [number, amount, state]).sort()).toEqual(
          [
            ['77', '518.5', 'sent'],
            ['77', '640.5', 'discarded'],
            ['77', '1250.5', 'discarded'],
            ['78', '1250.5', 'sent'],
          ].sort(),
        );
        const { rows } = await sql`select distinct on (delivery_id) text from delivery_fact where kind = 'discarded'
          order by delivery_id, id desc`.execute(database.db);
        for (const row of rows)
          expect(row).toEqual({ text: expect.stringMatching(/^Заменён заказом сети: файл [bc].xml$/) });
      }),
      { numRuns: 8 },
    );
  });

  it('that the accounting system took before they were replaced stay applied', async () => {
    folders.put('a.xml', orderText({ number: '77' }));
    await take();
    folders.put('answer.xml', responseText('77', ['10', '2.5'], '29'));
    await take();
    folders.put('b.xml', orderText({ number: '77', docType: 'R', quantity: '5' }));
    await take();
    expect((await messages()).map(({ state }) => state).sort()).toEqual(['applied', 'sent']);
  });

  it('that the chain took back have failed with these words', async () => {
    folders.put('a.xml', orderText({ number: '77' }));
    await take();
    folders.put('b.xml', orderText({ number: '77', docType: 'D' }));
    await take();
    expect(await messages()).toMatchObject([
      { state: 'failed', class: 'business', error: 'Сеть отозвала заказ 77 от 2026-11-24' },
    ]);
  });
});

describe('answers', () => {
  it('of the accounting system are proof that it processed the order', async () => {
    folders.put('a.xml', orderText({ number: '77' }));
    folders.put('r.xml', responseText('77', ['10', '2.5'], '29'));
    await take();
    expect(await messages()).toMatchObject([{ number: '77', state: 'applied' }]);
  });

  it('that refuse the whole order are proof, too', async () => {
    folders.put('a.xml', orderText({ number: '77' }));
    folders.put('r.xml', responseText('77', ['0', '0'], '27'));
    await take();
    expect(await messages()).toMatchObject([{ state: 'applied' }]);
  });

  it('that are partial have failed while the flow carries no parts, with a cause of their own', async () => {
    folders.put('a.xml', orderText({ number: '77' }));
    folders.put('r.xml', responseText('77', ['4', '2.5'], '4'));
    await take();
    expect(await messages()).toMatchObject([
      {
        state: 'failed',
        class: 'business',
        error: expect.stringMatching(/^Сеть получила частичный ответ, а поток его не разрешает/),
      },
    ]);
  });

  it('that are partial are proof where the flow carries parts', async () => {
    partialShipment = true;
    folders.put('a.xml', orderText({ number: '77' }));
    folders.put('r.xml', responseText('77', ['4', '2.5'], '4'));
    await take();
    expect(await messages()).toMatchObject([{ state: 'applied' }]);
  });

  it('that overtake the copy of their order are taken as they are', async () => {
    folders.put('r.xml', responseText('77', ['10', '2.5'], '29'));
    await take();
    folders.put('a.xml', orderText({ number: '77' }));
    await take();
    expect(await messages()).toMatchObject([{ number: '77', state: 'applied', amount: '1250.5' }]);
  });

  it('to an order that nobody knows wait in quarantine', async () => {
    folders.put('r.xml', responseText('77', ['10', '2.5'], '29', '0000-00-00'));
    await take();
    expect(await messages()).toEqual([]);
    expect(await quarantined()).toMatchObject([
      { reason: 'file', issues: [{ path: 'r.xml', message: expect.stringContaining('которого Пульт не видел') }] },
    ]);
  });
});

describe('notices', () => {
  it('that refuse an order make it fail with their words', async () => {
    folders.put('order_1.xml', orderText({ number: '77' }));
    await take();
    folders.put('status.xml', noticeText('order_1.xml', '2', 'Товар со штрихкодом 4603450930284 не найден'));
    await take();
    expect(await messages()).toMatchObject([
      { state: 'failed', class: 'mapping', error: 'Товар со штрихкодом 4603450930284 не найден' },
    ]);
  });
  it('that something arrived well change nothing', async () => {
    folders.put('order_1.xml', orderText({ number: '77' }));
    folders.put('status.xml', noticeText('order_1.xml', '0', 'Доставлено'));
    await take();
    expect(await messages()).toMatchObject([{ state: 'sent' }]);
  });
});

describe('files that cannot be read', () => {
  it.each([
    ['half.xml', orderText({ number: '77' }).slice(0, 200), 'utf-8', /не дописан/],
    ['bomb.xml', '<!DOCTYPE a [<!ENTITY b "c">]><ORDER>&b;</ORDER>', 'utf-8', /DOCTYPE/],
    [
      'lie.xml',
      orderText({ number: '77' }).replace('арт-1', 'артикул'),
      'utf-8',
      /объявлена windows-1251, на деле utf-8/,
    ],
    ['bad.xml', orderText({ number: '' }), 'windows-1251', /нет поля: NUMBER/],
  ] as const)(
    '%s waits in quarantine with its reason, and lies beside it in the folder',
    async (name, text, encoding, words) => {
      folders.put(name, text, encoding);
      await take();
      now += 60_000;
      await take();
      const [row] = await quarantined();
      expect(row).toMatchObject({ systemId: 'edi', reason: 'file', eventType: 'file' });
      expect(row?.issues.map(({ message }) => message).join('; ')).toMatch(words);
      expect(readdirSync(join(folders.root, 'rejected')).sort()).toEqual([
        name,
        expect.stringContaining('.reason.txt'),
      ]);
      expect(await messages()).toEqual([]);
    },
  );

  it.each([
    ['zeros in its declaration', '<?xml version="1.0" encoding="win\0dows"?><ORDER/>', /нулевые байты/],
    ['zeros in the place of bytes', orderText({ number: '7\0\0' }), /нулевые байты/],
    [
      'half a character where it is quoted',
      orderText({ number: '77' }).replaceAll(BUYER, `${'1'.repeat(39)}😀`),
      /не GLN/,
    ],
  ])('do not hold up those behind them: %s', async (_what, text, words) => {
    folders.put('a.xml', text, 'utf-8');
    folders.put('b.xml', orderText({ number: '78' }));
    folders.put('c.xml', orderText({ number: '79' }));
    now += 61_000;
    await take();
    now += 61_000;
    await take();
    expect((await messages()).map(({ number }) => number).sort()).toEqual(['78', '79']);
    const [row] = await quarantined();
    expect(row?.issues.map(({ message }) => message).join('; ')).toMatch(words);
    expect(readdirSync(join(folders.root, 'inbox')).filter((name) => !name.startsWith('.'))).toEqual([]);
    expect(readdirSync(join(folders.root, 'inbox', '.pult-work'))).toEqual([]);
  });

  it('wait for a person when the database refuses what is in them, and those behind them go on', async () => {
    await sql`alter table exchange_file add constraint refused check (number is distinct from '77')`.execute(
      database.db,
    );
    folders.put('a.xml', orderText({ number: '77' }));
    folders.put('b.xml', orderText({ number: '78' }));
    await take();
    await sql`alter table exchange_file drop constraint refused`.execute(database.db);
    expect(await messages()).toMatchObject([{ number: '78', state: 'sent' }]);
    const [row] = await quarantined();
    expect(row?.issues).toMatchObject([{ path: 'a.xml', message: expect.stringContaining('не записывается') }]);
    const replay = {
      eventId: row?.id ?? '',
      verb: 'replay',
      reason: undefined,
      actor: person,
      requestId: 'r',
    } as const;
    expect(await closeQuarantined(deps(), replay)).toBe('accepted');
    expect(await messages()).toHaveLength(2);
  });

  it('can be read again by their bytes when a person says so', async () => {
    folders.put('lie.xml', orderText({ number: '77' }), 'utf-8');
    await take();
    const [row] = await quarantined();
    const replay = {
      eventId: row?.id ?? '',
      verb: 'replay',
      reason: 'кодировку проверил',
      actor: person,
      requestId: 'r',
    } as const;
    expect(await closeQuarantined(deps(), replay)).toBe('accepted');
    expect(await messages()).toMatchObject([{ number: '77', state: 'sent' }]);
    expect(await quarantined()).toEqual([]);
  });

  it.each([
    ['too large', (letter: string) => `<ORDER>${letter.repeat(65 * 1024)}</ORDER>`],
    ['empty', () => ''],
  ])('wait each for a person, also under one name without content: %s', async (_what, text) => {
    for (const [index, letter] of ['a', 'b'].entries()) {
      folders.put('prices.xml', text(letter));
      utimesSync(join(folders.root, 'inbox', 'prices.xml'), index + 1, index + 1);
      await take();
      now += 61_000;
      await take();
      expect(await quarantined()).toHaveLength(1);
      expect((await quarantined())[0]?.issues[0]?.message).not.toContain('уже прочитан');
      await sql`update quarantine_event set closed_at = now()`.execute(database.db);
    }
  });

  it('stay in quarantine when reading them again finds the same', async () => {
    folders.put('bad.xml', orderText({ number: '' }));
    await take();
    const [row] = await quarantined();
    expect(
      await closeQuarantined(deps(), {
        eventId: row?.id ?? '',
        verb: 'replay',
        reason: undefined,
        actor: person,
        requestId: 'r',
      }),
    ).toBe('quarantined');
    expect(await quarantined()).toHaveLength(1);
  });
});

it('ends in the same state in whatever order the files come, each of them twice', async () => {
  const files = [
    ['order.xml', orderText({ number: '77' })],
    ['answer.xml', responseText('77', ['10', '2.5'], '29')],
    ['status.xml', noticeText('order.xml', '0', 'Доставлено')],
  ] as const;
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 0, 1, 2], { minLength: 6 }), async (order) => {
      await sql`truncate delivery, exchange_event, delivery_fact, message_payload, exchange_file, edi_answer, quarantine_event`.execute(
        database.db,
      );
      for (const index of order) {
        const [name, text] = files[index] ?? files[0];
        folders.put(name, text);
        await take();
      }
      expect(await messages()).toMatchObject([{ number: '77', state: 'applied', amount: '1250.5' }]);
    }),
    { numRuns: 12 },
  );
});

it('keeps the attempt that an operation has opened: its news are about the present one', async () => {
  folders.put('order_1.xml', orderText({ number: '77' }));
  await take();
  const intake = createIntake(deps());
  await intake.accept(
    {
      specversion: '1.0',
      id: 'second-try',
      source: 'edi',
      type: 'exchange.sent',
      time: new Date(now).toISOString(),
      data: {
        flow: 'edi-orders',
        consumer: 'ut',
        attempt: 2,
        message: { id: '4607164999995:77:2026-11-24', key: { type: 'ЗаказСети', number: '77' } },
      },
    },
    'edi',
  );
  now += 1_000;
  folders.put('status.xml', noticeText('order_1.xml', '2', 'Не удалось провести документ'));
  await take();
  expect((await listMessages(deps(), { sort: 'newest', limit: 1 })).rows[0]).toMatchObject({
    state: 'failed',
    attempt: 2,
  });
});
