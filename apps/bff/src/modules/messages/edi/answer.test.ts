import { copyFileSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { type EdiOrderView, ediEndpoints } from '@pult/shared/contracts/edi';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { type GuardedServer, serveGuarded } from '../../../platform/http/testing/guarded-server.ts';
import { takeFiles } from '../file-intake/take.ts';
import { closeQuarantined } from '../quarantine.ts';
import { readStory } from '../story.ts';
import { createFolders, ediFlow, type FolderWorld, noticeText, orderText, responseText } from '../testing/edi-files.ts';
import { dropAnswers } from './outbox.ts';
import { createEdiRoutes } from './routes.ts';

/** Answers behind the real guard, on the real database, into real folders. */

let database: TestDatabase;
let folders: FolderWorld;
let server: GuardedServer;
let now = Date.now();
let partialShipment = false;
/** The audit only grows. */
let auditBefore = 0;
const clock = { now: () => now };
const deps = () => ({
  db: database.db,
  flows: new Map([['edi-orders', ediFlow(partialShipment)]]),
  clock,
  live: { announce: () => undefined },
  filesOf: () => folders.client,
});

beforeAll(async () => {
  database = await createTestDatabase();
  const routes = createEdiRoutes({
    ...deps(),
    get flows() {
      return deps().flows;
    },
    filesOf: () => folders.client,
  });
  server = await serveGuarded({ routes, endpoints: [...ediEndpoints] });
});
afterAll(async () => {
  await server.close();
  await database.close();
});
beforeEach(async () => {
  now = Date.now();
  partialShipment = false;
  await sql`truncate delivery, exchange_event, delivery_fact, message_payload, quarantine_event, exchange_file, edi_answer`.execute(
    database.db,
  );
  auditBefore += await audited();
  folders = createFolders(clock);
  return () => folders.remove();
});

async function take(): Promise<void> {
  for (let look = 0; look < 2; look += 1) {
    await takeFiles(deps(), 'edi');
    now += 1_000;
  }
}
async function orderId(number = '77', dialect: 'exite' | 'kontur' = 'exite'): Promise<string> {
  folders.put(`order_${number}.xml`, orderText({ number, dialect }));
  await take();
  const { rows } = await sql<{ id: string }>`select id from delivery where key_number = ${number}`.execute(database.db);
  return rows[0]?.id ?? '';
}
async function call(path: string, body?: unknown, who = 'ops') {
  const reply = await server.call(who, body === undefined ? 'GET' : 'POST', path, body);
  return {
    status: reply.status,
    body: reply.body as { code?: string; data?: Record<string, unknown> } & Partial<EdiOrderView> & {
        text?: string;
        fileName?: string;
      },
  };
}
const OPERATOR = {
  kind: 'person',
  userId: 'ops',
  name: 'ops',
  email: null,
  roles: ['ops'],
  permissions: [],
  sessionId: 's',
} as const;
const CANCEL = { wish: { kind: 'cancel' }, reason: 'no_stock', comment: '' };
const view = async (id: string) => (await call(`/api/messages/${id}/edi`)).body;
const responded = (): string[] => readdirSync(join(folders.root, 'respond'));
const audited = async (): Promise<number> => {
  const { rows } = await sql<{
    n: number;
  }>`select count(*)::int as n from audit_entry where action = 'edi.answer'`.execute(database.db);
  return (rows[0]?.n ?? 0) - auditBefore;
};

const storyOf = (id: string) =>
  readStory(
    {
      db: database.db,
      flows: deps().flows,
      clock,
      downSince: () => null,
      withoutConsumer: () => null,
      approvalOf: async () => null,
      operationsOf: async () => new Map(),
    },
    id,
  );

describe('a whole cancellation', () => {
  it('is shown before, stored once with its audit, and lies in the folder of the provider in the encoding of the order', async () => {
    const id = await orderId();
    const preview = await call(`/api/messages/${id}/edi/preview`, CANCEL);
    expect(preview).toMatchObject({
      status: 200,
      body: {
        encoding: 'windows-1251',
        effect: { verdict: 'rejected', acceptedPieces: '0', orderedAmount: '1250.50' },
      },
    });
    const answered = await call(`/api/messages/${id}/edi/answer`, CANCEL);
    expect(answered).toMatchObject({
      status: 201,
      body: { answer: { allowed: false, reason: 'answered' }, sending: { state: 'waiting' } },
    });
    expect(await audited()).toBe(1);
    await dropAnswers(deps());
    expect(responded()).toEqual([preview.body.fileName]);
    const text = new TextDecoder('windows-1251').decode(
      readFileSync(join(folders.root, 'respond', responded()[0] ?? '')),
    );
    expect(text).toBe(preview.body.text);
    expect(text).toContain('<REASONINFO>Нет на складе</REASONINFO>');
    expect((await view(id)).sending).toMatchObject({ state: 'dropped', error: null });
  });

  /** The provider takes the answer of Pult; its copy passes. */
  const taken = async (): Promise<string> => {
    await dropAnswers(deps());
    const name = responded()[0] ?? '';
    renameSync(join(folders.root, 'respond', name), join(folders.root, 'inbox', name));
    await take();
    return name;
  };
  const stateOfOrder = async (id: string) =>
    (
      await sql<{ state: string; attempt: number; applied_at: Date | null }>`
        select state, attempt, applied_at from delivery where id = ${id}`.execute(database.db)
    ).rows[0];

  it('is known to be taken when its copy passes, and closes the order without calling it processed', async () => {
    const id = await orderId('78', 'kontur');
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await taken();
    const { sending, answers, answer } = await view(id);
    expect(sending?.state).toBe('seen');
    expect(answer).toEqual({ allowed: false, reason: 'answered' });
    expect(answers).toMatchObject([{ by: 'pult', who: 'ops', verdict: 'rejected' }]);
    expect(await stateOfOrder(id)).toMatchObject({ state: 'discarded', applied_at: null });
  });

  it('leaves the attempt that the accounting system refused as it was, and says who closed the order and why', async () => {
    const id = await orderId();
    folders.put('status.xml', noticeText('order_77.xml', '4', 'Не найдена номенклатура по штрихкоду'));
    await take();
    const before = await storyOf(id);
    expect(before.attempts).toMatchObject([{ number: 1, outcome: 'failed' }]);
    expect(before.track.at(-1)).toMatchObject({ state: 'failed', who: 'ut' });
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await taken();
    const after = await storyOf(id);
    expect(after.attempts).toEqual(before.attempts);
    expect(after.row.state).toBe('discarded');
    expect(after.facts).toMatchObject([
      { kind: 'discarded', actor: 'ops', text: 'Закрыто отказом сети: Нет на складе', at: expect.any(String) },
    ]);
  });

  it('gives way to the accounting system when that took the order after all', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await taken();
    folders.put('r.xml', responseText('77', ['10', '2.5'], '29'));
    await take();
    expect(await stateOfOrder(id)).toMatchObject({ state: 'applied' });
  });

  it('that the chain refused opens the order again, as it was', async () => {
    const id = await orderId();
    folders.put('status.xml', noticeText('order_77.xml', '4', 'Не найдена номенклатура по штрихкоду'));
    await take();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    const name = await taken();
    folders.put('status2.xml', noticeText(name, '4', 'Ответ не принят сетью', 'ORDRSP'));
    await take();
    expect(await stateOfOrder(id)).toMatchObject({ state: 'failed', attempt: 1 });
  });

  it('needs words where the reason says nothing', async () => {
    const id = await orderId();
    const asked = await call(`/api/messages/${id}/edi/answer`, { ...CANCEL, reason: 'other' });
    expect(asked).toMatchObject({
      status: 400,
      body: { code: 'edi.answer_invalid', data: { problems: [{ code: 'comment_required' }] } },
    });
    expect(await audited()).toBe(0);
  });
});

describe('an answer line by line', () => {
  const LINES = { wish: { kind: 'lines', accepted: { '1': '4', '2': '0' } }, reason: 'no_stock', comment: '' };
  it('is refused while the flow carries no parts', async () => {
    const id = await orderId();
    expect(await call(`/api/messages/${id}/edi/answer`, LINES)).toMatchObject({
      status: 400,
      body: { data: { problems: [{ code: 'partial_not_allowed' }] } },
    });
  });
  it('says its effect in pieces and roubles where the flow carries parts', async () => {
    partialShipment = true;
    const id = await orderId();
    const answered = await call(`/api/messages/${id}/edi/answer`, LINES);
    expect(answered).toMatchObject({
      status: 201,
      body: {
        answers: [
          {
            verdict: 'changed',
            effect: { acceptedPieces: '4', acceptedAmount: '488.00', changedLines: 1, rejectedLines: 1 },
          },
        ],
      },
    });
  });
  it('names every line that is wrong', async () => {
    partialShipment = true;
    const id = await orderId();
    const asked = await call(`/api/messages/${id}/edi/preview`, {
      ...LINES,
      wish: { kind: 'lines', accepted: { '1': '11', '9': '1' } },
    });
    expect(asked.body.data?.problems).toHaveLength(3);
  });
});

it('answers orders whose long or Cyrillic numbers begin alike under numbers and names of their own', async () => {
  const numbers = ['2026-11-24/ЗК-000000001', '2026-11-24/ЗП-000000001', '2026-11-24/ЗК-000000002'];
  for (const number of numbers) {
    folders.put(`order_${numbers.indexOf(number)}.xml`, orderText({ number }));
    await take();
    const { rows } = await sql<{ id: string }>`select id from delivery where key_number = ${number}`.execute(
      database.db,
    );
    expect((await call(`/api/messages/${rows[0]?.id}/edi/answer`, CANCEL)).status).toBe(201);
  }
  await dropAnswers(deps());
  expect(new Set(responded()).size).toBe(3);
  const { rows } = await sql<{ number: string }>`select document ->> 'number' as number from edi_answer`.execute(
    database.db,
  );
  expect(new Set(rows.map(({ number }) => number)).size).toBe(3);
  for (const { number } of rows) expect(number.length).toBeLessThanOrEqual(16);
});

it.each([
  { zone: 'Europe/Moscow', day: '2026-11-24' },
  { zone: 'Asia/Omsk', day: '2026-11-25' },
])('an answer bears the day of the system that exchanges the files: $zone', async ({ zone, day }) => {
  const id = await orderId();
  folders.remove();
  folders = createFolders(clock, { zone });
  now = Date.parse('2026-11-24T19:00:00Z');
  const { body } = await call(`/api/messages/${id}/edi/preview`, CANCEL);
  expect(body.text?.replaceAll(/>\s+</g, '><')).toContain(`</NUMBER><DATE>${day}</DATE>`);
});

describe('one answer per order', () => {
  it('is kept when two people press at once: the second hears who was first', async () => {
    const id = await orderId();
    const both = await Promise.all([
      call(`/api/messages/${id}/edi/answer`, CANCEL, 'ops-1'),
      call(`/api/messages/${id}/edi/answer`, CANCEL, 'ops-2'),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([201, 409]);
    const second = both.find(({ status }) => status === 409);
    expect(second?.body).toMatchObject({
      code: 'edi.already_answered',
      data: { by: expect.stringMatching(/^ops-[12]$/), at: expect.any(String) },
    });
    expect(await audited()).toBe(1);
    await dropAnswers(deps());
    expect(responded()).toHaveLength(1);
  });

  it('is refused when the accounting system has answered', async () => {
    const id = await orderId();
    folders.put('r.xml', responseText('77', ['10', '2.5'], '29'));
    await take();
    expect(await call(`/api/messages/${id}/edi/answer`, CANCEL)).toMatchObject({
      status: 409,
      body: { code: 'edi.already_answered', data: { by: null } },
    });
    expect((await view(id)).answers).toMatchObject([
      { by: 'target', verdict: 'accepted', effect: { acceptedPieces: '12.5' } },
    ]);
  });

  it('does not leave when the accounting system answers before it went', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    folders.put('r.xml', responseText('77', ['10', '2.5'], '29'));
    await take();
    await dropAnswers(deps());
    expect(responded()).toEqual([]);
    expect((await view(id)).sending?.state).toBe('withdrawn');
  });

  it('does not leave when the accounting system answers while others of the same round are dropped', async () => {
    const ids = new Map<string, string>();
    for (const number of ['77', '78']) {
      const id = await orderId(number);
      ids.set(number, id);
      await call(`/api/messages/${id}/edi/answer`, CANCEL);
    }
    const { client } = folders;
    let answered = '';
    const slow = {
      ...client,
      drop: async (...file: Parameters<typeof client.drop>) => {
        if (answered === '') {
          answered = file[1].includes('_77_') ? '78' : '77';
          folders.put('r.xml', responseText(answered, ['10', '2.5'], '29'));
          await take();
        }
        return client.drop(...file);
      },
    };
    await dropAnswers({ ...deps(), filesOf: () => slow });
    expect(responded()).toHaveLength(1);
    expect(responded()[0]).not.toContain(`_${answered}_`);
    expect((await view(ids.get(answered) ?? '')).sending?.state).toBe('withdrawn');
  });

  it('does not leave when the answer of the accounting system is taken out of the quarantine before it went', async () => {
    const id = await orderId();
    folders.put(
      'r.xml',
      responseText('77', ['10', '2.5'], '29').replace('utf-8', 'windows-1251').replace('R77', 'Р77'),
      'utf-8',
    );
    await take();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    const { rows } = await sql<{ id: string }>`select id from quarantine_event where closed_at is null`.execute(
      database.db,
    );
    expect(
      await closeQuarantined(
        { ...deps(), downSince: () => null },
        { eventId: rows[0]?.id ?? '', verb: 'replay', reason: undefined, actor: OPERATOR, requestId: 'r' },
      ),
    ).toBe('accepted');
    await dropAnswers(deps());
    expect(responded()).toEqual([]);
    expect((await view(id)).sending?.state).toBe('withdrawn');
  });

  it('is told as gone when it left in the moment in which the accounting system answered', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    const { client } = folders;
    const late = {
      ...client,
      drop: async (...file: Parameters<typeof client.drop>) => {
        const placed = await client.drop(...file);
        folders.put('r.xml', responseText('77', ['10', '2.5'], '29'));
        await take();
        return placed;
      },
    };
    await dropAnswers({ ...deps(), filesOf: () => late });
    expect((await view(id)).sending?.state).toBe('dropped');
  });

  it('waits while an operation sends the order', async () => {
    const id = await orderId();
    await sql`update delivery set state = 'retrying' where id = ${id}`.execute(database.db);
    expect(await call(`/api/messages/${id}/edi/answer`, CANCEL)).toMatchObject({
      status: 409,
      body: { code: 'edi.order_busy' },
    });
  });
});

describe('the way out', () => {
  it('is tried again while the folder is away, and says why it waits', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    renameSync(join(folders.root, 'respond'), join(folders.root, 'away'));
    await dropAnswers(deps());
    expect((await view(id)).sending).toMatchObject({
      state: 'waiting',
      attempts: 1,
      error: { code: 'source.unreachable' },
    });
    renameSync(join(folders.root, 'away'), join(folders.root, 'respond'));
    now += 60_000;
    await dropAnswers(deps());
    expect((await view(id)).sending?.state).toBe('dropped');
  });

  it('drops one file when a worker dies behind the drop and the next one does it again', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await dropAnswers(deps());
    await sql`update edi_answer set state = 'waiting', next_at = now() - interval '1 hour'`.execute(database.db);
    now += 3_600_000;
    await dropAnswers(deps());
    expect(responded()).toHaveLength(1);
    expect((await view(id)).sending?.state).toBe('dropped');
  });

  it('tells that the chain refused the answer', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await dropAnswers(deps());
    const name = responded()[0] ?? '';
    copyFileSync(join(folders.root, 'respond', name), join(folders.root, 'inbox', name));
    await take();
    folders.put('status.xml', noticeText(name, '4', 'Ответ не принят сетью', 'ORDRSP'));
    await take();
    expect((await view(id)).sending).toMatchObject({ state: 'refused', error: { text: 'Ответ не принят сетью' } });
  });

  /** A worker that is killed right behind the file operation: nothing of what it knew is written down. */
  const killedBehindTheDrop = async (): Promise<void> => {
    const { client } = folders;
    const dying = {
      ...client,
      drop: async (...file: Parameters<typeof client.drop>) => {
        await client.drop(...file);
        throw new Error('killed');
      },
    };
    await expect(dropAnswers({ ...deps(), filesOf: () => dying })).rejects.toThrow('killed');
  };

  it('reaches the chain once when the provider takes the file of a worker that died behind the drop', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await killedBehindTheDrop();
    const name = responded()[0] ?? '';
    renameSync(join(folders.root, 'respond', name), join(folders.root, 'taken'));
    now += 61_000;
    await dropAnswers(deps());
    expect(responded()).toEqual([]);
    expect((await view(id)).sending).toMatchObject({ state: 'waiting', error: { code: 'edi.maybe_taken' } });
    renameSync(join(folders.root, 'taken'), join(folders.root, 'inbox', name));
    await take();
    now += 3_600_000;
    await dropAnswers(deps());
    expect(responded()).toEqual([]);
    expect((await view(id)).sending).toMatchObject({ state: 'seen', error: null });
  });

  it('is known to lie there when a worker died behind the drop and nobody took the file', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await killedBehindTheDrop();
    now += 61_000;
    await dropAnswers(deps());
    expect(responded()).toHaveLength(1);
    expect((await view(id)).sending?.state).toBe('dropped');
  });

  it.each([
    ['soon', 61_000],
    ['after the time in which its copy comes', 20 * 60_000],
  ])(
    'is not dropped again while the file lies there, looked at %s: the provider may take it this very moment',
    async (_when, ms) => {
      const id = await orderId();
      await call(`/api/messages/${id}/edi/answer`, CANCEL);
      await killedBehindTheDrop();
      const [name = ''] = responded();
      const taken: string[] = [];
      const providerTakes = (): void => {
        for (const one of responded()) {
          taken.push(one);
          renameSync(join(folders.root, 'respond', one), join(folders.root, `taken-${taken.length}`));
        }
      };
      const { client } = folders;
      const quick = {
        ...client,
        drop: async (...file: Parameters<typeof client.drop>) => {
          providerTakes();
          return client.drop(...file);
        },
      };
      for (let look = 0; look < 3; look += 1) {
        now += ms;
        await dropAnswers({ ...deps(), filesOf: () => quick });
      }
      providerTakes();
      expect(taken).toEqual([name]);
      expect((await view(id)).sending).toMatchObject({ state: 'dropped', attempts: 2, error: null });
    },
  );

  it('leaves once more, the same file, when no copy of it has come within a quarter of an hour', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await killedBehindTheDrop();
    const [name = ''] = responded();
    renameSync(join(folders.root, 'respond', name), join(folders.root, 'lost'));
    now += 61_000;
    await dropAnswers(deps());
    now += 15 * 60_000;
    await dropAnswers(deps());
    expect(responded()).toEqual([name]);
    expect((await view(id)).sending?.state).toBe('dropped');
  });

  it('is given again when the chain refused it: another file under another number, as often as it takes', async () => {
    const id = await orderId();
    const names: string[] = [];
    for (let round = 1; round <= 3; round += 1) {
      expect((await view(id)).answer).toEqual({ allowed: true, reason: null });
      const preview = await call(`/api/messages/${id}/edi/preview`, CANCEL);
      expect((await call(`/api/messages/${id}/edi/answer`, CANCEL)).status).toBe(201);
      expect((await call(`/api/messages/${id}/edi/answer`, CANCEL)).status).toBe(409);
      await dropAnswers(deps());
      const name = preview.body.fileName ?? '';
      names.push(name);
      renameSync(join(folders.root, 'respond', name), join(folders.root, 'inbox', name));
      await take();
      expect((await view(id)).sending?.state).toBe('seen');
      folders.put(`status${round}.xml`, noticeText(name, '4', `Отказ ${round}`, 'ORDRSP'));
      await take();
    }
    expect(new Set(names).size).toBe(3);
    expect(await audited()).toBe(3);
    const { rows } = await sql<{
      number: string;
    }>`select document ->> 'number' as number from edi_answer order by round`.execute(database.db);
    expect(rows.map(({ number }) => number)).toEqual(['P77', 'P77-2', 'P77-3']);
    expect((await view(id)).answers?.map(({ refused }) => refused)).toEqual(['Отказ 1', 'Отказ 2', 'Отказ 3']);
  });

  it('is not refused by news about the answer before it, nor withdrawn by a copy of that one', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await dropAnswers(deps());
    const [first = ''] = responded();
    folders.put('status.xml', noticeText(first, '4', 'Отказ', 'ORDRSP'));
    await take();
    expect((await view(id)).sending?.state).toBe('refused');
    expect((await call(`/api/messages/${id}/edi/answer`, CANCEL)).status).toBe(201);
    folders.put('status2.xml', noticeText(first, '4', 'Отказ ещё раз', 'ORDRSP'));
    copyFileSync(join(folders.root, 'respond', first), join(folders.root, 'inbox', first));
    await take();
    expect((await view(id)).sending).toMatchObject({ state: 'waiting', error: null });
  });

  it('is not given again when the accounting system answered after the refusal', async () => {
    const id = await orderId();
    await call(`/api/messages/${id}/edi/answer`, CANCEL);
    await dropAnswers(deps());
    folders.put('status.xml', noticeText(responded()[0] ?? '', '4', 'Отказ', 'ORDRSP'));
    folders.put('r.xml', responseText('77', ['10', '2.5'], '29'));
    await take();
    expect((await call(`/api/messages/${id}/edi/answer`, CANCEL)).status).toBe(409);
  });

  it('is closed where the landscape names no folder for answers', async () => {
    folders.remove();
    folders = createFolders(clock, { respond: false });
    const id = await orderId();
    expect((await view(id)).answer).toEqual({ allowed: false, reason: 'no_folder' });
    expect(await call(`/api/messages/${id}/edi/answer`, CANCEL)).toMatchObject({
      status: 409,
      body: { code: 'edi.cannot_answer' },
    });
  });
});

describe('rights', () => {
  it.each(['manager', 'analyst', 'admin'])('%s may not answer', async (role) => {
    const id = await orderId();
    expect(await call(`/api/messages/${id}/edi/answer`, CANCEL, role)).toMatchObject({
      status: 403,
      body: { code: 'permission.denied' },
    });
    expect(await audited()).toBe(0);
  });
  it('shows lines to those who may see content, and nothing about what is no order', async () => {
    const id = await orderId();
    expect((await call(`/api/messages/${id}/edi`, undefined, 'manager')).status).toBe(403);
    expect((await call(`/api/messages/${id}/edi`, undefined, 'admin')).body.lines).toHaveLength(2);
    expect(await call('/api/messages/0190c0de-0000-7000-8000-000000000001/edi')).toMatchObject({
      status: 404,
      body: { code: 'edi.no_order' },
    });
  });
});
