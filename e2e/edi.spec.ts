import { expect, type Page, test } from '@playwright/test';
import { control, demo, odata, signIn } from './demo.ts';

interface ChainOrder {
  readonly number: string;
  readonly fileName: string;
}

const door = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
  const response = await fetch(`${demo().edi}/_stand${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status}`);
  return (await response.json()) as T;
};
const bring = (): Promise<ChainOrder> => door('POST', '/orders', {});
const fault = (on: boolean): Promise<unknown> => control('PUT', '/api/faults/edi-ut-stopped', { on });

/** Orders of УТ that came from this order of a chain. */
const inTrade = ({ number }: ChainOrder): Promise<Record<string, unknown>[]> =>
  odata(
    'ut',
    `${encodeURIComponent('Document_ЗаказКлиента')}?$filter=${encodeURIComponent(`НомерПоДаннымКлиента eq '${number}'`)}`,
  );
/** Answers about this order that the provider has taken. */
async function received({ number }: ChainOrder): Promise<{ name: string; text: string }[]> {
  const { files } = await door<{ files: { name: string; text: string }[] }>('GET', '/received');
  return files.filter(({ name, text }) => name.includes(number) || text.includes(number.replace(/^.*-/, '')));
}

async function openOrder(page: Page, order: ChainOrder, state: string): Promise<void> {
  await page.goto(`${demo().url}/messages?tab=all&flow=edi-orders&q=${encodeURIComponent(order.number)}`);
  const row = page.getByRole('row', { name: new RegExp(order.number) });
  await expect(row.getByText(state)).toBeVisible({ timeout: 90_000 });
  await row.getByRole('link', { name: order.number }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(order.number);
}

test.beforeEach(() => fault(true));
test.afterEach(() => fault(false));

test('an order of a chain that got stuck is sent again; УТ makes one document of it', async ({ page }) => {
  test.setTimeout(180_000);
  await signIn(page, 'ops');
  const order = await bring();
  await openOrder(page, order, 'неизвестно');
  await page.getByRole('button', { name: 'Отправить как было…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('УТ снова забирает файлы');
  await dialog.getByRole('button', { name: 'Отправить', exact: true }).click();
  await expect(page).toHaveURL(/\/operations\//);
  await fault(false);
  await expect(page.getByText('завершена', { exact: true }).first()).toBeVisible({ timeout: 90_000 });
  const documents = await inTrade(order);
  expect(documents).toHaveLength(1);
  expect(documents[0]).toMatchObject({ Posted: true });
  await openOrder(page, order, 'проведено');
});

test('a chain is answered with a whole cancellation; the provider has it, and nobody answers twice', async ({
  page,
}) => {
  test.setTimeout(180_000);
  await signIn(page, 'ops');
  const order = await bring();
  await openOrder(page, order, 'отправлено');
  await page.getByRole('button', { name: 'Ответить сети…' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('radio', { name: 'Нет на складе' }).check();
  await sheet.getByRole('button', { name: 'Показать, что уйдёт' }).click();
  await expect(sheet.getByText('Отменён целиком')).toBeVisible();
  await sheet.getByRole('button', { name: 'Отправить ответ' }).click();
  await expect(page.getByText('Провайдер забрал ответ.')).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole('button', { name: 'Ответить сети…' })).toBeDisabled();
  const answers = await received(order);
  expect(answers).toHaveLength(1);
  expect(answers[0]?.text).toMatch(/<ACTION>27<\/ACTION>|status="Rejected">/);
  // УТ never took it: a person closed it.
  await openOrder(page, order, 'отклонено');
});
