/**
 * Every reading endpoint of the running Pult, asked by every role, after people came in by every door: events, answers of systems
 * to operations, questions to targets, exchange registers, checks of connections. A real process because only the composition
 * root knows every route (docs/adr/0021).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ENDPOINTS } from '@pult/shared/contracts/table';
import { ROLES, type Role } from '@pult/shared/domain/identity/permissions';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startScriptedServer } from './connectors/testing/scripted-server.ts';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';
import { Browser } from './testing/browser.ts';
import { post } from './testing/exchange.ts';
import { type OpenIdProvider, startOpenIdProvider } from './testing/openid-provider.ts';
import { endAllPults, type RunningPult, startPult } from './testing/running-pult.ts';

/** One person for each door, so that a leak names it. */
const PEOPLE = {
  counterparty: 'Крылова Мария Андреевна',
  payload: 'Ветров Пётр Ильич',
  failure: 'Лаптева Инна Олеговна',
  resend: 'Гусева Алла Юрьевна',
  verify: 'Тихонов Егор Павлович',
  register: 'Панова Зоя Игоревна',
  check: 'Сорокина Нина Львовна',
  mixed: 'Журавлёв Лев Маркович',
} as const;
const NEEDLES = Object.values(PEOPLE).map((name) => name.split(' ')[0] ?? name);
const KEY = 'key-of-a-system';

let folder: string;
let database: TestDatabase;
let provider: OpenIdProvider;
let pult: RunningPult;
let onec: Awaited<ReturnType<typeof startScriptedServer>>;
const browsers = new Map<Role, Browser>();
const browserOf = (role: Role): Browser => browsers.get(role) ?? expect.unreachable(role);

const title = { ru: 'а', en: 'a' };
const system = (id: string, more: object = {}) => ({
  id,
  title,
  kind: 'onec',
  place: { column: 0, row: 0 },
  intakeTokenEnv: `INTAKE_TOKEN_${id.toUpperCase()}`,
  ...more,
});
const base = (id: string, more: object = {}) =>
  system(id, {
    connector: {
      protocol: 'onec-odata',
      url: `${onec.url}/${id}/odata/standard.odata`,
      servicesUrl: `${onec.url}/${id}/hs`,
      userEnv: 'U',
      passwordEnv: 'P',
      limits: { concurrency: 2, timeoutMs: '2s', pollMs: '1s' },
      ...more,
    },
  });
const hrFlow = (id: string, from: string) => ({
  id,
  title,
  what: title,
  from: [from],
  to: ['hrtek'],
  channel: 'unknown',
  watched: true,
  personalData: true,
  ackTimeoutMs: '5m',
  retry: {
    resend: { system: from, path: '/pult-exchange/v1/resend' },
    verify: { protocol: 'onec-odata', system: 'hrtek', set: 'Document_X', filter: 'Number eq {number}' },
    ratePerSecond: 10,
    maxRatePerSecond: 10,
  },
});
const landscape = () => ({
  version: 1,
  systems: [base('zup', { polls: ['exchange-registers'] }), base('mixed'), base('hrtek'), system('ut')],
  flows: [
    hrFlow('hr', 'zup'),
    hrFlow('hr-mixed', 'mixed'),
    { id: 'orders', title, what: title, from: ['mixed'], to: ['ut'], channel: 'rest', watched: true },
  ],
});

/** The bases answer each question with a person in their words. */
const says = (text: string) => ({
  status: 400,
  body: { error: text, 'odata.error': { code: '-1', message: { value: text } } },
});
const problem = {
  ТипПроблемы: 'НепроведенныйДокумент',
  УзелИнформационнойБазы: '7d1f0f39-3a37-4b6e-9d2f-1f5d70a7c001',
  УзелИнформационнойБазы_Type: 'StandardODATA.ExchangePlan_HR',
  ОбъектМетаданных: 'Документ.ПриемНаРаботу',
  ПроблемныйОбъект: '7d1f0f39-3a37-4b6e-9d2f-1f5d70a7c002',
  ПроблемныйОбъект_Type: 'StandardODATA.Document_ПриемНаРаботу',
  КлючУникальности: '',
  ДатаВозникновения: '2026-11-26T10:00:00',
  Причина: `Не заполнен СНИЛС: ${PEOPLE.register}`,
  Пропущена: false,
  НомерДокумента: '0000-000001',
  ДатаДокумента: '2026-11-26T09:00:00',
  ПредставлениеОбъекта: `Приём на работу ${PEOPLE.register}`,
  Комментарий: PEOPLE.register,
};

const event = (kind: string, of: { flow: string; source: string; message: string }, more: object = {}) => ({
  specversion: '1.0',
  id: `${of.message}-${kind}`,
  source: of.source,
  type: `exchange.${kind}`,
  time: new Date(Date.now() - 60_000).toISOString(),
  data: {
    flow: of.flow,
    consumer: 'hrtek',
    message: {
      id: of.message,
      key: { type: 'ПриемНаРаботу', number: of.message },
      counterparty: { name: PEOPLE.counterparty, inn: '773412345678' },
      payload: { Сотрудник: PEOPLE.payload },
    },
    ...more,
  },
});

interface Made {
  readonly deliveryId: string;
  readonly operationId: string;
  readonly causeId: string;
}
const made = new Map<string, Made>();

/** A failed personnel document, and an operation that sends it again and fails at a system that names a person. */
async function failedOperation(flow: string, source: string): Promise<Made> {
  const of = { flow, source, message: `КП-${flow}` };
  const failure = { error: { text: `Сотрудник ${PEOPLE.failure} не найден` } };
  const key = source === 'zup' ? KEY : `${KEY}-${source}`;
  const { status } = await post(pult.url, key, JSON.stringify([event('accepted', of), event('failed', of, failure)]));
  expect(status).toBe(200);
  const ops = browserOf('ops');
  const [row] = (await ops.get(`/api/messages?flow=${flow}`)).json.rows;
  const [cause] = (await ops.get(`/api/messages/causes?flow=${flow}`)).json.rows;
  const body = { verb: 'resend', selection: { deliveryIds: [row.id] }, start: { reason: 'повтор по просьбе кадров' } };
  const { json } = await ops.command('/api/operations', body);
  const { id } = json.operation;
  await expect
    .poll(async () => (await ops.get(`/api/operations/${id}`)).json.state, { timeout: 20_000 })
    .toBe('completed_with_failures');
  return { deliveryId: row.id, operationId: id, causeId: cause.id };
}

beforeAll(async () => {
  [folder, database, provider, onec] = await Promise.all([
    mkdtemp(join(tmpdir(), 'pult-people-')),
    createTestDatabase(),
    startOpenIdProvider(),
    startScriptedServer(({ url, method }) => {
      if (url.includes('/hrtek/odata')) return { body: { value: [] } };
      if (url.includes('/zup/hs') && method === 'POST')
        return says(`Документ сотрудника ${PEOPLE.resend} помечен на удаление`);
      if (url.includes('/mixed/hs') && method === 'POST')
        return says(`Документ сотрудника ${PEOPLE.mixed} помечен на удаление`);
      // What this base says by itself is of its other flows.
      if (url.includes('/mixed/odata')) return says('Обработчик');
      if (url.includes('РезультатыОбменаДанными')) return { body: { value: [problem] } };
      if (/InformationRegister_|ExchangePlan_/.test(url)) return { body: { value: [] } };
      return says(`Обработчик: ${PEOPLE.check}`);
    }),
  ]);
  const file = join(folder, 'landscape.yaml');
  await writeFile(file, JSON.stringify(landscape()));
  pult = await startPult({
    DATABASE_URL: database.url,
    OIDC_ISSUER: provider.issuer,
    LANDSCAPE_FILE: file,
    LOG_LEVEL: 'trace',
    INTAKE_TOKEN_ZUP: KEY,
    INTAKE_TOKEN_MIXED: `${KEY}-mixed`,
    INTAKE_TOKEN_HRTEK: `${KEY}-hrtek`,
    INTAKE_TOKEN_UT: `${KEY}-ut`,
    U: 'pult',
    P: 'p',
  });
  for (const role of ROLES) {
    provider.person = { sub: `user-${role}`, idToken: { name: role, roles: [role] } };
    const browser = new Browser(pult.url);
    await browser.logIn('/api/session');
    browsers.set(role, browser);
  }
}, 60_000);
afterAll(async () => {
  await endAllPults();
  await Promise.all([provider.close(), onec.close()]);
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

/** Each object of the answers: of the flow whose systems speak of people only, and of one whose source has other flows, too. */
const FLOWS = [
  ['hr', 'zup'],
  ['hr-mixed', 'mixed'],
] as const;
const MONTH = `?from=${new Date(Date.now() - 30 * 86_400_000).toISOString()}&to=${new Date(Date.now() + 60_000).toISOString()}`;
const QUERIES: Readonly<Record<string, string>> = {
  'messages.search': `?q=${encodeURIComponent('КП-hr')}`,
  'analytics.flows': MONTH,
  'analytics.failures': MONTH,
  'analytics.approvals': MONTH,
};
/** Of objects that no personnel document has: approvals, answers to chains, moves to the bus. */
const OF_OTHERS = new Set([
  'landscape.migration',
  'landscape.shadow',
  'landscape.shadow_pairs',
  'landscape.shadow_pairs_export',
  'messages.edi_order',
  'approvals.get',
  'approvals.clock',
]);

const clean = (text: string, where: string): void => {
  for (const needle of NEEDLES) expect(text, `${where} ${needle}`).not.toContain(needle);
};

describe('people of a flow that carries them, in the running Pult', () => {
  it('come in by every door', { timeout: 90_000 }, async () => {
    for (const [flow, source] of FLOWS) {
      made.set(flow, await failedOperation(flow, source));
      const { json } = await browserOf('ops').command(`/api/landscape/connections/${source}/checks`);
      expect(json.check.state).toBe('running');
      const checks = async () =>
        (await browserOf('ops').get(`/api/landscape/connections/${source}/checks`)).json.checks;
      await expect.poll(async () => (await checks())[0].state, { timeout: 20_000 }).toBe('failed');
      const reveal = { revision: 1, reason: 'просьба отдела кадров' };
      const shown = await browserOf('admin').command(
        `/api/messages/${made.get(flow)?.deliveryId}/payload/reveal`,
        reveal,
      );
      expect(shown.text).toContain(PEOPLE.failure);
    }
    const registers = async () => (await browserOf('ops').get('/api/landscape/exchange-registers')).text;
    await expect.poll(registers, { timeout: 20_000 }).toContain('Документ.ПриемНаРаботу');
    const asked = onec.seen.map(({ method, url }) => `${method} ${url.split('?')[0]}`);
    for (const [, source] of FLOWS) expect(asked).toContain(`POST /${source}/hs/pult-exchange/v1/resend`);
    expect(asked).toContain('GET /hrtek/odata/standard.odata/Document_X');
  });

  it('appear in no answer of any reading endpoint to any role', { timeout: 90_000 }, async () => {
    const served = ENDPOINTS.filter(({ method }) => method === 'GET');
    expect(new Set(served.map(({ area }) => area)).size).toBe(8);
    const [calendar] = (await browserOf('ops').get('/api/sla/calendars')).json.calendars;
    const answered = new Set<string>();
    for (const [flow, source] of FLOWS) {
      const { deliveryId, operationId, causeId } = made.get(flow) ?? expect.unreachable(flow);
      const fill: Readonly<Record<string, string>> = {
        ':deliveryId': deliveryId,
        ':operationId': operationId,
        ':causeId': causeId,
        ':flowId': flow,
        ':systemId': source,
        ':calendarId': calendar.id,
      };
      for (const role of ROLES)
        for (const endpoint of served) {
          const path = endpoint.path.replaceAll(
            /:\w+/g,
            (name) => fill[name] ?? '019ad1c2-0000-7000-8000-00000000dead',
          );
          const { status, text } = await browserOf(role).get(`${path}${QUERIES[endpoint.id] ?? ''}`);
          if (status === 200) answered.add(endpoint.id);
          clean(text, `${role} ${endpoint.id}`);
        }
    }
    expect(served.map(({ id }) => id).filter((id) => !answered.has(id) && !OF_OTHERS.has(id))).toEqual([]);
  });

  it('cannot be found by their names in messages, operations, search or audit', { timeout: 60_000 }, async () => {
    for (const needle of NEEDLES) {
      const q = encodeURIComponent(needle);
      for (const role of ROLES) {
        const items = `/api/operations/${made.get('hr')?.operationId}/items?search=${q}`;
        for (const path of [`/api/messages?q=${q}`, `/api/search?q=${q}`, items]) {
          const { json, status } = await browserOf(role).get(path);
          if (status === 200) expect(json.rows, `${role} ${path}`).toEqual([]);
        }
      }
    }
  });

  it('stand in no line of the log at its most talkative level', () => {
    expect(pult.log.length).toBeGreaterThan(20);
    clean(pult.log.join('\n'), 'log');
  });
});
