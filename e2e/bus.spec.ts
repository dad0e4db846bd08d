import { expect, type Page, test } from '@playwright/test';
import { control, demo, signIn } from './demo.ts';

const LIST = '/messages?tab=all&flow=bus-erp-ims3';

const fault = (id: string, target: string, on: boolean): Promise<unknown> =>
  control('PUT', `/api/faults/${id}`, { on, target });

/** Whether the demonstration has a bus: where no broker can run, there is nothing to see, and the output says so. */
async function hasBus(page: Page): Promise<boolean> {
  await page.goto(`${demo().url}/bus`);
  const table = page.getByRole('table').first();
  await expect(table.or(page.getByText(/Не подключено/)).first()).toBeVisible({ timeout: 60_000 });
  if (await table.isVisible()) return true;
  expect(process.env.CI, 'CI runs the journeys of the bus').not.toBe('true');
  console.warn('The demonstration runs without a bus here: this journey was not made.');
  return false;
}

test('a record that a service did not understand goes to it again, alone, once the service is mended', async ({
  page,
}) => {
  await signIn(page, 'ops');
  if (!(await hasBus(page))) return;
  await fault('poison', 'ims3', true);
  let href = '';
  try {
    const row = page
      .getByRole('row')
      .filter({ has: page.getByText('ошибка', { exact: true }) })
      .first();
    // A list that is read lets nothing in by itself: it is opened anew.
    await expect(async () => {
      await page.goto(`${demo().url}${LIST}`);
      await expect(row).toBeVisible({ timeout: 3_000 });
    }).toPass({ timeout: 90_000 });
    href = (await row.getByRole('link').first().getAttribute('href')) ?? '';
  } finally {
    await fault('poison', 'ims3', false);
  }
  await page.goto(`${demo().url}${href}`);
  await expect(page.getByText(/unknown unit of measure/).first()).toBeVisible();
  // Where it lies now, and where it came from.
  await expect(page.getByText('erp.ims3.dlq').first()).toBeVisible();
  await expect(page.getByText('erp.production.v1').first()).toBeVisible();
  await page.getByRole('button', { name: 'Отправить как было…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('единицу завели');
  await dialog.getByRole('button', { name: 'Отправить', exact: true }).click();
  await expect(page).toHaveURL(/\/operations\//);
  await expect(page.getByText('завершена', { exact: true }).first()).toBeVisible({ timeout: 90_000 });
  await page.goto(`${demo().url}${href}`);
  await expect(page.getByText('проведено', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
});

test('a group that nobody reads for is named as the cause, and its lag says when it will be read', async ({ page }) => {
  await signIn(page, 'ops');
  if (!(await hasBus(page))) return;
  const group = page.getByRole('row').filter({ hasText: 'ims3' }).first();
  await expect(group.getByText('читает', { exact: true })).toBeVisible({ timeout: 60_000 });
  await fault('consumer-down', 'ims3', true);
  try {
    await expect(group.getByText('нет потребителя')).toBeVisible({ timeout: 60_000 });
    await expect(group.getByText('никого')).toBeVisible();
  } finally {
    await fault('consumer-down', 'ims3', false);
  }
  await expect(group.getByText('читает', { exact: true })).toBeVisible({ timeout: 90_000 });
});

test('the connections of a base, of folders and of the bus are walked to the end', async ({ page }) => {
  await signIn(page, 'ops');
  if (!(await hasBus(page))) return;
  for (const system of ['ut', 'edi', 'kafka']) {
    await page.goto(`${demo().url}/settings/connections?on=${system}`);
    const panel = page.getByRole('complementary');
    await panel
      .getByRole('button', { name: /^(Проверить подключение|Проверить сначала)$/ })
      .first()
      .click();
    await expect(panel.getByText('Подключение работает')).toBeVisible({ timeout: 90_000 });
  }
});
