import type { MigrationCondition, MigrationView } from '@pult/shared/contracts/migration';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../../lib/i18n/i18n.ts';
import { reasonOf } from '../../../ui/testing/denied.ts';
import { giveModalDialogs } from '../../../ui/testing/modal-dialogs.ts';
import { MigrationCard } from './migration-card.tsx';

const FORBIDDEN = 'Переводить потоки могут роли «эксплуатация» и «администратор»';

const conditions = (unmet: readonly MigrationCondition['code'][] = []): MigrationCondition[] => {
  const met = (code: MigrationCondition['code']) => !unmet.includes(code);
  return [
    { code: 'healthy', met: met('healthy'), data: { forMs: 90_000_000, needMs: 86_400_000 } },
    { code: 'unexplained', met: met('unexplained'), data: { count: met('unexplained') ? 0 : 3, of: 5 } },
    { code: 'days', met: met('days'), data: { full: met('days') ? 5 : 3, need: 5, doneOn: '2026-11-30' } },
    {
      code: 'rollback',
      met: met('rollback'),
      data: met('rollback') ? { at: '2026-11-25T09:00:00.000Z', by: 'Орлов' } : {},
    },
    { code: 'refeed', met: met('refeed'), data: { topic: 'ut.go-services.retry' } },
  ];
};
const view = (change: Partial<MigrationView> = {}): MigrationView => ({
  now: '2026-11-26T09:00:00.000Z',
  flow: { id: 'ut-site', title: { ru: 'УТ → сайт', en: 'UT → site' } },
  bus: { id: 'bus-ut-go', title: { ru: 'УТ → шина', en: 'UT → bus' } },
  types: ['ПакетЦен'],
  stage: 'shadow',
  version: 4,
  since: '2026-11-20T06:00:00.000Z',
  truth: 'old',
  history: [],
  conditions: conditions(),
  ready: true,
  notBefore: null,
  next: 'cut-over',
  back: ['point-to-point'],
  rules: { days: 5, share: 0.99, lossDays: 3, waitMs: 600_000 },
  comparedAt: '2026-11-26T08:59:00.000Z',
  stale: false,
  ...change,
});
const early = () =>
  view({ conditions: conditions(['unexplained', 'days', 'rollback']), ready: false, notBefore: '2026-12-01' });

/** What the server says of the move and answers to a decision; what was sent to it. */
let known: MigrationView;
let permissions: string[];
let decide: () => Response;
let sent: { path: string; body: unknown }[];

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape', 'migration']);
  giveModalDialogs();
});
beforeEach(() => {
  known = view();
  permissions = ['migration.change'];
  sent = [];
  decide = () => Response.json(known);
  vi.stubGlobal('fetch', async (url: string, { method = 'GET', body }: RequestInit = {}) => {
    if (method === 'GET') return Response.json(known);
    sent.push({ path: url.slice(url.lastIndexOf('/')), body: JSON.parse(String(body)) });
    return decide();
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['session'], { permissions });
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <MigrationCard flowId="ut-site" />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}
const forward = (name = 'Переключить…') => screen.findByRole<HTMLButtonElement>('button', { name });
/** The checklist as it is read: whether a condition holds, and its name, in order. */
const checklist = () =>
  screen
    .getAllByRole('img')
    .map((mark) => [mark.getAttribute('aria-label'), mark.closest('li')?.querySelector('b')?.textContent]);
async function confirm(title: string, reason: string) {
  const dialog = within(await screen.findByRole('dialog', { name: title }));
  expect(dialog.getByRole('button', { name: title })).toHaveProperty('disabled', true);
  fireEvent.change(dialog.getByRole('textbox'), { target: { value: reason } });
  fireEvent.click(dialog.getByRole('button', { name: title }));
}

describe('a flow that may not go on yet', () => {
  it('says how much is done and what stands in the way, and keeps the switch closed', async () => {
    known = early();
    show();
    await forward();
    const obstacles = 'Мешает: 3 отличия без причины, ещё 2 рабочих дня и откат не проверен.';
    expect(screen.getByRole('status').textContent).toBe(`Переключать рано: выполнено 2 из 5. ${obstacles}`);
    expect(reasonOf(await forward())).toBe(obstacles);
    expect(screen.getByText('когда выполнены все условия: 5')).toBeDefined();
    fireEvent.click(await forward());
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('lists what does not hold first, each with its fact, what to do and the way to it', async () => {
    known = early();
    show();
    await forward();
    expect(checklist()).toEqual([
      ['не выполнено', 'Нет отличий без причины'],
      ['не выполнено', 'Оба канала идут не меньше 5 рабочих дней'],
      ['не выполнено', 'Откат проверен'],
      ['выполнено', expect.stringMatching(/^Поток в норме не меньше/)],
      ['выполнено', 'Можно повторить одному получателю'],
    ]);
    const link = screen.getByRole('link', { name: '3 из 5' }).getAttribute('href');
    expect(link).toBe('/flows/ut-site/pairs?outcome=differs&reason=without');
    expect(screen.getByText('3 полных')).toBeDefined();
    expect(screen.getByText(/^Выполнится вечером .*30/)).toBeDefined();
  });

  it('marks the stage it stands on and the earliest date of the next', async () => {
    known = early();
    show();
    await forward();
    const steps = screen.getAllByRole('listitem').filter((step) => step.hasAttribute('data-at'));
    expect(steps.map((step) => [step.getAttribute('aria-current'), step.textContent])).toEqual([
      [null, expect.stringMatching(/^Точка-точкадо .*20/)],
      ['step', expect.stringMatching(/^Теньс .*20/)],
      [null, expect.stringMatching(/^Переключениене раньше .*1/)],
      [null, 'Шинавпереди'],
    ]);
    expect(screen.getByText(/^Основной пока старый канал: получатель работает/)).toBeDefined();
  });

  it('takes the word of a person that going back was tried', async () => {
    known = early();
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Отметить проверку…' }));
    known = view({ conditions: conditions(['unexplained', 'days']), ready: false });
    await confirm('Откат проверен', 'вернули за 4 минуты');
    expect(await screen.findByText(/, Орлов$/)).toBeDefined();
    expect(sent).toEqual([{ path: '/rollback-check', body: { reason: 'вернули за 4 минуты' } }]);
    expect(screen.queryByRole('button', { name: 'Отметить проверку…' })).toBeNull();
  });
});

describe('a flow that may go on', () => {
  it('goes on with the reason of a person, from the state that was seen', async () => {
    show();
    expect(reasonOf(await forward())).toBeNull();
    expect(screen.getByRole('status').textContent).toContain('Можно переключать: выполнены все условия.');
    expect(screen.queryByText(/когда выполнены все условия/)).toBeNull();
    expect(checklist().map(([mark]) => mark)).toEqual(Array(5).fill('выполнено'));
    fireEvent.click(await forward());
    expect(screen.getByText(/Получателя переключает его владелец/)).toBeDefined();
    known = view({ stage: 'cut-over', version: 5, truth: 'bus', next: 'bus', back: ['shadow', 'point-to-point'] });
    await confirm('Переключить на шину', 'неделя без отличий');
    expect(await forward('Отключить старый канал…')).toBeDefined();
    expect(sent).toEqual([{ path: '/stage', body: { to: 'cut-over', version: 4, reason: 'неделя без отличий' } }]);
    expect(reasonOf(screen.getByRole('button', { name: 'Вернуть на старый канал…' }))).toBeNull();
  });

  it('says why the decision was not taken', async () => {
    const body = { type: 'x', title: 'x', status: 409, code: 'migration.changed', data: {}, traceId: 'abc' };
    decide = () => Response.json(body, { status: 409 });
    show();
    fireEvent.click(await forward());
    await confirm('Переключить на шину', 'неделя без отличий');
    expect((await screen.findByRole('alert')).textContent).toMatch(/переход изменили/);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('may go back one stage at any time', async () => {
    known = early();
    show();
    fireEvent.click(await screen.findByRole('button', { name: 'Остановить тень…' }));
    await confirm('Остановить тень', 'шина на ремонте');
    await expect.poll(() => sent).toHaveLength(1);
    expect(sent[0]?.body).toEqual({ to: 'point-to-point', version: 4, reason: 'шина на ремонте' });
  });
});

it('is closed to a person who may only look, and says who may', async () => {
  permissions = ['landscape.read'];
  known = view({ conditions: conditions(['rollback']) });
  show();
  await forward();
  for (const name of ['Переключить…', 'Остановить тень…', 'Отметить проверку…']) {
    const button = screen.getByRole<HTMLButtonElement>('button', { name });
    expect([name, reasonOf(button)]).toEqual([name, FORBIDDEN]);
    fireEvent.click(button);
  }
  expect(screen.queryByRole('dialog')).toBeNull();
});

it('has nowhere to go on to from the bus, and shows who brought it there', async () => {
  const change = { version: 5, stage: 'bus', from: 'cut-over', at: '2026-11-26T08:41:00.000Z' } as const;
  const history = [{ ...change, by: 'Орлов Илья', reason: 'две недели тихо' }];
  known = view({ stage: 'bus', truth: 'bus', next: null, back: ['cut-over'], conditions: [], ready: false, history });
  show();
  expect((await screen.findByRole('status')).textContent).toContain('Поток на шине: переходить дальше некуда.');
  expect(screen.getAllByRole('button').map(({ textContent }) => textContent)).toEqual([
    'Вернуть старый канал в строй…',
  ]);
  expect(screen.getByText(/Орлов Илья · Переключение → Шина: две недели тихо/)).toBeDefined();
});
