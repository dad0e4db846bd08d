import { expect, test } from '@playwright/test';
import { control, demo, odata, signIn } from './demo.ts';

const ALARM = /1С:УХ не отвечает/;

test('an alarm is muted with a reason, stays visible with who and until when, and rings again when it is ended', async ({
  page,
  browser,
}) => {
  await signIn(page, 'ops');
  await control('PUT', '/api/faults/base-down', { on: true, target: 'uh' });
  try {
    await page.goto(`${demo().url}/overview`);
    const alarms = page.locator('section').filter({ has: page.getByRole('heading', { name: /Требует внимания/ }) });
    const line = alarms.getByRole('listitem').filter({ hasText: ALARM });
    await expect(line).toBeVisible({ timeout: 60_000 });
    // Who may not mute sees the button off, with the reason.
    const other = await browser.newPage({ locale: 'ru-RU', timezoneId: 'Europe/Moscow' });
    await signIn(other, 'analyst');
    await other.goto(`${demo().url}/overview`);
    const denied = other.getByRole('button', { name: /Не напоминать до….*1С:УХ/ });
    await expect(denied).toHaveAttribute('aria-disabled', 'true');
    await denied.hover();
    await expect(other.getByRole('tooltip')).toHaveText(/могут роли/);
    await other.close();
    await line.getByRole('button', { name: /Не напоминать до…/ }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByRole('button', { name: 'Заглушить' })).toBeDisabled();
    await dialog.getByLabel('Причина').fill('обновляют базу');
    await dialog.getByLabel('4 часа').check();
    await dialog.getByRole('button', { name: 'Заглушить' }).click();
    await expect(dialog).toBeHidden();
    const muted = alarms.getByText(/^Заглушен/);
    await expect(muted).toBeVisible();
    await muted.click();
    await expect(alarms.getByText(/заглушено до .*, обновляют базу/)).toBeVisible();

    await page.goto(`${demo().url}/settings/quiet`);
    const row = page.getByRole('row').filter({ hasText: 'обновляют базу' });
    await expect(row.getByText('идёт')).toBeVisible();
    await row.getByRole('button', { name: 'Закончить' }).click();
    await expect(row.getByText('закончено')).toBeVisible();
    await page.goto(`${demo().url}/overview`);
    await expect(alarms.getByRole('button', { name: /Не напоминать до….*1С:УХ/ })).toBeVisible();
  } finally {
    await control('PUT', '/api/faults/base-down', { on: false, target: 'uh' });
  }
});

test('the rhythm of a flow can be read as a table', async ({ page }) => {
  await signIn(page, 'analyst');
  await page.goto(`${demo().url}/flows/ut-site-prices-stock`);
  await expect(page.getByRole('heading', { name: /Ритм/ })).toBeVisible();
  await page.getByText('Таблицей').click();
  await expect(page.getByRole('columnheader', { name: 'Не пришло' })).toBeVisible();
});

test('a personnel document shows no person to operations, and its person to an administrator for a reason', async ({
  page,
  browser,
}) => {
  const document = await control<{ number: string }>('POST', '/api/documents/staff', { insuranceNumber: 'missing' });
  const people = await odata('zup', encodeURIComponent('Catalog_ФизическиеЛица'));
  const surnames = people.map((person) => String(person.ФИО).split(' ')[0] ?? '').filter((name) => name.length > 3);
  expect(surnames.length).toBeGreaterThan(0);
  const open = async (of: typeof page): Promise<void> => {
    await of.goto(`${demo().url}/messages?tab=all&flow=zup-hrtek&q=${encodeURIComponent(document.number)}`);
    const row = of.getByRole('row', { name: new RegExp(document.number) });
    await expect(row.getByText('ошибка')).toBeVisible({ timeout: 60_000 });
    await row.getByRole('link', { name: document.number }).click();
    await expect(of.getByRole('heading', { level: 1 })).toContainText(document.number);
  };
  await signIn(page, 'ops');
  await open(page);
  const asked = page.getByRole('button', { name: 'Показать персональные данные…' });
  await expect(asked).toBeDisabled();
  for (const surname of surnames) await expect(page.getByText(surname)).toHaveCount(0);

  const admin = await browser.newPage({ locale: 'ru-RU', timezoneId: 'Europe/Moscow' });
  await signIn(admin, 'admin');
  await open(admin);
  await admin.getByRole('button', { name: 'Показать персональные данные…' }).click();
  await admin.getByRole('dialog').getByRole('textbox').fill('сверяем с кадрами');
  await admin.getByRole('dialog').getByRole('button', { name: 'Показать', exact: true }).click();
  await expect(admin.getByText(/показаны на пять минут/)).toBeVisible();
  await expect(admin.getByText(/не заполнен СНИЛС/).first()).toBeVisible();
  await admin.goto(`${demo().url}/audit`);
  await expect(admin.getByText('сверяем с кадрами').first()).toBeVisible();
  await admin.close();
});
