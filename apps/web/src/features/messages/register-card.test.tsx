import type { MessageDetail } from '@pult/shared/contracts/messages';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, render, screen } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { RegisterCard } from './register-card.tsx';

type Row = MessageDetail['registers'][number];
const row = (change: Partial<Row> = {}): Row => ({
  systemId: 'ut',
  kind: 'not_posted',
  metadata: 'Документ.РеализацияТоваровУслуг',
  ref: null,
  link: 'http://1c/ut/#e1cib/data/x',
  raisedAt: '2026-11-24T08:30:00.000Z',
  skipped: false,
  goneAt: null,
  ...change,
});
const show = (registers: Row[]) =>
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { enabled: false } } })}>
      <MemoryRouter>
        <RegisterCard registers={registers} />
      </MemoryRouter>
    </QueryClientProvider>,
  );

beforeAll(async () => {
  await startI18n();
  await loadTexts(['messages', 'landscape']);
});
afterEach(cleanup);

it('names the base whose register tells it and leads to the register and to the object in 1С', () => {
  show([row()]);
  const hrefOf = (name: string | RegExp) => screen.getByRole('link', { name }).getAttribute('href');
  expect(hrefOf(/Из регистра обмена базы/)).toBe('/exchange-registers?system=ut');
  expect(hrefOf('Открыть в 1С')).toBe('http://1c/ut/#e1cib/data/x');
  expect(screen.queryByText(/больше не числится/)).toBeNull();
});

it('says since when 1С lists it no more', () => {
  show([row({ goneAt: '2026-11-24T09:00:00.000Z', link: null })]);
  expect(screen.getByText(/В 1С проблема больше не числится с/)).not.toBeNull();
  expect(screen.queryByRole('link', { name: 'Открыть в 1С' })).toBeNull();
});

it('is not there for a message of which no register speaks', () => {
  const { container } = show([]);
  expect(container.innerHTML).toBe('');
});
