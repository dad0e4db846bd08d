import type { EdiOrderView, EdiSeenAnswer } from '@pult/shared/contracts/edi';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { cleanup, fireEvent, render, screen, within } from '@testing-library/react';
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadTexts, startI18n } from '../../lib/i18n/i18n.ts';
import { reasonOf } from '../../ui/testing/denied.ts';
import { giveModalDialogs } from '../../ui/testing/modal-dialogs.ts';
import { EdiCard } from './edi-card.tsx';

const ID = '019ad1c2-0000-7000-8000-000000000001';
const EFFECT = {
  verdict: 'rejected',
  orderedPieces: '36',
  acceptedPieces: '0',
  orderedAmount: '5400.00',
  acceptedAmount: '0.00',
  changedLines: 0,
  rejectedLines: 2,
} as const;
const PREVIEW = {
  fileName: 'ORDRSP_4501.xml',
  encoding: 'windows-1251',
  text: '<ORDRSP>4501</ORDRSP>',
  effect: EFFECT,
};

const line = (position: string, name: string, quantity: string): EdiOrderView['lines'][number] => ({
  position,
  gtin: null,
  supplierCode: null,
  name,
  unit: 'PCE',
  quantity,
  price: '150.00',
});
const order = (change: Partial<EdiOrderView> = {}): EdiOrderView => ({
  dialect: 'exite',
  number: '4501',
  date: '2026-11-26',
  deliveryDate: '2026-11-28',
  buyer: { gln: '4607001000014', name: 'Лента' },
  deliveryPlace: null,
  fileName: 'ORDERS_4501.xml',
  encoding: 'utf-8',
  lines: [line('1', 'Кружка белая', '12'), line('2', 'Тарелка 24 см', '24')],
  partialShipment: false,
  answers: [],
  sending: null,
  answer: { allowed: true, reason: null },
  ...change,
});
const seen = (change: Partial<EdiSeenAnswer> = {}): EdiSeenAnswer => ({
  refused: null,
  by: 'pult',
  who: 'Орлов Илья',
  at: '2026-11-26T08:41:00.000Z',
  fileName: 'ORDRSP_4501.xml',
  verdict: 'rejected',
  effect: EFFECT,
  reason: 'no_stock',
  comment: 'склад пуст',
  ...change,
});
const answered = (answers: EdiSeenAnswer[], sending: EdiOrderView['sending'] = null): EdiOrderView =>
  order({ answers, sending, answer: { allowed: false, reason: 'answered' } });
const sending = (
  state: NonNullable<EdiOrderView['sending']>['state'],
  error: { code: string; text: string | null } | null = null,
): NonNullable<EdiOrderView['sending']> => ({
  state,
  attempts: 1,
  nextAt: null,
  droppedAt: null,
  settledAt: null,
  error,
});
const problem = (code: string, data: object = {}): Response =>
  Response.json({ type: code, title: code, status: 409, code, data, traceId: 'abc' }, { status: 409 });

/** What the server says of the order and answers to a decision; what was sent to it. */
let known: EdiOrderView;
let permissions: string[];
let decide: () => Response;
let sent: { path: string; body: unknown }[];

beforeAll(async () => {
  await startI18n();
  await loadTexts(['messages']);
  giveModalDialogs();
});
beforeEach(() => {
  known = order();
  permissions = ['messages.payload', 'operations.run'];
  sent = [];
  decide = () => Response.json(answered([seen()], sending('waiting')), { status: 201 });
  vi.stubGlobal('fetch', async (url: string, { method = 'GET', body }: RequestInit = {}) => {
    if (method === 'GET') return Response.json(known);
    sent.push({ path: url.slice(url.lastIndexOf('/')), body: JSON.parse(String(body)) });
    return url.endsWith('/preview') ? Response.json(PREVIEW) : decide();
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function show() {
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  client.setQueryData(['session'], { permissions });
  return render(
    <QueryClientProvider client={client}>
      <EdiCard deliveryId={ID} />
    </QueryClientProvider>,
  );
}
const answerButton = () => screen.findByRole('button', { name: 'Ответить сети…' });
/** Opens the form; what is found in it belongs to it. */
async function openForm() {
  show();
  fireEvent.click(await answerButton());
  return within(await screen.findByRole('dialog', { name: 'Ответ на заказ 4501' }));
}
const press = (form: ReturnType<typeof within>, name: string) => fireEvent.click(form.getByRole('button', { name }));
/** Chooses the reason and asks for what would leave. */
async function showFile(form: ReturnType<typeof within>, reason: string) {
  fireEvent.click(await form.findByRole('radio', { name: reason }));
  press(form, 'Показать, что уйдёт');
  await form.findByText('<ORDRSP>4501</ORDRSP>');
}

describe('an order that may be answered', () => {
  it('shows its lines and says that it can only be cancelled whole', async () => {
    show();
    expect(reasonOf(await answerButton())).toBeNull();
    const rows = screen.getAllByRole('row').map(({ textContent }) => textContent);
    expect(rows).toHaveLength(3);
    expect(rows[1]).toMatch(/Кружка белая.*12.*150,00/);
    expect(screen.getByText(/заказ можно отменить только целиком/)).toBeDefined();
    expect(screen.queryByRole('list', { name: 'Ответы сети' })).toBeNull();
  });

  it('shows what exactly would leave before it sends the refusal of the whole order', async () => {
    const form = await openForm();
    expect(form.queryByRole('group', { name: 'Что ответить' })).toBeNull();
    expect(form.getByText('Лента получит отказ по всему заказу. Взять его назад нельзя.')).toBeDefined();
    expect(form.getByRole('button', { name: 'Показать, что уйдёт' })).toHaveProperty('disabled', true);
    fireEvent.click(form.getByRole('radio', { name: 'Нет на складе' }));
    press(form, 'Показать, что уйдёт');
    expect(await form.findByText('<ORDRSP>4501</ORDRSP>')).toBeDefined();
    expect(form.getByText('Отменён целиком')).toBeDefined();
    expect(form.getByText(/Останется 0 из 36 единиц/)).toBeDefined();
    const body = { wish: { kind: 'cancel' }, reason: 'no_stock', comment: '' };
    expect(sent).toEqual([{ path: '/preview', body }]);

    known = answered([seen()], sending('waiting'));
    press(form, 'Отправить ответ');
    expect(await screen.findByText('Ответ записан и ждёт отправки.')).toBeDefined();
    expect(sent.slice(1)).toEqual([{ path: '/answer', body }]);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(reasonOf(await answerButton())).not.toBeNull();
  });

  it('asks for words with the reason that says nothing', async () => {
    const form = await openForm();
    fireEvent.click(form.getByRole('radio', { name: 'Другое' }));
    const preview = form.getByRole('button', { name: 'Показать, что уйдёт' });
    expect(preview).toHaveProperty('disabled', true);
    fireEvent.change(form.getByLabelText('Пояснение для сети'), { target: { value: ' по письму сети ' } });
    expect(preview).toHaveProperty('disabled', false);
    fireEvent.click(preview);
    await form.findByText('<ORDRSP>4501</ORDRSP>');
    expect(sent[0]?.body).toMatchObject({ reason: 'other', comment: 'по письму сети' });
  });

  it('takes quantities line by line where the flow carries them, with the comma of people', async () => {
    known = order({ partialShipment: true });
    const form = await openForm();
    expect(screen.queryByText(/только целиком/)).toBeNull();
    const kinds = within(form.getByRole('group', { name: 'Что ответить' }));
    fireEvent.click(kinds.getByRole('radio', { name: 'Принять по строкам' }));
    fireEvent.click(form.getByRole('radio', { name: 'Нет на складе' }));
    const mug = form.getByRole('textbox', { name: 'Кружка белая' });
    const preview = form.getByRole('button', { name: 'Показать, что уйдёт' });
    for (const wrong of ['13', '-1', 'две', '']) {
      fireEvent.change(mug, { target: { value: wrong } });
      expect(form.getByRole('alert').textContent).toBe('Количество от нуля до заказанного');
      expect(preview).toHaveProperty('disabled', true);
    }
    fireEvent.change(mug, { target: { value: '7,5' } });
    expect(form.queryByRole('alert')).toBeNull();
    fireEvent.click(preview);
    await form.findByText('<ORDRSP>4501</ORDRSP>');
    expect(sent[0]?.body).toMatchObject({ wish: { kind: 'lines', accepted: { 1: '7.5', 2: '24' } } });
  });
});

describe('an answer that does not go', () => {
  it('says who was first and when', async () => {
    decide = () => problem('edi.already_answered', { by: 'Орлов Илья', at: '2026-11-26T08:41:00.000Z' });
    const form = await openForm();
    await showFile(form, 'Нет на складе');
    press(form, 'Отправить ответ');
    const alert = await form.findByRole('alert');
    expect(alert.textContent).toMatch(/второй ответ не отправлен\. Ответ дан: Орлов Илья, .*11:41/);
  });

  it('names УТ when the accounting system was first', async () => {
    decide = () => problem('edi.already_answered', { by: null, at: '2026-11-26T08:41:00.000Z' });
    const form = await openForm();
    await showFile(form, 'Нет на складе');
    press(form, 'Отправить ответ');
    expect((await form.findByRole('alert')).textContent).toMatch(/Ответ дан: 1С:УТ, .*11:41/);
  });

  it('forgets the failure of an answer that was changed', async () => {
    decide = () => problem('edi.order_busy');
    const form = await openForm();
    await showFile(form, 'Нет на складе');
    press(form, 'Отправить ответ');
    expect((await form.findByRole('alert')).textContent).toContain('Дождитесь её конца');
    press(form, 'Изменить');
    await showFile(form, 'Ошибка в заказе');
    expect(form.queryByRole('alert')).toBeNull();
  });
});

describe('an order that may not be answered', () => {
  it('is closed to a person who may not run operations, and says who may', async () => {
    permissions = ['messages.payload'];
    show();
    const button = await answerButton();
    expect(reasonOf(button)).toBe('Отвечать сетям может роль «эксплуатация»');
    fireEvent.click(button);
    expect(screen.queryByRole('dialog')).toBeNull();
  });

  it('is not there for a person who may not see content, and is not asked for', () => {
    permissions = ['operations.run'];
    const asked = vi.fn(async () => Response.json(known));
    vi.stubGlobal('fetch', asked);
    expect(show().container.innerHTML).toBe('');
    expect(asked).not.toHaveBeenCalled();
  });

  it.each([
    ['busy', 'Заказ сейчас отправляет операция'],
    ['no_folder', 'В подключении нет папки для ответов'],
  ] as const)('says what stands in the way: %s', async (reason, words) => {
    known = order({ answer: { allowed: false, reason } });
    show();
    const button = await answerButton();
    expect(reasonOf(button)).toBe(words);
  });

  it('says that УТ answered, when, and what is left of the order', async () => {
    const effect = { ...EFFECT, verdict: 'changed', acceptedPieces: '30', acceptedAmount: '4500.00' } as const;
    known = answered([seen({ by: 'target', who: null, verdict: 'changed', reason: null, comment: null, effect })]);
    show();
    const list = within(await screen.findByRole('list', { name: 'Ответы сети' }));
    const [row] = list.getAllByRole('listitem');
    expect(row?.textContent).toMatch(/^Принят частично, 1С:УТ, .*11:41Останется 30 из 36 единиц/);
    expect(list.queryByRole('status')).toBeNull();
    expect(reasonOf(await answerButton())).toBe('Сети уже ответили');
  });

  it('says which person answered, when and why', async () => {
    known = answered([seen()], sending('seen'));
    show();
    const list = within(await screen.findByRole('list', { name: 'Ответы сети' }));
    const text = list.getByText('Отменён целиком').closest('li')?.textContent;
    expect(text).toMatch(/Орлов Илья, .*11:41.*Нет на складе: склад пуст$/);
    expect(list.getByRole('status').textContent).toBe('Провайдер забрал ответ.');
  });

  it.each([
    ['waiting', 'Ответ записан и ждёт отправки.'],
    ['dropped', 'Файл лежит в папке провайдера, он его ещё не забрал.'],
    ['withdrawn', 'Не отправлено: 1С:УТ ответила раньше.'],
  ] as const)('tells how far its answer has got: %s', async (state, words) => {
    known = answered([seen()], sending(state));
    show();
    expect((await screen.findByRole('status')).textContent).toBe(words);
  });

  it('tells that the chain refused the answer, in the words of the chain', async () => {
    known = answered([seen()], sending('refused', { code: 'edi.refused', text: 'Неизвестный GLN' }));
    show();
    expect((await screen.findByRole('status')).textContent).toBe(
      'Сеть не приняла ответ. Исправьте его и ответьте ещё раз: уйдёт новый файл с новым номером.Неизвестный GLN',
    );
  });

  it('says why the answer has not left yet', async () => {
    known = answered([seen()], sending('waiting', { code: 'source.unreachable', text: null }));
    show();
    const status = await screen.findByRole('status');
    expect(status.textContent).toBe('Ответ записан и ждёт отправки.Система не отвечает.');
  });
});

it('says that the order could not be read, and asks again on demand', async () => {
  let fails = true;
  vi.stubGlobal('fetch', async () => (fails ? problem('edi.no_order') : Response.json(known)));
  show();
  expect((await screen.findByRole('alert')).textContent).toContain('Файла этого заказа у Пульта нет.');
  fails = false;
  fireEvent.click(screen.getByRole('button', { name: /Повторить/ }));
  expect(await answerButton()).toBeDefined();
});
