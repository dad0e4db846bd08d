import type { CheckStep, ConnectionCheck, ConnectionReports } from '@pult/shared/contracts/connection-checks';
import type { SystemHealth } from '@pult/shared/contracts/landscape';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { reasonOf } from '../../ui/testing/denied.ts';
import { ConnectionCheckPart } from './connection-check.tsx';

const SYSTEM = {
  id: 'uh',
  title: { ru: '1С:УХ', en: '1C:Holding' },
  kind: 'onec',
  reports: false,
  connection: {
    protocol: 'onec-odata',
    url: 'https://1c-uh.corp.local/uh/odata/standard.odata',
    user: 'pult-odata',
    secretEnv: 'UH_ODATA_PASSWORD',
  },
} as unknown as SystemHealth;

const step = (id: CheckStep['id'], change: Partial<CheckStep> = {}): CheckStep => ({
  id,
  state: 'ok',
  ms: 4,
  facts: {},
  fault: null,
  ...change,
});
const ROLE = step('rights', {
  state: 'failed',
  fault: {
    code: 'odata_role',
    data: { user: 'pult-odata' },
    request: 'GET https://1c-uh.corp.local/uh/odata/standard.odata/',
    answer: '401 «Нарушение прав доступа»',
  },
});
const check = (change: Partial<ConnectionCheck>): ConnectionCheck => ({
  id: '019ad1c2-0000-7000-8000-000000000001',
  systemId: 'uh',
  state: 'failed',
  startedAt: '2026-11-26T11:31:00.000Z',
  finishedAt: '2026-11-26T11:31:02.000Z',
  startedBy: 'Орлов Илья',
  from: null,
  steps: [
    step('dns', { facts: { address: '10.20.4.17' } }),
    step('connect', { facts: { encrypted: true, version: '1.3', daysLeft: 108 } }),
    step('login', { facts: { user: 'pult-odata', cold: true } }),
    ROLE,
    step('objects', { state: 'waiting', ms: null }),
    step('sample', { state: 'waiting', ms: null }),
  ],
  ...change,
});

/** What the server says about checks; requests that were sent. */
let checks: ConnectionCheck[];
let steps: string[];
let objects: string[];
let folders: { role: string; path: string }[];
let sent: { method: string; url: string; body: unknown }[];
let permissions: string[];
let reports: ConnectionReports | null;

beforeAll(async () => {
  await startI18n();
  await loadTexts(['settings', 'checks']);
});
beforeEach(() => {
  checks = [check({})];
  objects = ['Document_ЗаказКлиента'];
  folders = [];
  steps = ['dns', 'connect', 'login', 'rights', 'objects', 'sample'];
  sent = [];
  reports = null;
  permissions = ['settings.read', 'connections.check'];
  vi.stubGlobal('fetch', async (url: string, { method = 'GET', body }: RequestInit = {}) => {
    sent.push({ method, url, body: typeof body === 'string' ? JSON.parse(body) : undefined });
    if (!url.endsWith('/checks')) return Response.json({}, { status: 404 });
    if (method === 'POST')
      return Response.json({ check: { ...checks[0], state: 'running' }, joined: true }, { status: 202 });
    const needs = { objects, folders, flows: ['ut-bp-uh'] };
    return Response.json({ now: '2026-11-26T11:32:00.000Z', steps, needs, reports, checks });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(system: SystemHealth = SYSTEM) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['session'], { permissions });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <ConnectionCheckPart system={system} />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

describe('the check of a connection', () => {
  it('says where it stopped, what was found before, and what to do in 1С step by step', async () => {
    show();
    const list = await screen.findByRole('list', { name: 'Шаги проверки' });
    expect(screen.getByRole('heading', { level: 3, name: /Проверка остановилась: Права/ })).toBeDefined();
    expect(within(list).getByText('TLS 1.3, сертификат ещё 108 дней')).toBeDefined();
    expect(
      within(list).getByText('База впустила pult-odata, но не дала ему OData. Пароль верный, не хватает одной роли.'),
    ).toBeDefined();
    expect(within(list).getByText('Что сделать администратору системы «1С:УХ»')).toBeDefined();
    expect(within(list).getByRole('button', { name: 'Скопировать УдаленныйДоступOData' })).toBeDefined();
    expect(within(list).getAllByText('не проверялось')).toHaveLength(2);
  });

  it('lists what the system has to give, folders with what each is for', async () => {
    objects = [];
    folders = [
      { role: 'inbox', path: '/srv/edi/inbox' },
      { role: 'deliver', path: '/srv/edi/to-ut' },
    ];
    checks = [];
    show();
    const needs = (await screen.findByText('Что нужно Пульту от этой системы: 2')).closest('details');
    const list = within(needs ?? document.body).getAllByRole('listitem', { hidden: true });
    expect(list.map(({ textContent }) => textContent)).toEqual([
      '/srv/edi/inbox копии всех файлов для Пульта: читать, переименовывать, удалять',
      '/srv/edi/to-ut отсюда файлы берёт УТ: класть файл при повторе',
    ]);
  });

  it('says beside a good step what Pult can do without', async () => {
    const [last] = checks;
    const rights: ConnectionCheck['steps'][number] = {
      id: 'rights',
      state: 'ok',
      ms: 1,
      facts: { objects: 7, unseen: ['Describe cluster'] },
      fault: null,
    };
    checks = [{ ...(last ?? check({})), state: 'ok', steps: [rights] }];
    show();
    const list = await screen.findByRole('list', { name: 'Шаги проверки' });
    expect(within(list).getByText(/проверено объектов: 7; без этих прав .*Describe cluster/)).toBeDefined();
  });

  it('goes on from the step that failed, or begins anew', async () => {
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Проверить с этого шага' }));
    await expect.poll(() => sent.filter(({ method }) => method === 'POST')).toHaveLength(1);
    fireEvent.click(screen.getByRole('button', { name: 'Проверить сначала' }));
    await expect.poll(() => sent.filter(({ method }) => method === 'POST')).toHaveLength(2);
    expect(sent.filter(({ method }) => method === 'POST').map(({ body }) => body)).toEqual([{ from: 'rights' }, {}]);
  });

  it('copies a letter that can be sent as it is', async () => {
    let copied = '';
    vi.stubGlobal('navigator', {
      ...navigator,
      clipboard: {
        writeText: async (text: string) => {
          copied = text;
        },
      },
    });
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Письмо администратору 1С' }));
    await screen.findByRole('button', { name: 'Скопировано' });
    expect(copied).toContain('Тема: Пульт не может работать с системой «1С:УХ»');
    expect(copied).toContain('2. В «Разрешённых действиях» отметьте роль УдаленныйДоступOData');
    expect(copied).toContain('Ответ: 401 «Нарушение прав доступа»');
    expect(copied).not.toMatch(/\{\{|`/);
  });

  it('shows a running check and takes no second press', async () => {
    checks = [
      check({
        state: 'running',
        finishedAt: null,
        steps: [step('dns'), step('connect', { state: 'running', ms: null })],
      }),
    ];
    show();
    expect(await screen.findByRole('button', { name: 'Проверяем…' })).toHaveProperty('disabled', true);
    expect(screen.getByRole('heading', { level: 3, name: /Проверка идёт/ })).toBeDefined();
  });

  it('is closed to those who may only look, and says so', async () => {
    permissions = ['settings.read'];
    show();
    const button = await screen.findByRole('button', { name: 'Проверить с этого шага' });
    expect(reasonOf(button)).toBe('Проверять подключения могут роли «эксплуатация» и «администратор».');
    expect(screen.getByText('Проверять подключения могут роли «эксплуатация» и «администратор».')).toBeDefined();
  });

  it('keeps past checks, and opens one', async () => {
    checks = [
      check({ id: '019ad1c2-0000-7000-8000-000000000003', state: 'ok', steps: [step('dns'), step('connect')] }),
      check({
        id: '019ad1c2-0000-7000-8000-000000000002',
        state: 'interrupted',
        steps: [step('dns'), step('connect', { state: 'waiting', ms: null })],
      }),
      check({}),
    ];
    show();
    expect(await screen.findByRole('heading', { level: 3, name: /Подключение работает/ })).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: /Права: нет роли для OData/ }));
    expect(screen.getByRole('heading', { level: 3, name: /Проверка остановилась: Права/ })).toBeDefined();
    fireEvent.click(screen.getByRole('button', { name: /прервана/ }));
    expect(screen.getByText('Пульт перезапустился во время проверки. Запустите её ещё раз.')).toBeDefined();
  });

  it('of a system that only sends says when it was heard, with which key, and what to do when nothing comes', async () => {
    steps = [];
    checks = [];
    reports = {
      lastAt: '2026-11-26T11:31:20.000Z',
      keys: [
        { label: 'INTAKE_TOKEN_QC', lastUsedAt: '2026-11-26T11:31:00.000Z', revokedAt: null },
        { label: 'прежний', lastUsedAt: null, revokedAt: '2026-11-20T09:00:00.000Z' },
      ],
      topics: ['exchange.events.v1'],
      quarantined: 2,
      flows: ['erp-qc'],
    };
    const qc = { ...SYSTEM, id: 'qc', title: { ru: 'EproQc', en: 'EproQc' }, reports: true, connection: null } as const;
    show({ ...qc, status: 'ok' });
    expect(await screen.findByRole('heading', { name: /^(норма )?Последний раз слышали:/ })).toBeDefined();
    expect(screen.getByText('INTAKE_TOKEN_QC').parentElement?.textContent).toMatch(/последний раз с ним приходили: \S/);
    expect(screen.getByText('прежний').parentElement?.textContent).toContain('отозван');
    expect(screen.getByText(/^POST http.*\/api\/intake\/events$/)).toBeDefined();
    expect(screen.getByText('или через шину: exchange.events.v1')).toBeDefined();
    expect(screen.getByRole('link', { name: '2 события не приняты' }).getAttribute('href')).toBe(
      '/messages?tab=quarantine',
    );
    expect(screen.getByText(/Проверьте в «EproQc», что отправка событий включена/)).toBeDefined();
    expect(screen.queryByText(/скорее всего, у отправителя не задан ключ/)).toBeNull();
    cleanup();
    reports = { ...reports, lastAt: null, keys: [{ label: 'INTAKE_TOKEN_QC', lastUsedAt: null, revokedAt: null }] };
    show({ ...qc, status: 'idle' });
    expect(await screen.findByText('Эту систему ещё не слышали')).toBeDefined();
    expect(screen.getByText(/скорее всего, у отправителя не задан ключ/)).toBeDefined();
  });

  it('has nothing to check where nothing is said of a system', async () => {
    steps = [];
    checks = [];
    show({ ...SYSTEM, connection: null });
    expect(await screen.findByText(/нет ни адреса, ни ключа/)).toBeDefined();
  });
});
