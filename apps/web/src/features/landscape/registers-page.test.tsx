import type { ExchangeBase } from '@pult/shared/contracts/exchange-registers';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
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

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape']);
  const error = { code: 'source.unauthorized', text: '', since: AT };
  const bases = [base('ut'), base('bp', { error })];
  vi.stubGlobal('fetch', async (url: string) =>
    url.includes('exchange-registers')
      ? Response.json({ now: AT, bases, problems: [] })
      : Response.json({}, { status: 503 }),
  );
});
afterEach(cleanup);

it('shows what did not go before what did: the problems, then bases that could not be read', async () => {
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MemoryRouter>
        <RegistersPage />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  await screen.findByRole('heading', { name: 'ut' });
  const headings = screen.getAllByRole('heading', { level: 2 }).map(({ textContent }) => textContent);
  expect(headings).toEqual([expect.stringMatching(/0$/), 'bp', 'ut']);
  expect(screen.getByRole('status').textContent).toMatch(/Система не приняла логин или пароль Пульта\.$/);
});
