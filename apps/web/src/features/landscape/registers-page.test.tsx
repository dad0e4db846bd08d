import type { ExchangeBase, ExchangeProblem } from '@pult/shared/contracts/exchange-registers';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { RegistersPage } from './registers-page.tsx';

vi.mock('../../lib/live/use-live-topics.ts', () => ({ useLiveTopics: () => undefined }));

const AT = '2026-11-29T10:00:00.000Z';
const base = (systemId: string, change: Partial<ExchangeBase> = {}): ExchangeBase => ({
  systemId,
  freshAt: AT,
  triedAt: AT,
  stale: false,
  error: null,
  unpublished: [],
  truncated: false,
  problems: 0,
  failures: 0,
  skipped: 0,
  newestProblemAt: null,
  nodes: [],
  ...change,
});

const problem = (id: string, change: Partial<ExchangeProblem>, object: Partial<ExchangeProblem['object']>) => ({
  id: `00000000-0000-4000-8000-00000000000${id}`,
  systemId: 'ut',
  node: null,
  kind: 'required_fields_empty',
  message: null,
  reason: '',
  comment: null,
  skipped: false,
  raisedAt: AT,
  ...change,
  object: {
    metadata: 'Справочник.Контрагенты',
    type: null,
    presentation: 'Справочник.Контрагенты',
    ref: '25d27b46-469d-11f1-58b0-fd915dbfa8bb',
    number: null,
    date: null,
    link: null,
    ...object,
  },
});
let problems: ReturnType<typeof problem>[] = [];
let bases: ExchangeBase[] = [];

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape']);
  vi.stubGlobal('fetch', async (url: string) =>
    url.includes('exchange-registers')
      ? Response.json({ now: AT, bases, problems })
      : Response.json({}, { status: 503 }),
  );
});
beforeEach(() => {
  const error = { code: 'source.unauthorized', text: '', since: AT };
  bases = [base('ut'), base('bp', { error })];
  problems = [];
});
afterEach(cleanup);

const open = () =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MemoryRouter>
        <RegistersPage />
      </MemoryRouter>
    </QueryClientProvider>,
  );

it('shows what did not go before what did: the problems, then bases that could not be read', async () => {
  open();
  await screen.findByRole('heading', { name: 'ut' });
  const headings = screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent);
  expect(headings).toEqual([expect.stringMatching(/0$/), 'bp', 'ut']);
  expect(screen.getByRole('status').textContent).toMatch(/Система не приняла логин или пароль Пульта\.$/);
});

it('calls an object by kind and number, and one without either by its kind and the beginning of its identifier', async () => {
  const integration = { kind: 'not_integrated' as const };
  problems = [
    problem('1', {}, {}),
    problem('2', integration, { metadata: 'УХ', presentation: '25d27b46-469d-11f1-58b0-fd915dbfa8bb' }),
    problem('3', integration, {
      metadata: 'VK HR Tek',
      type: 'Документ.ПриемНаРаботу',
      number: '0000-000041',
      presentation: 'ПриемНаРаботу 0000-000041',
    }),
    problem(
      '4',
      {},
      { metadata: 'Документ.РеализацияТоваровУслуг', presentation: 'Реализация товаров и услуг ЭТ01-1' },
    ),
  ];
  open();
  await screen.findByText(/Справочник «Контрагенты» без номера · 25d27b46/);
  expect(screen.getByText(/^Объект 1С без номера · 25d27b46$/)).toBeDefined();
  expect(screen.getByText('для системы «УХ»')).toBeDefined();
  expect(screen.getByText('Приём на работу 0000-000041')).toBeDefined();
  expect(screen.getByText('Реализация товаров и услуг ЭТ01-1')).toBeDefined();
});

it('says the numbers of the messages that a node has not confirmed', async () => {
  const node = { code: 'УХ', name: 'Холдинг', export: null, import: null, plan: null };
  bases = [
    base('ut', {
      nodes: [
        { ...node, ref: 'a', sentNo: 4688, receivedNo: 4681 },
        { ...node, ref: 'b', sentNo: 12, receivedNo: 12 },
      ],
    }),
  ];
  open();
  expect(await screen.findByText(/^не подтверждено 7 сообщений: №\s4\s682–4\s688$/)).toBeDefined();
  expect(screen.getAllByText(/не подтвержд/)).toHaveLength(1);
});
