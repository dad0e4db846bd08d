import { expect, test } from '@playwright/test';
import { control, demo, signIn } from './demo.ts';

const FLOW = '/flows/ut-site-prices-stock';

test('a flow in the shadow says what stands in the way; a difference is explained; back and forward with a reason', async ({
  page,
}) => {
  test.setTimeout(300_000);
  // The shadow of the past is told day by day.
  const isTold = async (): Promise<boolean> => (await control<{ done: boolean }>('GET', '/api/history')).done;
  await expect.poll(isTold, { timeout: 180_000, intervals: [1_000] }).toBe(true);
  await signIn(page, 'ops');
  await page.goto(`${demo().url}${FLOW}?period=all`);
  await expect(page.getByText(/^Переключать рано: выполнено \d из 8\.$/)).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText(/Мешает: /).first()).toBeVisible();
  await expect(page.getByRole('button', { name: 'Переключить…' })).toBeDisabled();

  // What differs without a reason is explained for its field, and stands in the way no more.
  const open = page.getByRole('row', { name: /Отличается/ }).getByRole('link', { name: /без причины/ });
  await expect(open).toBeVisible({ timeout: 60_000 });
  const before = Number(/^\d+/.exec((await open.textContent()) ?? '')?.[0]);
  await page.getByRole('button', { name: 'Объяснить отличие…' }).click();
  const sheet = page.getByRole('dialog');
  await sheet.getByRole('radio', { name: /^Поле/ }).first().check();
  await sheet
    .getByLabel('Причина', { exact: true })
    .fill('Упаковка вместо штук, исправят в следующем выпуске site-feed');
  await sheet.getByRole('button', { name: 'Объяснить', exact: true }).click();
  await expect(page.getByText(/^Объяснен[аоы] \d+ пар/)).toBeVisible();
  await expect
    .poll(async () => ((await open.count()) === 0 ? 0 : Number(/^\d+/.exec((await open.textContent()) ?? '')?.[0])))
    .toBeLessThan(before);

  // The way back was tried: one condition more holds.
  await page.getByRole('button', { name: 'Отметить проверку…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel(/^Причина/).fill('Вернули на старый канал и снова включили тень за 4 минуты');
  await dialog.getByRole('button', { name: 'Откат проверен' }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByRole('button', { name: 'Отметить проверку…' })).toBeHidden();
  await expect(page.getByRole('button', { name: 'Переключить…' })).toBeDisabled();

  // Back at any time, and on again: the comparison counts from its new start.
  await page.getByRole('button', { name: 'Остановить тень…' }).click();
  await dialog.getByLabel(/^Причина/).fill('Go-сервис выкатывают заново');
  await dialog.getByRole('button', { name: 'Остановить тень' }).click();
  await expect(page.getByText(/^Всё идёт по старому каналу; на шине/)).toBeVisible();
  await page.getByRole('button', { name: 'Включить тень…' }).click();
  await dialog.getByLabel(/^Причина/).fill('Выпуск готов');
  await dialog.getByRole('button', { name: 'Включить тень' }).click();
  await expect(page.getByText(/^Основной пока старый канал: получатель/)).toBeVisible();
  await page.getByText('История этапов').click();
  await expect(page.getByText(/Тень → Точка-точка: Go-сервис выкатывают заново/)).toBeVisible();
});

test('the map shows the old channels, the present mix and the bus, and keeps the choice in its address', async ({
  page,
}) => {
  await signIn(page, 'ops');
  await page.goto(`${demo().url}/overview`);
  const map = page.getByLabel('Карта потоков');
  await expect(map.getByText('Шина данных')).toBeVisible();
  await page.getByRole('radio', { name: 'Как было' }).check({ force: true });
  await expect(page).toHaveURL(/map=as-is/);
  await expect(map.getByText('Шина данных')).toBeHidden();
  await page.getByRole('radio', { name: 'Как будет' }).check({ force: true });
  await expect(page).toHaveURL(/map=to-be/);
  await page.reload();
  await expect(page.getByRole('radio', { name: 'Как будет' })).toBeChecked();
  await expect(map.getByText('Шина данных')).toBeVisible();
});
