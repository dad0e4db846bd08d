import { expect, test } from '@playwright/test';
import { control, elmaItem, odata, signIn } from './demo.ts';

interface Made {
  readonly orderNumber: string;
  readonly orderRef: string;
  readonly processRef: string;
}

const makeDiscount = (deviation: number): Promise<Made> =>
  control<Made>('POST', '/api/documents/discount-order', { deviation });

test('a manager approves a discount; the decision stands in ELMA and in 1С', async ({ page }) => {
  const made = await makeDiscount(7);
  await signIn(page, 'manager');
  await expect(page).toHaveURL(/\/approvals/);
  await page.getByLabel('Номер, ИНН, клиент, инициатор').fill(made.orderNumber);
  const row = page.getByRole('button', { name: new RegExp(made.orderNumber) });
  await expect(row).toBeVisible({ timeout: 40_000 });
  await row.click();
  const card = page.getByRole('article', { name: new RegExp(made.orderNumber) });
  await expect(card.getByText('7,00 п.п.').first()).toBeVisible();
  await card.getByRole('button', { name: /^Согласовать/ }).click();
  await expect(card.getByText('согласовано').first()).toBeVisible();
  await expect(card.getByRole('button', { name: /Отменить решение/ })).toBeVisible();

  await expect
    .poll(async () => (await elmaItem('ut_process_ref', made.processRef))?.__status, { timeout: 60_000 })
    .toMatchObject({ status: 4 });
  await expect
    .poll(
      async () =>
        (await odata('ut', `${encodeURIComponent('Document_ЗаказКлиента')}(guid'${made.orderRef}')`))[0]?.Согласован,
      { timeout: 60_000 },
    )
    .toBe(true);
  await expect(card.getByText('доставлено')).toHaveCount(2, { timeout: 30_000 });
});

test('undo within ten seconds sends nothing', async ({ page }) => {
  const made = await makeDiscount(6);
  await signIn(page, 'manager');
  await page.getByLabel('Номер, ИНН, клиент, инициатор').fill(made.orderNumber);
  const row = page.getByRole('button', { name: new RegExp(made.orderNumber) });
  await expect(row).toBeVisible({ timeout: 40_000 });
  await row.click();
  const card = page.getByRole('article', { name: new RegExp(made.orderNumber) });
  await card.getByRole('button', { name: /^Согласовать/ }).click();
  await card.getByRole('button', { name: /Отменить решение/ }).click();
  await expect(card.getByRole('button', { name: /^Согласовать/ })).toBeEnabled();
  const [order] = await odata('ut', `${encodeURIComponent('Document_ЗаказКлиента')}(guid'${made.orderRef}')`);
  expect(order?.Согласован).toBe(false);
});

test('two taps on a phone decide, with ELMA away the decision waits and arrives', async ({ browser }) => {
  const made = await makeDiscount(5);
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    locale: 'ru-RU',
    timezoneId: 'Europe/Moscow',
    hasTouch: true,
  });
  const page = await context.newPage();
  await signIn(page, 'manager');
  await page.getByLabel('Номер, ИНН, клиент, инициатор').fill(made.orderNumber);
  const row = page.getByRole('button', { name: new RegExp(made.orderNumber) });
  await expect(row).toBeVisible({ timeout: 40_000 });
  await expect
    .poll(async () => (await elmaItem('ut_process_ref', made.processRef)) !== undefined, { timeout: 40_000 })
    .toBe(true);
  await control('PUT', '/api/faults/elma-down', { on: true });
  try {
    await row.tap();
    await page.getByRole('button', { name: /^Согласовать/ }).tap();
    await expect(page.getByText('согласовано').first()).toBeVisible();
    await expect
      .poll(
        async () =>
          (await odata('ut', `${encodeURIComponent('Document_ЗаказКлиента')}(guid'${made.orderRef}')`))[0]?.Согласован,
        { timeout: 60_000 },
      )
      .toBe(true);
  } finally {
    await control('PUT', '/api/faults/elma-down', { on: false });
  }
  await expect
    .poll(async () => (await elmaItem('ut_process_ref', made.processRef))?.__status, { timeout: 80_000 })
    .toMatchObject({ status: 4 });
  expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  await context.close();
});
