import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { createMemoryRouter, RouterProvider } from 'react-router';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { OperationsPage } from './operations-page.tsx';

vi.mock('../../lib/live/use-live-topics.ts', () => ({ useLiveTopics: () => undefined }));

const AT = '2026-11-29T10:00:00.000Z';
const pult = { kind: 'pult', id: null, name: null };
const person = { kind: 'person', id: 'ops', name: 'Ольга Нечаева' };
const none = {
  pending: 0,
  waitingPrevious: 0,
  inProgress: 0,
  applied: 0,
  alreadyApplied: 0,
  done: 0,
  failed: 0,
  inDoubt: 0,
  skipped: 0,
  returned: 0,
  ineligible: 0,
};
const row = (number: number, by: typeof pult | typeof person) => ({
  id: `00000000-0000-4000-8000-00000000000${number}`,
  number,
  verb: 'resend',
  state: 'completed',
  title: null,
  flows: ['ut-bp'],
  counts: { ...none, total: 1, applied: 1 },
  createdAt: AT,
  createdBy: by,
  startedAt: AT,
  startedBy: by,
  finishedAt: AT,
  reason: by.kind === 'pult' ? null : 'База восстановлена',
});

let rows: ReturnType<typeof row>[];
let asked: URLSearchParams[];

beforeAll(async () => {
  await startI18n();
  await loadTexts(['operations']);
});
beforeEach(() => {
  rows = [row(2, pult), row(1, person)];
  asked = [];
  vi.stubGlobal('fetch', async (url: string) => {
    asked.push(new URL(url, 'http://pult').searchParams);
    return Response.json({ rows, nextCursor: null });
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(at = '/operations') {
  const router = createMemoryRouter([{ path: '/operations', element: <OperationsPage /> }], { initialEntries: [at] });
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <RouterProvider router={router} />
    </QueryClientProvider>,
  );
  return router;
}
const whose = () => screen.findByRole('radiogroup', { name: 'Чьи операции' });

it('names Pult as the author of what it opened by itself, people by their names', async () => {
  show();
  const [, automatic, ofPerson] = await screen.findAllByRole('row');
  expect(automatic?.textContent).toContain('Пульт, автоматически');
  expect(automatic?.textContent).toContain('по правилу потока');
  expect(ofPerson?.textContent).toContain('Ольга Нечаева');
  expect(ofPerson?.textContent).toContain('База восстановлена');
});

it.each([
  ['Автоматические', '?by=pult', 'true'],
  ['Людей', '?by=people', 'false'],
])('keeps the choice «%s» in the address and asks for it', async (name, search, automatic) => {
  const router = show();
  fireEvent.click(within(await whose()).getByRole('radio', { name }));
  await waitFor(() => expect(asked.at(-1)?.get('automatic')).toBe(automatic));
  expect(router.state.location.search).toBe(search);
});

it('reads both choices from the address', async () => {
  show('/operations?show=open&by=pult');
  expect(within(await whose()).getByRole<HTMLInputElement>('radio', { name: 'Автоматические' }).checked).toBe(true);
  await waitFor(() => expect(asked).toHaveLength(1));
  expect([asked[0]?.get('open'), asked[0]?.get('automatic')]).toEqual(['true', 'true']);
});

it('says that the choice hides the others, and shows them at a press', async () => {
  rows = [];
  const router = show('/operations?by=pult');
  expect(await screen.findByText('По этому отбору операций нет')).toBeDefined();
  fireEvent.click(screen.getByRole('button', { name: 'Показать все' }));
  expect(await screen.findByText('Операций ещё не было')).toBeDefined();
  expect(router.state.location.search).toBe('');
});
