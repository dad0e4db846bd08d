import type { AutomaticHoldView, AutomaticRetry } from '@pult/shared/contracts/automatic-retries';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, waitFor, within } from '@testing-library/react';
import { MemoryRouter } from 'react-router';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { reasonOf } from '../../ui/testing/denied.ts';
import { giveModalDialogs } from '../../ui/testing/modal-dialogs.ts';
import { AutomaticCard, NoAutomatic } from './automatic-card.tsx';

const FORBIDDEN = 'Приостанавливать и возобновлять автоповтор может роль «эксплуатация»';
/** 14:00 in Moscow. */
const NOW = '2026-11-29T11:00:00.000Z';

const state = (change: Partial<AutomaticRetry> = {}): AutomaticRetry => ({
  now: NOW,
  flow: 'ut-bp-sales',
  policy: {
    classes: [
      { errorClass: 'transport', pausesMs: [30_000, 120_000, 600_000] },
      { errorClass: 'capacity', pausesMs: [300_000] },
    ],
    perHour: 60,
    ratePerSecond: 1,
  },
  hold: null,
  pause: null,
  operation: null,
  usedInHour: 0,
  waiting: 0,
  behind: 0,
  nextAt: null,
  left: [],
  more: false,
  ...change,
});
const hold = (kind: AutomaticHoldView['kind'], change: Partial<AutomaticHoldView> = {}): AutomaticHoldView => ({
  kind,
  system: null,
  until: null,
  ...change,
});
const operation = (its: NonNullable<AutomaticRetry['operation']>['state']): AutomaticRetry['operation'] => ({
  id: '01a225bc-0000-4000-8000-000000000001',
  number: 57,
  state: its,
});
const paused = () =>
  state({
    hold: hold('paused'),
    pause: { at: '2026-11-29T09:30:00.000Z', by: 'Орлова А.', reason: 'Разбираемся с дублями' },
  });
const refusal = (code: string) =>
  Response.json({ type: 'x', title: 'x', status: 409, code, data: {}, traceId: 't' }, { status: 409 });

/** What the server says of the flow and answers to a command; what was sent to it. */
let known: AutomaticRetry;
let permissions: string[];
let read: () => Response;
let command: () => Response;
let sent: { path: string; body: unknown }[];

beforeAll(async () => {
  await startI18n();
  await loadTexts(['landscape', 'automatic']);
  giveModalDialogs();
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date(NOW) });
  known = state();
  permissions = ['operations.read', 'operations.run'];
  sent = [];
  read = () => Response.json(known);
  command = () => Response.json(known);
  vi.stubGlobal('fetch', async (url: string, { method = 'GET', body }: RequestInit = {}) => {
    if (!url.startsWith('/api/automatic-retries/ut-bp-sales')) return Response.json({}, { status: 503 });
    if (method === 'GET') return read();
    sent.push({ path: url.slice(url.lastIndexOf('/')), body: JSON.parse(String(body)) });
    return command();
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

function show() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['session'], { permissions });
  client.setQueryDefaults(['landscape'], { enabled: false });
  client.setQueryData(['landscape', 'overview'], {
    systems: [{ id: 'ut', title: { ru: '1С:УТ', en: '1С:UT' }, kind: 'onec', group: null }],
    flows: [],
  });
  return render(
    <QueryClientProvider client={client}>
      <MemoryRouter>
        <AutomaticCard flowId="ut-bp-sales" />
        <NoAutomatic flowId="ut-bp-sales" />
      </MemoryRouter>
    </QueryClientProvider>,
  );
}
/** Text of a part of the card, by its heading, with plain spaces. */
const part = async (name: string): Promise<string> =>
  (await screen.findByRole('heading', { level: 3, name })).parentElement?.textContent?.replaceAll('\u00a0', ' ') ?? '';
const now = () => part('Сейчас');
/** The heading with its chip, when the answer is there. */
const chip = async (): Promise<string> => {
  await now();
  return screen.getByRole('heading', { level: 2, name: /Автоповтор/ }).textContent?.trim() ?? '';
};
const pauseButton = () => screen.findByRole('button', { name: 'Приостановить автоповтор…' });

describe('the policy', () => {
  it('is said class by class, with its limits', async () => {
    show();
    const text = await part('По правилу потока');
    expect(text).toContain('Связь: через 30 с, 2 мин, 10 мин');
    expect(text).toContain('Нагрузка, блокировки: через 5 мин');
    expect(text).toContain('Не больше 60 в час, до 1 в секунду');
  });

  it('is one calm line and no card where there is none', async () => {
    known = state({ policy: null });
    show();
    expect(await screen.findByText('Автоповтора нет: о каждой ошибке решает человек.')).toBeDefined();
    expect(screen.queryByRole('heading')).toBeNull();
    expect(screen.queryByRole('button')).toBeNull();
  });
});

describe('what it does now', () => {
  it('leads to the operation that is under way', async () => {
    known = state({ operation: operation('running'), usedInHour: 12 });
    show();
    const link = await screen.findByRole('link', { name: /^повтор №\s57$/ });
    expect(link.getAttribute('href')).toBe('/operations/01a225bc-0000-4000-8000-000000000001');
    expect(await now()).toContain('Попыток за последний час: 12 из 60');
    expect(await chip()).toContain('идёт');
  });

  it.each([
    ['planned', 'Идёт: повтор № 57', 'идёт'],
    ['running', 'Идёт: повтор № 57', 'идёт'],
    ['holding', 'Идёт: повтор № 57', 'идёт'],
    ['cancelling', 'Завершает начатое: повтор № 57', 'идёт'],
    ['paused', 'Повтор № 57 приостановлен, остальные ждут его окончания.', 'придержан'],
    ['stopped', 'Повтор № 57 приостановлен, остальные ждут его окончания.', 'придержан'],
  ] as const)('says how its operation stands, %s', async (its, sentence, name) => {
    known = state({ operation: operation(its) });
    show();
    const said = (await now()).slice('Сейчас'.length);
    expect(said).toBe(`${sentence}Попыток за последний час: 0 из 60`);
    expect(await chip()).toBe(`Автоповтор ${name}`);
    expect(screen.getByRole('link', { name: /^повтор №\s57$/i }).getAttribute('href')).toBe(
      '/operations/01a225bc-0000-4000-8000-000000000001',
    );
  });

  it.each([
    ['running', '2026-11-29T11:05:00.000Z', 'Ждут 4 сообщения, ближайшее в 14:05.'],
    ['running', '2026-11-29T10:59:58.000Z', 'Ждут 4 сообщения.'],
    ['paused', '2026-11-29T11:05:00.000Z', 'Ждут 4 сообщения.'],
    ['stopped', '2026-11-29T11:05:00.000Z', 'Ждут 4 сообщения.'],
  ] as const)('promises no time that its operation does not let be kept, %s, %s', async (its, nextAt, sentence) => {
    known = state({ operation: operation(its), waiting: 4, nextAt });
    show();
    expect(await now()).toContain(sentence);
  });

  it('names a pause by a person before a halted operation', async () => {
    known = { ...paused(), operation: operation('paused') };
    show();
    expect(await chip()).toBe('Автоповтор приостановлен');
    expect(await now()).toContain('Повтор № 57 приостановлен');
  });

  it.each([
    ['2026-11-29T11:00:40.000Z', 'Ждут 4 сообщения, ближайшее через 40 с.'],
    ['2026-11-29T11:05:00.000Z', 'Ждут 4 сообщения, ближайшее в 14:05.'],
    ['2026-11-29T22:05:00.000Z', 'Ждут 4 сообщения, ближайшее 30 ноя, 01:05.'],
    ['2026-11-29T10:59:58.000Z', 'Ждут 4 сообщения, ближайшее вот-вот.'],
  ])('says how many wait and when the first is due, %s', async (nextAt, sentence) => {
    known = state({ waiting: 4, nextAt });
    show();
    expect(await now()).toContain(sentence);
    expect(await chip()).toContain('ждёт');
  });

  it('says of a single message when it goes', async () => {
    known = state({ waiting: 1, nextAt: '2026-11-29T11:05:00.000Z' });
    show();
    expect(await now()).toContain('Ждёт 1 сообщение, повтор в 14:05.');
  });

  it('says that the numbers are lower bounds when not all was looked at', async () => {
    known = state({ waiting: 501, behind: 21, more: true, left: [{ reason: 'class', count: 41 }] });
    show();
    expect(await now()).toContain('Ждут не меньше 501 сообщений.');
    expect(await now()).toContain('Ещё не меньше 21 ждут более раннее сообщение своего документа.');
    expect(await chip()).toBe('Автоповтор ждёт');
    expect(await part('Решает человек')).toContain('не меньше 41 — ошибки, которые автоматически не повторяются');
  });

  it('does not take what was not looked at for nothing', async () => {
    known = state({ more: true });
    show();
    expect(await now()).toContain('Ошибок много, посчитаны не все: что из них Пульт повторит, пока не видно.');
    expect(await now()).not.toContain('Повторять нечего');
    expect(await chip()).toBe('Автоповтор');
    expect(await part('Решает человек')).toContain('Среди посчитанных таких ошибок нет.');
  });

  it.each([
    [4, 1, 'Ждут 4 сообщения.Ещё 1 ждёт более раннее сообщение своего документа.'],
    [4, 3, 'Ждут 4 сообщения.Ещё 3 ждут более раннее сообщение своего документа.'],
    [0, 1, 'Ждёт 1 сообщение: сначала должно решиться более раннее того же документа.'],
    [0, 5, 'Ждут 5 сообщений: сначала должны решиться более ранние тех же документов.'],
  ])('counts apart what waits for an older message, %i and %i', async (waiting, behind, sentence) => {
    known = state({ waiting, behind });
    show();
    expect((await now()).slice('Сейчас'.length)).toBe(`${sentence}Попыток за последний час: 0 из 60`);
    expect(await chip()).toBe('Автоповтор ждёт');
  });

  it('has nothing to do when nothing failed', async () => {
    show();
    expect(await now()).toContain('Повторять нечего.');
    expect(await part('Решает человек')).toContain('Таких ошибок нет.');
    expect(await chip()).toContain('включён');
  });

  it.each([
    [hold('circuit', { system: 'ut' }), 'Придержан: нет связи с 1С:УТ. Продолжится сам, когда связь восстановится.'],
    [hold('circuit'), 'Придержан: нет связи с системой. Продолжится сам, когда связь восстановится.'],
    [hold('maintenance', { until: '2026-11-29T15:00:00.000Z' }), 'Придержан: идут плановые работы, до 18:00.'],
    [hold('maintenance'), 'Придержан: идут плановые работы.'],
    [hold('budget', { until: '2026-11-29T11:20:00.000Z' }), 'Придержан: попытки за последний час исчерпаны, до 14:20.'],
    [
      hold('stopped', { until: '2026-11-29T11:05:00.000Z' }),
      'Придержан: прошлый автоповтор остановился сам или его отменили, до 14:05.',
    ],
  ])('says what holds it back and until when, and promises no time to what waits, %o', async (one, sentence) => {
    known = state({ hold: one, waiting: 4, nextAt: '2026-11-29T11:05:00.000Z' });
    show();
    expect(await now()).toContain(sentence);
    expect(await now()).toContain('Ждут 4 сообщения.');
    expect(await chip()).toContain('придержан');
  });

  it('says who paused it, when and why', async () => {
    known = paused();
    show();
    expect(await now()).toContain('Приостановлен: Орлова А., 12:30 Разбираемся с дублями');
    expect(await now()).not.toContain('Придержан');
    expect(await chip()).toContain('приостановлен');
  });

  it('says that a pause lets what is under way end', async () => {
    known = { ...paused(), operation: operation('cancelling') };
    show();
    expect(await now()).toContain('Завершает начатое: повтор № 57');
    expect(await chip()).toBe('Автоповтор приостановлен');
  });
});

it('names what it leaves to people by reason and leads to it', async () => {
  known = state({
    left: [
      { reason: 'class', count: 12 },
      { reason: 'tries_spent', count: 3 },
      { reason: 'overtaken', count: 2 },
      { reason: 'obstacle', count: 0 },
    ],
  });
  show();
  const text = await part('Решает человек');
  expect(text).toContain('12 — ошибки, которые автоматически не повторяются');
  expect(text).toContain('3 — все попытки не помогли');
  expect(text).toContain('2 — есть более новое сообщение документа');
  expect(text).not.toContain('0 —');
  expect(screen.getByRole('link', { name: 'К ошибкам потока' }).getAttribute('href')).toBe(
    '/messages?tab=causes&flow=ut-bp-sales',
  );
});

describe('pausing', () => {
  it('asks for a reason first and shows what the server then says', async () => {
    show();
    fireEvent.click(await pauseButton());
    const dialog = screen.getByRole('dialog', { name: 'Приостановить автоповтор потока?' });
    const confirm = within(dialog).getByRole<HTMLButtonElement>('button', { name: 'Приостановить' });
    expect(confirm.disabled).toBe(true);
    expect(dialog.textContent).toContain('Что ещё не отправлено, вернётся в «ошибку», а отправленное дождётся исхода.');
    fireEvent.change(within(dialog).getByRole('textbox'), { target: { value: ' Разбираемся с дублями ' } });
    known = paused();
    fireEvent.click(confirm);
    expect(await screen.findByRole('button', { name: 'Возобновить автоповтор' })).toBeDefined();
    expect(sent).toEqual([{ path: '/pause', body: { reason: 'Разбираемся с дублями' } }]);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('says that somebody was faster and shows who', async () => {
    show();
    fireEvent.click(await pauseButton());
    fireEvent.change(screen.getByRole('textbox'), { target: { value: 'Разбираемся' } });
    known = paused();
    command = () => refusal('automatic_retry.paused');
    fireEvent.click(screen.getByRole('button', { name: 'Приостановить' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Автоповтор уже приостановлен');
    expect(await screen.findByRole('button', { name: 'Возобновить автоповтор' })).toBeDefined();
    expect(await now()).toContain('Орлова А.');
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is ended without a question', async () => {
    known = paused();
    show();
    const resume = await screen.findByRole('button', { name: 'Возобновить автоповтор' });
    known = state();
    fireEvent.click(resume);
    expect(await pauseButton()).toBeDefined();
    expect(sent).toEqual([{ path: '/resume', body: {} }]);
  });

  it('is offered while it waits after an operation that stopped, and so is going on without the wait', async () => {
    known = state({ hold: hold('stopped', { until: '2026-11-29T11:05:00.000Z' }) });
    show();
    expect(await pauseButton()).toBeDefined();
    const resume = screen.getByRole('button', { name: 'Возобновить автоповтор' });
    known = state();
    fireEvent.click(resume);
    await waitFor(() => expect(screen.queryByRole('button', { name: 'Возобновить автоповтор' })).toBeNull());
    expect(sent).toEqual([{ path: '/resume', body: {} }]);
  });

  it('says that it goes on already when somebody else resumed it or the wait ended', async () => {
    known = paused();
    show();
    const resume = await screen.findByRole('button', { name: 'Возобновить автоповтор' });
    known = state();
    command = () => refusal('automatic_retry.not_paused');
    fireEvent.click(resume);
    expect((await screen.findByRole('alert')).textContent).toContain('Автоповтор уже идёт.');
    expect(await pauseButton()).toBeDefined();
  });

  it.each([
    ['Приостановить автоповтор…', state],
    ['Возобновить автоповтор', paused],
  ])('is off and says why for who may not, «%s»', async (name, of) => {
    known = of();
    permissions = ['operations.read'];
    show();
    const button = await screen.findByRole('button', { name });
    expect(reasonOf(button)).toBe(FORBIDDEN);
    fireEvent.click(button);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(sent).toEqual([]);
  });
});

it('says what went wrong and can be asked again', async () => {
  read = () => Response.json({ type: 'x', title: 'x', status: 503, code: 'database.unavailable' }, { status: 503 });
  show();
  const again = await screen.findByRole('button', { name: 'Повторить' });
  read = () => Response.json(known);
  fireEvent.click(again);
  expect(await pauseButton()).toBeDefined();
});

it('is there, with its title, while the answer is on its way', () => {
  read = () => new Promise(() => undefined) as never;
  show();
  expect(screen.getByRole('heading', { name: 'Автоповтор' })).toBeDefined();
  expect(screen.queryByRole('button')).toBeNull();
});

it('is not shown to who may not see operations', () => {
  permissions = [];
  const { container } = show();
  expect(container.innerHTML).toBe('');
});
