import { type Browser, expect, type Page, test } from '@playwright/test';
import { seriousOf } from './axe.ts';
import { control, demo, odata, signIn } from './demo.ts';

const SALES = encodeURIComponent('Document_РеализацияТоваровУслуг');

interface Sale {
  readonly ref: string;
  readonly number: string;
}

/** A sale posted in УТ; its exchange to БП starts by itself. */
async function sell(): Promise<Sale> {
  const { ref } = await control<{ ref: string }>('POST', '/api/documents/sale');
  const [row] = await odata('ut', `${SALES}(guid'${ref}')`);
  return { ref, number: String(row?.Number).trim() };
}

/** Documents of БП that came from this sale, posted or not. */
const inTarget = async ({ ref }: Sale): Promise<Record<string, unknown>[]> =>
  odata('bp', `${SALES}?$filter=substringof('${ref}',${encodeURIComponent('Комментарий')})`.replaceAll(' ', '%20'));

const fault = (id: string, on: boolean, target?: string): Promise<unknown> =>
  control('PUT', `/api/faults/${id}`, { on, ...(target ? { target } : {}) });

async function withFault<T>(id: string, target: string | undefined, work: () => Promise<T>): Promise<T> {
  await fault(id, true, target);
  try {
    return await work();
  } finally {
    await fault(id, false, target);
  }
}

/** Opens the message of a sale once its state is the wanted one. */
async function openMessage(page: Page, sale: Sale, state: string, timeout = 60_000): Promise<void> {
  await page.goto(`${demo().url}/messages?tab=all&flow=ut-bp-sales&q=${encodeURIComponent(sale.number)}`);
  const row = page.getByRole('row', { name: new RegExp(sale.number) });
  await expect(row.getByText(state)).toBeVisible({ timeout });
  await row.getByRole('link', { name: sale.number }).click();
  await expect(page.getByRole('heading', { level: 1 })).toContainText(sale.number);
}

async function operator(browser: Browser, login: string): Promise<Page> {
  const context = await browser.newContext({ locale: 'ru-RU', timezoneId: 'Europe/Moscow' });
  const page = await context.newPage();
  await signIn(page, login);
  return page;
}

test('an operator sends a failed document again; exactly one stands in the target base', async ({ page }) => {
  await signIn(page, 'ops');
  await expect(page).toHaveURL(/\/messages/);
  const sale = await withFault('base-down', 'bp', async () => {
    const made = await sell();
    await openMessage(page, made, 'ошибка');
    return made;
  });
  await page.getByRole('button', { name: 'Отправить как было…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('база снова отвечает');
  await dialog.getByRole('button', { name: 'Отправить', exact: true }).click();
  await expect(page).toHaveURL(/\/operations\//);
  await expect(page.getByText('завершена', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  // The screen of an operation; below, a message with more than one attempt.
  expect(await seriousOf(page)).toEqual([]);
  const documents = await inTarget(sale);
  expect(documents).toHaveLength(1);
  expect(documents[0]).toMatchObject({ Posted: true });
  await openMessage(page, sale, 'проведено');
  expect(await seriousOf(page)).toEqual([]);
});

test('two operators retry one cause at once; every document stands once', async ({ browser }) => {
  const [first, second] = [await operator(browser, 'ops'), await operator(browser, 'ops2')];
  const sales = await withFault('maintenance', 'bp', async () => {
    const made = [await sell(), await sell(), await sell()];
    for (const sale of made) await openMessage(first, sale, 'ошибка');
    return made;
  });
  for (const page of [first, second]) {
    await page.goto(`${demo().url}/messages?tab=causes&flow=ut-bp-sales`);
    await page.getByText('Начало сеанса запрещено').first().click();
  }
  // Both make a plan; the items are claimed by whoever starts first, the other one is shown who has them.
  for (const page of [first, second]) {
    await page
      .getByRole('complementary')
      .getByRole('button', { name: /^Повторить \d+…$/ })
      .click();
    await expect(page).toHaveURL(/\/operations\//);
    await page.getByLabel('Причина', { exact: true }).fill('работы окончены');
  }
  const start = (page: Page) => page.getByRole('button', { name: /^Отправить/ }).click();
  await Promise.all([start(first), start(second)]);
  const done = (page: Page) => page.getByText('завершена', { exact: true }).first();
  await expect
    .poll(async () => (await done(first).isVisible()) || (await done(second).isVisible()), { timeout: 60_000 })
    .toBe(true);
  for (const sale of sales) expect(await inTarget(sale)).toHaveLength(1);
  await Promise.all([first.context().close(), second.context().close()]);
});

test('an outcome that got lost is found at the target, nothing is sent again', async ({ page }) => {
  await signIn(page, 'ops');
  const sale = await withFault('lost-ack', undefined, async () => {
    const made = await sell();
    await expect.poll(() => inTarget(made), { timeout: 30_000 }).toHaveLength(1);
    await openMessage(page, made, 'неизвестно', 80_000);
    return made;
  });
  await page.getByRole('button', { name: 'Проверить у получателя' }).click();
  await expect(page.getByText('проведено').first()).toBeVisible();
  await expect(page.getByText('Проверено: есть у получателя')).toBeVisible();
  expect(await inTarget(sale)).toHaveLength(1);
  await openMessage(page, sale, 'проведено');
  await expect(page.getByRole('table').getByText('1', { exact: true }).first()).toBeVisible();
});
