import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { MigrationView, ShadowPair, shadowReport } from '@pult/shared/contracts/migration';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, expect, it, vi } from 'vitest';
import { ApiError } from '../../../lib/api/api-error.ts';
import { loadTexts, startI18n } from '../../../lib/i18n/i18n.ts';
import { reasonOf } from '../../../ui/testing/denied.ts';
import { giveModalDialogs } from '../../../ui/testing/modal-dialogs.ts';
import { ShadowCard, type ShadowCardProps } from './shadow-card.tsx';

type Report = EndpointResult<typeof shadowReport>;
type Outcome = Report['outcomes'][number];

const uuid = (n: number): string => `019ad1c2-0000-7000-8000-00000000000${n}`;
const AT = '2026-11-26T08:41:00.000Z';
const view = (change: Partial<MigrationView> = {}): MigrationView => ({
  now: '2026-11-26T09:00:00.000Z',
  flow: { id: 'ut-site', title: { ru: 'УТ → сайт', en: 'UT → site' } },
  bus: { id: 'bus-ut-go', title: { ru: 'УТ → шина', en: 'UT → bus' } },
  types: [],
  stage: 'shadow',
  version: 4,
  since: null,
  truth: 'old',
  history: [],
  conditions: [],
  ready: false,
  notBefore: null,
  next: 'cut-over',
  back: ['point-to-point'],
  rules: { days: 5, share: 0.99, lossDays: 3, waitMs: 600_000 },
  comparedAt: AT,
  stale: false,
  ...change,
});
const pair = (change: Partial<ShadowPair> = {}): ShadowPair => ({
  id: uuid(1),
  at: AT,
  type: 'ПакетЦен',
  number: 'ПЦ-000041',
  outcome: 'differs',
  old: { deliveryId: uuid(2), state: 'applied', appliedAt: '2026-11-26T08:41:05.000Z', latencyMs: 5_000 },
  bus: { deliveryId: uuid(3), state: 'applied', appliedAt: '2026-11-26T08:41:03.000Z', latencyMs: 3_000 },
  lagMs: -2_000,
  differing: 1,
  equal: 7,
  differences: [{ path: 'stocks[41].quantity', field: 'stocks.quantity', old: 4, bus: null, explained: false }],
  explanationId: null,
  ...change,
});
const outcome = (name: Outcome['outcome'], count: number, change: Partial<Outcome> = {}): Outcome => ({
  outcome: name,
  count,
  unexplained: 0,
  bars: [count],
  lastAt: null,
  why: null,
  ...change,
});
const report = (change: Partial<Report> = {}): Report => ({
  now: '2026-11-26T09:00:00.000Z',
  from: '2026-11-19T21:00:00.000Z',
  since: '2026-11-19T21:00:00.000Z',
  stepMs: 86_400_000,
  steps: ['2026-11-25T21:00:00.000Z'],
  pairs: 200,
  waiting: 2,
  neither: 0,
  outcomes: [
    outcome('same', 190),
    outcome('differs', 9, { unexplained: 8, lastAt: AT }),
    outcome('only_old', 1, { why: 'шина стояла' }),
    outcome('only_bus', 0),
  ],
  lag: null,
  example: pair(),
  more: 7,
  recent: [],
  explanations: [],
  ...change,
});
const NOTHING = report({
  since: null,
  pairs: 0,
  waiting: 0,
  outcomes: [outcome('same', 0), outcome('differs', 0), outcome('only_old', 0), outcome('only_bus', 0)],
  example: null,
  more: 0,
});

let permissions: string[];
let answer: () => Response;
let sent: { url: string; body: unknown }[];

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape', 'migration']);
  giveModalDialogs();
});
beforeEach(() => {
  permissions = ['migration.change', 'messages.payload'];
  sent = [];
  answer = () => Response.json({ id: uuid(9), pairs: 8 });
  vi.stubGlobal('fetch', async (url: string, { body }: RequestInit = {}) => {
    sent.push({ url, body: JSON.parse(String(body)) });
    return answer();
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show(props: Partial<ShadowCardProps> = {}) {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['session'], { permissions });
  const onPeriod = vi.fn();
  const onRetry = vi.fn();
  render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <ShadowCard
          view={view()}
          report={report()}
          error={null}
          onRetry={onRetry}
          period="7d"
          onPeriod={onPeriod}
          {...props}
        />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return { onPeriod, onRetry };
}
const explainButton = () => screen.getByRole<HTMLButtonElement>('button', { name: 'Объяснить отличие…' });
const rowOf = (name: string): HTMLElement => {
  const row = screen.getAllByRole('row').find(({ textContent }) => textContent?.startsWith(name));
  if (!row) throw new Error(`no row ${name}`);
  return row;
};

it('says that there are no pairs yet, and shows no table of zeros', () => {
  show({ report: NOTHING });
  expect(screen.getByText('Пар ещё нет')).toBeDefined();
  expect(screen.queryByRole('table')).toBeNull();
  expect(screen.queryByRole('button', { name: 'Объяснить отличие…' })).toBeNull();
  expect(screen.getByRole('radio', { name: 'Всё время' })).toBeDefined();
});

it('says how to begin where the comparison was not begun', () => {
  show({ view: view({ stage: 'point-to-point' }), report: NOTHING });
  expect(screen.getByText('Сравнение ещё не начиналось')).toBeDefined();
  expect(screen.queryByText('Пар ещё нет')).toBeNull();
});

it('says since when the comparison stands still, over what was compared', () => {
  show({ view: view({ stale: true }) });
  expect(screen.getByRole('status').textContent).toMatch(
    /^Сравнение стоит с .*11:41: показано то, что успели сравнить/,
  );
  expect(rowOf('Совпало').textContent).toContain('190');
});

it('says when the comparison has never run, and nothing of standing while it runs', () => {
  show({ view: view({ stale: true, comparedAt: null }), report: NOTHING });
  expect(screen.getByRole('status').textContent).toBe('Сравнение ещё ни разу не прошло.');
  cleanup();
  show();
  expect(screen.queryByRole('status')).toBeNull();
});

it('counts the outcomes, and each count opens its pairs', () => {
  show();
  expect(rowOf('Совпало').textContent).toMatch(/190.*95/);
  const links = within(rowOf('Отличается')).getAllByRole('link');
  expect(links.map((link) => [link.textContent, new URL(link.getAttribute('href') ?? '', 'http://x').search])).toEqual([
    ['9', `?${new URLSearchParams({ outcome: 'differs', from: report().from })}`],
    ['8 без причины', `?${new URLSearchParams({ outcome: 'differs', reason: 'without', from: report().from })}`],
  ]);
  expect(within(rowOf('Только старый')).getByText('шина стояла')).toBeDefined();
  expect(within(rowOf('Только шина')).queryByRole('link')).toBeNull();
  expect(rowOf('Всего пар').textContent).toMatch(/200.*ещё 2 ждут вторую сторону/);
});

it('shows an example field by field, and the way to both messages and to others like it', () => {
  show();
  expect(screen.getByText('ПЦ-000041')).toBeDefined();
  const cells = within(rowOf('stocks[41].quantity')).getAllByRole('cell', { hidden: true });
  expect(cells.map(({ textContent }) => textContent)).toEqual(['stocks[41].quantity', '4', '≠ нет']);
  const came = within(rowOf('Пришло')).getAllByRole('link');
  expect(came.map((link) => [link.textContent, link.getAttribute('href')])).toEqual([
    ['11:41:05', `/messages/${uuid(2)}`],
    ['11:41:03', `/messages/${uuid(3)}`],
  ]);
  expect(rowOf('Пришло').textContent).toMatch(/раньше на 2/);
  expect(screen.getByText('ещё 7 полей совпало')).toBeDefined();
  const more = screen.getByRole('link', { name: 'Ещё 7 таких' }).getAttribute('href');
  expect(more).toBe('/flows/ut-site/pairs?outcome=differs&field=stocks.quantity');
});

it('takes the reason of a difference for its field, and says how many pairs it explains', async () => {
  show();
  fireEvent.click(explainButton());
  const form = within(await screen.findByRole('dialog', { name: 'Объяснить отличие' }));
  const scopes = form.getAllByRole<HTMLInputElement>('radio');
  expect(scopes.map(({ checked }) => checked)).toEqual([true, false, false]);
  expect(scopes[0]?.closest('label')?.textContent).toMatch(/^Только этот документ/);
  fireEvent.click(form.getByRole('radio', { name: /^Поле/ }));
  expect(form.getByText(/^Без причины не выйдет/)).toBeDefined();
  const save = form.getByRole('button', { name: 'Объяснить' });
  expect(save).toHaveProperty('disabled', true);
  fireEvent.change(form.getByLabelText('Причина'), { target: { value: 'сайт не хранит нули' } });
  expect(form.queryByText(/^Без причины не выйдет/)).toBeNull();
  fireEvent.click(save);
  expect((await screen.findByRole('status')).textContent).toBe('Объяснено 8 пар');
  expect(screen.queryByRole('dialog')).toBeNull();
  const scope = { kind: 'field', field: 'stocks.quantity' };
  expect(sent).toEqual([
    {
      url: '/api/landscape/flows/ut-site/shadow/explanations',
      body: { scope, reason: 'сайт не хранит нули' },
    },
  ]);
});

it('takes the reason for one document or for a day of the house', async () => {
  // 00:30 of the next day in Moscow.
  show({ report: report({ example: pair({ at: '2026-11-25T21:30:00.000Z' }) }) });
  for (const name of [/^Только этот документ, ПЦ-000041/, /^Все «Отличается» за/]) {
    fireEvent.click(explainButton());
    const form = within(await screen.findByRole('dialog'));
    fireEvent.click(form.getByRole('radio', { name }));
    fireEvent.change(form.getByLabelText('Причина'), { target: { value: 'проверено' } });
    fireEvent.click(form.getByRole('button', { name: 'Объяснить' }));
    await expect.poll(() => screen.queryByRole('dialog')).toBeNull();
  }
  expect(sent.map(({ body }) => body)).toEqual([
    { scope: { kind: 'pair', pairId: uuid(1) }, reason: 'проверено' },
    { scope: { kind: 'day', date: '2026-11-26', outcome: 'differs' }, reason: 'проверено' },
  ]);
});

it('says why a reason was not kept, and forgets it when the form is opened anew', async () => {
  const body = { type: 'x', title: 'x', status: 404, code: 'pair.not_found', data: {}, traceId: 'abc' };
  answer = () => Response.json(body, { status: 404 });
  show();
  fireEvent.click(explainButton());
  const form = within(await screen.findByRole('dialog'));
  fireEvent.change(form.getByLabelText('Причина'), { target: { value: 'проверено' } });
  fireEvent.click(form.getByRole('button', { name: 'Объяснить' }));
  expect((await form.findByRole('alert')).textContent).toMatch(/пар/i);
  fireEvent.click(form.getByRole('button', { name: 'Отмена' }));
  fireEvent.click(explainButton());
  await screen.findByRole('dialog');
  await expect.poll(() => screen.queryByRole('alert')).toBeNull();
});

it('asks for no reason where a person has given one, and shows whose word it is', () => {
  const given = {
    id: uuid(5),
    kind: 'field',
    field: 'stocks.quantity',
    number: null,
    outcome: null,
    date: null,
  } as const;
  show({
    report: report({
      example: pair({ explanationId: uuid(5) }),
      explanations: [{ ...given, reason: 'сайт не хранит нули', by: 'Орлов Илья', at: AT, pairs: 9 }],
    }),
  });
  expect(screen.queryByRole('button', { name: 'Объяснить отличие…' })).toBeNull();
  expect(screen.getByText('объяснено')).toBeDefined();
  const row = screen.getByText('сайт не хранит нули').closest('li');
  expect(row?.textContent).toMatch(/поле stocks\.quantity · объясняет 9 пар · Орлов Илья/);
});

it('is closed to a person who may only look, says who may, and hides what was sent', () => {
  permissions = ['landscape.read'];
  show();
  expect(reasonOf(explainButton())).toBe('Переводить потоки могут роли «эксплуатация» и «администратор»');
  fireEvent.click(explainButton());
  expect(screen.queryByRole('dialog')).toBeNull();
  expect(within(rowOf('stocks[41].quantity')).getAllByText('значение скрыто')).toHaveLength(2);
  expect(within(rowOf('stocks[41].quantity')).queryByText('4')).toBeNull();
});

it('changes the period, and asks again what could not be read', () => {
  const { onPeriod } = show();
  fireEvent.click(screen.getByRole('radio', { name: '24 ч' }));
  expect(onPeriod).toHaveBeenCalledExactlyOnceWith('24h');
  cleanup();
  const { onRetry } = show({ report: undefined, error: new ApiError({ code: 'network', status: 0 }) });
  expect(screen.getByRole('alert')).toBeDefined();
  fireEvent.click(screen.getByRole('button', { name: 'Повторить' }));
  expect(onRetry).toHaveBeenCalledOnce();
});

it('says median and p95 of who is earlier, and names what is too far away for the axis', () => {
  const lag = {
    pairs: 8,
    earlierShare: 0.75,
    medianMs: -1_900,
    p95Ms: 250,
    latestMs: 600_000,
    columns: [
      { from: -2_500, to: 0, count: 6 },
      { from: 0, to: 2_500, count: 1 },
      { from: 2_500, to: null, count: 1 },
    ],
  };
  show({ report: report({ lag }) });
  expect(screen.getByText(/^шина раньше в 75\s%\sпар; медиана −1,9\sс, p95 \+0,3\sс; когда позже/)).toBeDefined();
  expect(screen.getByText(/^> \+2,5\sс: 1$/)).toBeDefined();
  expect(screen.getByRole('img', { name: /p95 \+0,3\sс/ })).toBeDefined();
});
