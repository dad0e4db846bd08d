import { expect, type Page, test } from '@playwright/test';
import { seriousOf } from './axe.ts';
import { control, demo, odata, signIn } from './demo.ts';

const FLOW = 'market-orders';
const ORDERS = encodeURIComponent('Document_ЗаказКлиента');
/** Rounds of automatic retry are five seconds apart: what is due for longer than this and not tried is held. */
const SEVERAL_ROUNDS_MS = 12_000;

interface Order {
  readonly number: string;
}

/** Orders of УТ that came from this order of a dealer. */
const inTrade = ({ number }: Order): Promise<Record<string, unknown>[]> =>
  odata('ut', `${ORDERS}?$filter=${encodeURIComponent(`НомерПоДаннымКлиента eq '${number}'`)}`);

/** Opens the list of the order's messages and waits there, without a click, until its one message has this state. */
async function waitFor(page: Page, { number }: Order, state: string, timeout: number): Promise<void> {
  await page.goto(`${demo().url}/messages?tab=all&flow=${FLOW}&q=${encodeURIComponent(number)}`);
  const row = page.getByRole('row', { name: new RegExp(number) });
  await expect(row.getByText(state, { exact: true })).toBeVisible({ timeout });
}

/** A dealer orders while УТ does not answer; УТ is back when the message has failed. */
async function orderWhileAway(page: Page): Promise<Order> {
  await control('PUT', '/api/faults/base-down', { on: true, target: 'ut' });
  try {
    const order = await control<Order>('POST', '/api/documents/market-order');
    await waitFor(page, order, 'ошибка', 60_000);
    return order;
  } finally {
    await control('PUT', '/api/faults/base-down', { on: false, target: 'ut' });
  }
}

/** Opens the message of an order. @returns its id */
async function openMessage(page: Page, { number }: Order): Promise<string> {
  await page
    .getByRole('row', { name: new RegExp(number) })
    .getByRole('link', { name: number })
    .click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(number);
  return new URL(page.url()).pathname.split('/').at(-1) ?? '';
}

interface Verdict {
  readonly now: string;
  readonly verdict: string;
  readonly at: string | null;
  readonly tries: number;
  readonly hold: { readonly kind: string } | null;
}
async function verdictOf(page: Page, deliveryId: string): Promise<Verdict> {
  const answer = await page.request.get(`${demo().url}/api/messages/${deliveryId}/automatic-retry`);
  expect(answer.ok()).toBe(true);
  return (await answer.json()) as Verdict;
}

async function resume(page: Page): Promise<void> {
  const token = (await page.context().cookies()).find(({ name }) => name === 'pult_csrf')?.value ?? '';
  const headers = { 'x-pult-csrf': decodeURIComponent(token) };
  await page.request.post(`${demo().url}/api/automatic-retries/${FLOW}/resume`, { data: {}, headers });
}

test.beforeAll(async () => {
  test.setTimeout(300_000);
  // УТ is taken away from nobody but these orders: the past is told before, traffic stands.
  const isTold = async (): Promise<boolean> => (await control<{ done: boolean }>('GET', '/api/history')).done;
  await expect.poll(isTold, { timeout: 240_000, intervals: [1_000] }).toBe(true);
  await control('PUT', '/api/traffic', { running: false });
});
test.afterAll(() => control('PUT', '/api/traffic', { running: true }));

test('what failed while a base was away goes again by itself, once, as an operation of Pult, and not while a person has paused it', async ({
  page,
}) => {
  test.setTimeout(300_000);
  await signIn(page, 'ops');
  await page.goto(`${demo().url}/flows/${FLOW}`);
  const card = page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: /^Автоповтор/ }) });
  await card.getByRole('button', { name: /^Приостановить автоповтор/ }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('УТ обновляют, заказы придержать');
  await dialog.getByRole('button', { name: 'Приостановить', exact: true }).click();
  await expect(dialog).toBeHidden();
  try {
    await expect(card.getByText(/Приостановлен: Нечаева Ольга/)).toBeVisible();
    await expect(card.getByText('УТ обновляют, заказы придержать')).toBeVisible();
    expect(await seriousOf(page)).toEqual([]);

    const order = await orderWhileAway(page);
    const deliveryId = await openMessage(page, order);
    await expect(page.getByText(/^Автоповтор потока приостановлен/)).toBeVisible();
    const dueForMs = async (): Promise<number> => {
      const { now, at } = await verdictOf(page, deliveryId);
      return at === null ? Number.NEGATIVE_INFINITY : Date.parse(now) - Date.parse(at);
    };
    await expect.poll(dueForMs, { timeout: 90_000 }).toBeGreaterThan(SEVERAL_ROUNDS_MS);
    expect(await verdictOf(page, deliveryId)).toMatchObject({ verdict: 'due', tries: 0, hold: { kind: 'paused' } });
    expect(await inTrade(order)).toEqual([]);

    await page.goto(`${demo().url}/flows/${FLOW}`);
    await expect(card.getByText(/^Жд[ёу]т \d+ сообщени/)).toBeVisible();
    await card.getByRole('button', { name: 'Возобновить автоповтор' }).click();
    await expect(card.getByRole('button', { name: /^Приостановить автоповтор/ })).toBeVisible();
    await waitFor(page, order, 'проведено', 90_000);
    expect(await inTrade(order)).toMatchObject([{ Posted: true }]);

    // The message names the operation that sent it again; it stands in the list as everybody's does.
    await openMessage(page, order);
    const href = await page.locator('main a[href^="/operations/"]').first().getAttribute('href');
    await page.goto(`${demo().url}/operations?by=pult`);
    const row = page.getByRole('row').filter({ has: page.locator(`a[href="${href}"]`) });
    await expect(row.getByRole('cell', { name: 'Пульт, автоматически', exact: true })).toBeVisible();
    await expect(row.getByText('завершена', { exact: true })).toBeVisible();
  } finally {
    // Nothing of this spec is left behind for the next one; refused where it goes on already.
    await resume(page);
  }
});
