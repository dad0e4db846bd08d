import { Writable } from 'node:stream';
import { messagesEndpoints } from '@pult/shared/contracts/messages';
import { ENDPOINTS } from '@pult/shared/contracts/table';
import { ROLES } from '@pult/shared/domain/identity/permissions';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { factOf, flowPart, type House, openHouse, systemPart } from './modules/landscape/testing/house.ts';

/** Names and numbers of people that no answer may carry; each is planted in another place. */
const PLANTED = {
  counterparty: 'Крылова Мария Андреевна',
  inn: '773412345678',
  payloadName: 'Ветров Пётр Ильич',
  snils: '112-233-445 95',
  snilsNumber: 11223344595,
  error: 'Сотрудник Лаптева Инна Олеговна не найден по СНИЛС 998-877-665 00',
  quarantined: 'Зуева Анна Павловна',
  loose: 'Мохов Денис Игоревич',
  vague: 'Седова Ольга Юрьевна',
  salary: '187654.32',
} as const;
const NEEDLES = [
  'Крылова',
  '773412345678',
  'Ветров',
  '112-233-445',
  '11223344595',
  'Лаптева',
  '998-877-665',
  'Зуева',
  'Мохов',
  'Седова',
  '187654',
];
const NOW = Date.parse('2026-11-26T12:00:00Z');

let house: House;
let logged = '';
beforeAll(async () => {
  house = await openHouse({
    now: NOW,
    log: new Writable({
      write(chunk, _encoding, done) {
        logged += String(chunk);
        done();
      },
    }),
    systems: ['zup', 'hrtek', 'site', 'ut'].map((id) => systemPart(id)),
    flows: [
      flowPart('hr', { from: ['zup'], to: ['hrtek'] }, { personalData: true, cadence: { everyMs: '1h' } }),
      flowPart('orders', { from: ['site'], to: ['ut'] }),
      flowPart('posts', { from: ['hrtek'], to: ['ut'] }),
    ],
  });
  const fact = {
    source: 'zup',
    flow: 'hr',
    consumer: 'hrtek',
    message: 'hr-1',
    number: 'КП-000042',
    counterparty: { name: PLANTED.counterparty, inn: PLANTED.inn },
    amount: PLANTED.salary,
    payload: {
      ВидДокумента: 'ПриемНаРаботу',
      Номер: 'КП-000042',
      Дата: '2026-11-26T09:00:00',
      Проведен: true,
      Сотрудник: { ФИО: PLANTED.payloadName, Номер: PLANTED.snilsNumber },
      Должность: `Инженер ${PLANTED.payloadName}`,
      СНИЛС: PLANTED.snils,
      ЧисломБезЧерт: PLANTED.snilsNumber,
    },
  };
  const failure = { error: { code: `Код ${PLANTED.payloadName}`, text: PLANTED.error } };
  await house.report('zup', [
    factOf('accepted', { ...fact, at: NOW - 60_000 }),
    factOf('failed', { ...fact, at: NOW - 50_000, ...failure }),
    // Without its consumer no event of the flow: quarantined with everything that it says.
    factOf('failed', {
      ...fact,
      message: 'hr-2',
      consumer: PLANTED.vague,
      counterparty: { name: PLANTED.quarantined },
      at: NOW - 40_000,
      ...failure,
    }),
    {
      specversion: '1.0',
      id: 'loose',
      source: 'zup',
      type: 'exchange.sent',
      note: PLANTED.loose,
      data: { person: PLANTED.loose },
    },
  ]);
  // A system of two flows, one of them with people: the event does not say of which it is.
  await house.report('hrtek', [
    {
      specversion: '1.0',
      id: 'vague',
      source: 'hrtek',
      type: 'exchange.sent',
      time: new Date(NOW - 30_000).toISOString(),
      data: { flow: ['hr'], subject: PLANTED.vague },
    },
  ]);
  await house.report('site', [
    factOf('accepted', {
      source: 'site',
      flow: 'orders',
      consumer: 'ut',
      message: 'order-1',
      counterparty: { name: 'ООО «Свет»' },
      at: NOW - 60_000,
    }),
  ]);
});
afterAll(() => house.close());

const deliveryId = async (): Promise<string> =>
  (await house.call('ops', 'GET', '/api/messages?flow=hr')).body.rows[0].id;

describe('people of a flow that carries them', () => {
  it('appear in no answer of messages and landscape to any role, whatever is asked', async () => {
    const id = await deliveryId();
    const [cause] = (await house.call('ops', 'GET', '/api/messages/causes')).body.rows;
    const fill: Readonly<Record<string, string>> = {
      ':deliveryId': id,
      ':causeId': cause.id,
      ':flowId': 'hr',
    };
    const served = ENDPOINTS.filter(
      ({ method, area }) => method === 'GET' && (area === 'messages' || area === 'landscape'),
    );
    expect(served.length).toBeGreaterThan(15);
    const asked: string[] = [];
    for (const role of ROLES)
      for (const endpoint of served) {
        const path = endpoint.path.replace(/:\w+/g, (name) => fill[name] ?? 'none');
        const query = endpoint.id === 'messages.search' ? '?q=КП-000042' : '';
        const { status, body } = await house.call(role, 'GET', `${path}${query}`);
        const text = typeof body === 'string' ? body : JSON.stringify(body);
        if (status === 200) asked.push(endpoint.id);
        for (const needle of NEEDLES) expect(text, `${role} ${endpoint.id} ${needle}`).not.toContain(needle);
      }
    for (const wanted of messagesEndpoints.filter(({ method }) => method === 'GET')) expect(asked).toContain(wanted.id);
  });

  it('leave what everybody may see: type, number, states and times', async () => {
    const { body } = await house.call('analyst', 'GET', '/api/messages?flow=hr');
    expect(body.rows).toMatchObject([
      {
        key: { type: 'Документ', number: 'КП-000042' },
        state: 'failed',
        personal: true,
        counterparty: null,
        error: { text: 'Сотрудник ‹…› не найден по СНИЛС ‹…›', code: null },
      },
    ]);
    const found = await house.call('manager', 'GET', '/api/search?q=КП-000042');
    expect(found.body.rows).toHaveLength(1);
  });

  it('cannot be found, counted or confirmed by search, by any role', async () => {
    for (const role of ROLES)
      for (const needle of [...NEEDLES, 'Крылова Мария', 'лаптева инна']) {
        const q = encodeURIComponent(needle);
        const list = await house.call(role, 'GET', `/api/messages?q=${q}`);
        expect(list.body, `${role} ${needle}`).toMatchObject({ rows: [], total: { count: 0 } });
        expect((await house.call(role, 'GET', `/api/search?q=${q}`)).body.rows).toEqual([]);
        expect((await house.call(role, 'GET', `/api/messages/summary?q=${q}`)).body).toMatchObject({ failed: 0 });
        expect((await house.call(role, 'GET', `/api/messages/causes?q=${q}`)).body.rows).toEqual([]);
      }
  });

  it('give their failures a cause by class and the words that name nobody, and its title to the message', async () => {
    const [cause] = (await house.call('ops', 'GET', '/api/messages/causes?flow=hr')).body.rows;
    const words = 'Сотрудник ‹…› не найден по СНИЛС ‹…›';
    expect(cause).toMatchObject({ count: 1, pattern: words, title: { ru: words }, counterparties: 0 });
    const message = await house.call('ops', 'GET', `/api/messages/${await deliveryId()}`);
    expect(message.body.cause).toEqual({ ru: words, en: words });
  });

  it('leave number, date and kind of the document open in its content, and nothing else', async () => {
    const { body } = await house.call('ops', 'GET', `/api/messages/${await deliveryId()}/payload`);
    expect(body.body).toEqual({
      ВидДокумента: 'ПриемНаРаботу',
      Номер: 'КП-000042',
      Дата: '2026-11-26T09:00:00',
      Проведен: true,
      Сотрудник: { ФИО: null, Номер: null },
      Должность: null,
      СНИЛС: null,
      ЧисломБезЧерт: null,
    });
    expect(body.masked).toContain('/Сотрудник/Номер');
  });

  it('leave in quarantine what of an event is no person, by the same rule', async () => {
    const { rows } = (await house.call('ops', 'GET', '/api/quarantine')).body;
    const lost = rows.find(({ event }: { event: { data?: { message?: unknown } } }) => event.data?.message);
    expect(lost.issues).toEqual([{ path: 'data.consumer', message: '«‹…›» is no target of «hr»' }]);
    expect(lost.event.data).toMatchObject({
      flow: 'hr',
      consumer: null,
      message: {
        key: { type: 'Документ', number: 'КП-000042' },
        counterparty: { name: null },
        payload: { Номер: 'КП-000042', Должность: null },
      },
      error: { code: null, text: 'Сотрудник ‹…› не найден по СНИЛС ‹…›' },
    });
  });

  it('are hidden in what people of the exchange write beside their failures', async () => {
    const [cause] = (await house.call('ops', 'GET', '/api/messages/causes?flow=hr')).body.rows;
    const note = 'Карточка: Лаптева И. О., документ повторить';
    const { body } = await house.call('ops', 'POST', `/api/messages/causes/${cause.id}/triage`, { note });
    expect(body.notes).toMatchObject([{ text: 'Карточка: ‹…›., документ повторить' }]);
  });

  it('are shown to who may see them, of one message, for a reason that is audited first', async () => {
    const path = `/api/messages/${await deliveryId()}/payload/reveal`;
    const body = { revision: 1, reason: 'проверяем перевод сотрудника' };
    for (const role of ['manager', 'ops', 'analyst'] as const)
      expect((await house.call(role, 'POST', path, body)).status, role).toBe(403);
    expect((await house.call('admin', 'POST', path, { revision: 1, reason: '' })).status).toBe(400);
    const { status, body: shown } = await house.call('admin', 'POST', path, body);
    expect(status).toBe(200);
    expect(shown).toMatchObject({
      counterparty: { name: PLANTED.counterparty, inn: PLANTED.inn },
      errors: [{ attempt: 1, text: PLANTED.error }],
      body: { СНИЛС: PLANTED.snils },
    });
    const { rows } = await sql<{ actor_id: string; object_id: string; reason: string; entry: string }>`
      select actor_id, object_id, reason, to_jsonb(a)::text as entry from audit_entry a where action = 'message.reveal'`.execute(
      house.database.db,
    );
    expect(rows).toMatchObject([{ actor_id: 'admin', object_id: await deliveryId(), reason: body.reason }]);
    for (const needle of NEEDLES) expect(rows[0]?.entry).not.toContain(needle);
  });

  it('stand in no line of the log and in no hint, at any level', () => {
    expect(logged).not.toBe('');
    for (const needle of NEEDLES) {
      expect(logged, needle).not.toContain(needle);
      expect(house.hints.join(' '), needle).not.toContain(needle);
    }
  });

  it('leave other flows as they are', async () => {
    expect((await house.call('analyst', 'GET', '/api/messages?flow=orders')).body.rows).toMatchObject([
      { counterparty: { name: 'ООО «Свет»' }, personal: false },
    ]);
  });
});
