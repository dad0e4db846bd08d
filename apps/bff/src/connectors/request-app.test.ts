import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Elma, startElma } from '../../../stand/src/elma/server.ts';
import { type Elma3, REQUESTS_TYPE, startElma3 } from '../../../stand/src/elma3/server.ts';
import { elma3Steps } from './elma3/check.ts';
import { createElma3Client } from './elma3/client.ts';
import { createElmaClient } from './elma365/client.ts';
import type { RequestApp } from './port/request-app.ts';
import { testConnection } from './testing/connection.ts';

/** One battery over the wire for both dialects of ELMA: what Pult needs of an app with requests. */

const LOGIN = { user: 'pult', password: 'пароль', applicationToken: 'app-token' };
const clock = { now: () => Date.now() + shift };
let shift = 0;
let elma: Elma;
let elma3: Elma3;
const apps: Record<string, { readonly client: () => RequestApp; readonly app: string }> = {
  ELMA365: {
    app: 'sales/discount_approvals',
    client: () =>
      createElmaClient({
        connection: testConnection(elma.url, { headers: () => ({ authorization: 'Bearer token' }) }),
        url: `${elma.url}/pub/v1`,
        clock,
      }),
  },
  ELMA3: { app: REQUESTS_TYPE, client: () => client3() },
};
const client3 = (change: Partial<typeof LOGIN> = {}) =>
  createElma3Client({
    connection: testConnection(elma3.url, { headers: () => ({}) }),
    url: elma3.url,
    credentials: () => ({ ...LOGIN, ...change }),
    clock,
    zone: 'Europe/Moscow',
  });

beforeAll(async () => {
  elma = await startElma({ port: 0, token: 'token', journal: null, webhook: null });
  elma3 = await startElma3({ port: 0, ...LOGIN, store: elma.store });
});
afterAll(async () => {
  await Promise.all([elma.close(), elma3.close()]);
});
beforeEach(() => {
  shift = 0;
  elma3.seen.length = 0;
});
const create = (ref: string) =>
  elma.store.create({
    ut_process_ref: ref,
    ut_order_number: 'ЭТ00-000001',
    kind: 'discount',
    customer: "ООО «Вольт» 'Юг'",
    amount: { cents: 1234567, currency: 'RUB' },
    deviation_max: 7.5,
    initiator: { name: 'Ильин Павел', email: 'ilin@ekf.example' },
  });

describe.each(Object.keys(apps))('requests in %s', (dialect) => {
  const { app, client } = apps[dialect] ?? expect.unreachable(dialect);
  const find = async (ref: string) => {
    const { items } = await client().list(app, { filter: { tf: { ut_process_ref: ref } } });
    return items[0] ?? expect.unreachable(ref);
  };

  it('reads the fields of a request alike', async () => {
    create(`${dialect}-read`);
    expect(await find(`${dialect}-read`)).toMatchObject({
      statusCode: 'in_progress',
      deletedAt: null,
      context: {
        ut_process_ref: `${dialect}-read`,
        ut_order_number: 'ЭТ00-000001',
        customer: "ООО «Вольт» 'Юг'",
        amount: { cents: 1234567 },
        deviation_max: 7.5,
        initiator: { name: 'Ильин Павел', email: 'ilin@ekf.example' },
      },
    });
  });

  it('gets one by its id, and null for none', async () => {
    create(`${dialect}-get`);
    const { id } = await find(`${dialect}-get`);
    expect((await client().get(app, id))?.id).toBe(id);
    expect((await client().list(app, { ids: [id] })).items.map((one) => one.id)).toEqual([id]);
    expect(await client().get(app, '999999')).toBeNull();
  });

  it('lists what changed since a moment, the oldest change first, page by page', async () => {
    for (const n of [1, 2, 3]) create(`${dialect}-page-${n}`);
    const asked = {
      filter: { tf: { __updatedAt: { min: new Date(Date.now() - 60_000).toISOString() } } },
      sort: { field: '__updatedAt', ascending: true },
    };
    const all = (await client().list(app, { ...asked, size: 100 })).items.map(({ id }) => id);
    const pages = [
      ...(await client().list(app, { ...asked, from: 0, size: 2 })).items,
      ...(await client().list(app, { ...asked, from: 2, size: 2 })).items,
    ].map(({ id }) => id);
    expect(pages).toEqual(all.slice(0, 4));
    const later = { ...asked, filter: { tf: { __updatedAt: { min: new Date(Date.now() + 60_000).toISOString() } } } };
    expect((await client().list(app, later)).items).toEqual([]);
  });

  it.each(['approved', 'rejected', 'clarification'])(
    'writes fields, then the status %s, and both stand',
    async (status) => {
      const ref = `${dialect}-${status}`;
      create(ref);
      const { id } = await find(ref);
      await client().update(app, id, { decision: 'approve', decision_comment: 'Тендер', pult_decision_id: 'd-1' });
      await client().setStatus(app, id, status);
      await client().setStatus(app, id, status);
      expect(await client().get(app, id)).toMatchObject({
        statusCode: status,
        context: { decision: 'approve', decision_comment: 'Тендер', pult_decision_id: 'd-1' },
      });
    },
  );
});

describe('the session of ELMA3', () => {
  it('is opened once for calls at the same time', async () => {
    const client = client3();
    await Promise.all([1, 2, 3, 4].map(() => client.list(REQUESTS_TYPE, { size: 1 })));
    expect(elma3.seen).toEqual(['login']);
  });

  it('is renewed before the token ends, once for all calls', async () => {
    const client = client3();
    await client.check();
    shift = 13 * 60_000;
    await Promise.all([1, 2, 3].map(() => client.list(REQUESTS_TYPE, { size: 1 })));
    expect(elma3.seen).toEqual(['login', 'check']);
  });

  it('goes on by a login with the session when the token is refused', async () => {
    const client = client3();
    await client.check();
    elma3.faults.tokenExpired = true;
    await client.list(REQUESTS_TYPE, { size: 1 });
    expect(elma3.seen).toEqual(['login', 'login with session']);
  });

  it('begins anew when ELMA has forgotten the session, and a decision is made once', async () => {
    create('lost');
    const client = client3();
    const [item] = (await client.list(REQUESTS_TYPE, { filter: { tf: { ut_process_ref: 'lost' } } })).items;
    elma3.faults.sessionLost = true;
    await client.setStatus(REQUESTS_TYPE, item?.id ?? '', 'approved');
    expect(elma3.seen).toEqual(['login', 'login with session', 'login', 'execute approved']);
  });

  it('says that a password is refused, and asks no second time for it', async () => {
    await expect(client3({ password: 'другой' }).check()).rejects.toMatchObject({ code: 'source.unauthorized' });
    expect(elma3.seen).toEqual(['login']);
  });
});

describe('a password that ELMA3 refuses', () => {
  const logins = () => elma3.seen.filter((one) => one === 'login').length;
  const refused = (client: ReturnType<typeof client3>) =>
    expect(client.check()).rejects.toMatchObject({ code: 'source.unauthorized' });

  it('is not sent a third time by any number of polls, until the pause is over', async () => {
    const client = client3({ password: 'другой' });
    for (let poll = 0; poll < 6; poll += 1) await refused(client);
    expect(logins()).toBe(2);
    shift = 15 * 60_000;
    await refused(client);
    expect(logins()).toBe(3);
  });

  it('is followed at once by another one that was set in its place', async () => {
    let password = 'другой';
    const client = createElma3Client({
      connection: testConnection(elma3.url, { headers: () => ({}) }),
      url: elma3.url,
      credentials: () => ({ ...LOGIN, password }),
      clock,
      zone: 'Europe/Moscow',
    });
    for (let poll = 0; poll < 3; poll += 1) await refused(client);
    password = LOGIN.password;
    await client.check();
    expect(logins()).toBe(3);
  });
});

describe('the check of ELMA3', () => {
  const walk = async (change: Partial<typeof LOGIN>, types: string[] = [REQUESTS_TYPE]): Promise<string> => {
    const connection = testConnection(elma3.url, { headers: () => ({}) });
    for (const step of elma3Steps({ connection, url: elma3.url, credentials: { ...LOGIN, ...change }, types })) {
      const outcome = await step.run();
      if (!outcome.ok) return `${step.id}: ${outcome.fault.code}`;
    }
    return 'passed';
  };
  it.each([
    ['passed', {}],
    ['login: wrong_password', { password: 'другой' }],
    ['login: application_token_refused', { applicationToken: 'other' }],
    ['login: no_credentials', { user: '' }],
  ])('«%s»', async (expected, change) => {
    expect(await walk(change)).toBe(expected);
  });
  it('names an entity that is missing', async () => {
    expect(await walk({}, ['6c1f6a1e-6f0d-4a4e-9a55-0d6b7f7c3a99'])).toBe('objects: app_missing');
  });
});
