import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { giveModalDialogs } from '../../ui/testing/modal-dialogs.ts';
import { QuietTab } from './quiet-tab.tsx';

vi.mock('../../lib/live/use-live-topics.ts', () => ({ useLiveTopics: () => undefined }));
vi.mock('../../lib/session.ts', () => ({ usePermission: () => true }));
vi.mock('../../lib/use-names.ts', () => ({
  useNames: () => ({
    systems: [{ id: 'bp', title: '1С:Бухгалтерия' }],
    flows: [],
    system: (id: string) => id,
    flow: (id: string) => id,
  }),
}));

const FROM = '2026-12-05T19:00:00.000Z';
const period = (change: object) => ({
  id: '00000000-0000-4000-8000-000000000001',
  kind: 'maintenance',
  target: { kind: 'system', id: 'bp' },
  reason: 'обновление',
  from: FROM,
  until: '2026-12-05T23:00:00.000Z',
  weekly: false,
  weeklyUntil: null,
  state: 'planned',
  occurrence: null,
  endedAt: null,
  endedBy: null,
  createdAt: '2026-11-29T09:00:00.000Z',
  createdBy: 'Орлова',
  version: 1,
  ...change,
});
let periods: object[] = [];
const sent: unknown[] = [];

beforeAll(async () => {
  giveModalDialogs();
  await startI18n();
  await loadTexts(['quiet']);
  vi.stubGlobal('fetch', async (_: string, init?: RequestInit) => {
    if (init?.method === 'POST') {
      sent.push(JSON.parse(String(init.body)));
      return Response.json(period({}));
    }
    return Response.json({ now: '2026-11-29T10:00:00.000Z', periods });
  });
});
afterEach(cleanup);

function show(...shown: object[]): void {
  periods = shown;
  render(
    <QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}>
      <MemoryRouter>
        <QuietTab />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}

it('calls off work that is still to come, and ends what holds', async () => {
  show(period({}), period({ id: '00000000-0000-4000-8000-000000000002', state: 'active' }));
  expect(await screen.findByRole('button', { name: 'Отменить' })).toBeDefined();
  expect(screen.getByRole('button', { name: 'Закончить' })).toBeDefined();
});

it('says of work that was ended before its begin that it was called off', async () => {
  const endedBy = 'Петров';
  show(
    period({ state: 'ended', endedAt: '2026-11-30T09:00:00.000Z', endedBy }),
    period({
      id: '00000000-0000-4000-8000-000000000002',
      state: 'ended',
      endedAt: '2026-12-05T20:00:00.000Z',
      endedBy,
    }),
  );
  const [, first, second] = await screen.findAllByRole('row');
  expect(first?.textContent).toContain('отменено');
  expect(second?.textContent).toContain('раньше срока: Петров');
});

it('plans work on no system that nobody chose, and says what is missing', async () => {
  show();
  fireEvent.click(await screen.findByRole('button', { name: 'Запланировать…' }));
  const form = within(await screen.findByRole('dialog'));
  const system = form.getByRole<HTMLSelectElement>('combobox', { name: 'Система' });
  expect(system.selectedOptions[0]?.textContent).toBe('Выберите систему');
  expect(form.getByText(/^Без причины не выйдет/)).toBeDefined();
  fireEvent.change(form.getByRole('textbox', { name: 'Причина' }), { target: { value: 'обновление' } });
  expect(form.queryByText(/^Без причины не выйдет/)).toBeNull();
  const save = form.getByRole('button', { name: 'Запланировать' });
  expect(save).toHaveProperty('disabled', true);
  fireEvent.change(system, { target: { value: 'system:bp' } });
  fireEvent.click(save);
  await expect.poll(() => sent).toMatchObject([{ kind: 'maintenance', target: { kind: 'system', id: 'bp' } }]);
});

it('repeats work for ever only when nothing stands as its last day, never because what stands there is no date', async () => {
  sent.length = 0;
  show();
  fireEvent.click(await screen.findByRole('button', { name: 'Запланировать…' }));
  const form = within(await screen.findByRole('dialog'));
  fireEvent.change(form.getByRole('combobox', { name: 'Система' }), { target: { value: 'system:bp' } });
  fireEvent.change(form.getByRole('textbox', { name: 'Причина' }), { target: { value: 'обновление' } });
  fireEvent.click(form.getByRole('checkbox', { name: 'Повторять каждую неделю' }));
  const last = form.getByRole('textbox', { name: 'Последний день' });
  fireEvent.change(last, { target: { value: '31.11.2030' } });
  fireEvent.blur(last);
  expect(form.getByRole('alert').textContent).toMatch(/^Такой даты нет/);
  const save = form.getByRole('button', { name: 'Запланировать' });
  expect(save).toHaveProperty('disabled', true);
  fireEvent.change(last, { target: { value: '30.11.2030' } });
  fireEvent.click(save);
  await expect.poll(() => sent).toMatchObject([{ weekly: true, weeklyUntil: '2030-11-30T20:59:00.000Z' }]);
});
