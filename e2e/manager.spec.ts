import { type Browser, expect, type Locator, type Page, test } from '@playwright/test';
import { seriousOf } from './axe.ts';
import { control, demo, elmaItem, odata, signIn } from './demo.ts';

interface Made {
  readonly orderNumber: string;
  readonly orderRef: string;
  readonly processRef: string;
}

const ORDERS = encodeURIComponent('Document_ЗаказКлиента');
const makeDiscount = (deviation: number): Promise<Made> =>
  control<Made>('POST', '/api/documents/discount-order', { deviation });
const orderIn1c = async ({ orderRef }: Made) => (await odata('ut', `${ORDERS}(guid'${orderRef}')`))[0] ?? {};
const itemInElma = async ({ processRef }: Made) => (await elmaItem('ut_process_ref', processRef)) ?? {};
const inBothSystems = (made: Made) =>
  expect.poll(async () => (await itemInElma(made)).__id, { timeout: 40_000 }).toBeDefined();

async function findRow(page: Page, { orderNumber }: Made): Promise<Locator> {
  await page.getByLabel('Номер, ИНН, клиент, инициатор').fill(orderNumber);
  const row = page.getByRole('link', { name: new RegExp(orderNumber) });
  await expect(row).toBeVisible({ timeout: 40_000 });
  return row;
}

async function openCard(page: Page, made: Made): Promise<Locator> {
  await (await findRow(page, made)).click();
  const card = page.getByRole('article', { name: new RegExp(made.orderNumber) });
  await expect(card).toBeVisible();
  return card;
}

const deliveriesOf = (card: Locator): Locator =>
  card.getByRole('list', { name: 'Доставка решения' }).getByText('доставлено');

async function secondPerson(browser: Browser, login: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'ru-RU' });
  const page = await context.newPage();
  await signIn(page, login);
  return page;
}

test('a manager approves a discount; the decision stands in ELMA and in 1С', async ({ page }) => {
  const made = await makeDiscount(7);
  await signIn(page, 'manager');
  await expect(page).toHaveURL(/\/approvals/);
  const card = await openCard(page, made);
  await expect(card.getByText('7,00 п.п.').first()).toBeVisible();
  expect(await page.evaluate('document.documentElement.scrollHeight <= window.innerHeight')).toBe(true);
  await expect(card.getByRole('button', { name: /^Согласовать/ })).toBeInViewport({ ratio: 1 });
  await card.getByRole('button', { name: /^Согласовать/ }).click();
  await expect(card.getByText('согласовано').first()).toBeVisible();
  await expect(card.getByRole('button', { name: /Отменить решение/ })).toBeVisible();

  await expect.poll(async () => (await itemInElma(made)).__status, { timeout: 60_000 }).toMatchObject({ status: 4 });
  await expect.poll(async () => (await orderIn1c(made)).Согласован, { timeout: 60_000 }).toBe(true);
  await expect(deliveriesOf(card)).toHaveCount(2, { timeout: 30_000 });
});

test('undo within ten seconds sends nothing', async ({ page }) => {
  const made = await makeDiscount(6);
  await signIn(page, 'manager');
  const card = await openCard(page, made);
  await card.getByRole('button', { name: /^Согласовать/ }).click();
  await card.getByRole('button', { name: /Отменить решение/ }).click();
  await expect(card.getByRole('button', { name: /^Согласовать/ })).toBeEnabled();
  expect((await orderIn1c(made)).Согласован).toBe(false);
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
  await page.getByRole('button', { name: 'Отбор' }).tap();
  const row = await findRow(page, made);
  await inBothSystems(made);
  await control('PUT', '/api/faults/elma-down', { on: true });
  try {
    await row.tap();
    await page.getByRole('button', { name: /^Согласовать/ }).tap();
    await expect(page.getByRole('heading', { name: 'Решение принято' })).toBeVisible();
    await expect(page.getByRole('timer')).toBeVisible();
    expect(await seriousOf(page)).toEqual([]);
    await expect.poll(async () => (await orderIn1c(made)).Согласован, { timeout: 60_000 }).toBe(true);
    await expect(page.getByText(/не доставлено, повторим|отправим через|уйдёт в/)).toBeVisible();
  } finally {
    await control('PUT', '/api/faults/elma-down', { on: false });
  }
  await expect.poll(async () => (await itemInElma(made)).__status, { timeout: 80_000 }).toMatchObject({ status: 4 });
  expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  await context.close();
});

test('of two managers the second reads who was first, when and with what', async ({ page, browser }) => {
  const made = await makeDiscount(6);
  await signIn(page, 'manager');
  const first = await openCard(page, made);
  const other = await secondPerson(browser, 'manager2');
  const second = await openCard(other, made);
  await expect(second.getByRole('button', { name: /^Согласовать/ })).toBeEnabled();
  // The second screen does not learn of the decision before its own button is pressed.
  let letThrough: () => void = () => undefined;
  const gate = new Promise<void>((done) => {
    letThrough = done;
  });
  await other.route(/\/api\/approvals\/[0-9a-f-]{36}(\?|$)/, async (route) => {
    await gate;
    await route.continue();
  });
  await first.getByRole('button', { name: /^Согласовать/ }).click();
  await expect(first.getByText('согласовано').first()).toBeVisible();
  await second.getByRole('button', { name: /^Отклонить/ }).click();
  await other.getByLabel('Маржа ниже допустимой').check();
  await other.getByRole('button', { name: 'Отклонить', exact: true }).click();
  const refused = other.getByRole('alert');
  await expect(refused).toContainText('Ваше решение не записано');
  await expect(refused).toContainText('Кравцова Анна');
  await expect(refused).toContainText(/\d\d:\d\d:\d\d: согласовано/);
  letThrough();
  await expect(second.getByText('Кравцова Анна').last()).toBeVisible();
  await expect(second.getByRole('button', { name: /^Отклонить/ })).toHaveCount(0);
  await expect(refused).toBeVisible();
  await expect.poll(async () => (await orderIn1c(made)).Согласован, { timeout: 60_000 }).toBe(true);
  await other.context().close();
});

test('a refusal takes its reason to both systems', async ({ page }) => {
  const made = await makeDiscount(8);
  await signIn(page, 'manager');
  const card = await openCard(page, made);
  await inBothSystems(made);
  await page.keyboard.press('r');
  const submit = page.getByRole('button', { name: 'Отклонить', exact: true });
  await page.getByLabel('Другое, напишу').check();
  await expect(submit).toBeDisabled();
  await page.getByLabel(/Комментарий/).fill('Скидка сверх акции февраля');
  await submit.click();
  await expect(card.getByText('отклонено').first()).toBeVisible();
  await expect(deliveriesOf(card)).toHaveCount(2, { timeout: 60_000 });
  const item = await itemInElma(made);
  expect(item.__status).toMatchObject({ status: 5 });
  expect(JSON.stringify(item)).toContain('Скидка сверх акции февраля');
  const filter = encodeURIComponent(
    `BusinessProcess eq cast(guid'${made.processRef}','BusinessProcess_СогласованиеПродажи')`,
  );
  const [task] = await odata('ut', `${encodeURIComponent('Task_ЗадачаИсполнителя')}?$filter=${filter}`);
  expect(task).toMatchObject({ Executed: true });
  expect(String(task?.РезультатВыполнения)).toContain('Скидка сверх акции февраля');
  expect((await orderIn1c(made)).Согласован).toBe(false);
});

test('a question stops the clock, the answer of the initiator starts it again', async ({ page }) => {
  const made = await makeDiscount(9);
  await signIn(page, 'manager');
  const card = await openCard(page, made);
  await inBothSystems(made);
  await page.keyboard.press('u');
  await page.getByLabel('Вопрос').fill('Какой объём во втором квартале?');
  await page.getByRole('button', { name: 'Отправить вопрос' }).click();
  await expect(card.getByText('если продолжить сейчас')).toBeVisible();
  await card.getByRole('button', { name: 'Лента часов' }).click();
  await expect(card.getByText('Сходится.')).toBeVisible();
  await expect(card.getByText('часы стоят; если продолжить сейчас')).toBeVisible();
  await card.getByRole('button', { name: 'Скрыть ленту' }).click();
  await expect.poll(async () => (await itemInElma(made)).__status, { timeout: 40_000 }).toMatchObject({ status: 3 });
  const { answered } = await control<{ answered: number }>(
    'POST',
    `/api/clarifications/${String((await itemInElma(made)).__id)}/answer`,
  );
  expect(answered).toBe(1);
  await expect(card.getByText('если продолжить сейчас')).toHaveCount(0, { timeout: 40_000 });
  await expect(card.getByText(/отвечает: «/)).toBeVisible();
});

test('lines that change under the reader are compared before the decision', async ({ page }) => {
  const made = await makeDiscount(4);
  await signIn(page, 'manager');
  const card = await openCard(page, made);
  await expect(card.getByText('4,00 п.п.').first()).toBeVisible();
  const { onec, credentials } = demo();
  const lines = (await orderIn1c(made)).Товары as Record<string, unknown>[];
  const changed = lines.map((line, index) =>
    index === 0 ? { ...line, ПроцентРучнойСкидки: Number(line.ПроцентРучнойСкидки) + 3.5 } : line,
  );
  const login = `${credentials.UT_ODATA_USER}:${credentials.UT_ODATA_PASSWORD}`;
  const answer = await fetch(`${onec}/ut/odata/standard.odata/${ORDERS}(guid'${made.orderRef}')?$format=json`, {
    method: 'PATCH',
    headers: {
      authorization: `Basic ${Buffer.from(login).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ Товары: changed }),
  });
  expect(answer.status).toBe(200);
  await expect(card.getByText(/Заявка изменилась после вашего просмотра/)).toBeVisible({ timeout: 40_000 });
  await card.getByRole('button', { name: 'Сравнить' }).click();
  await expect(card.getByRole('row', { name: /Заявка целиком/ })).toBeVisible();
});

test('several small requests are checked row by row and approved at once', async ({ page }) => {
  const made = [await makeDiscount(1), await makeDiscount(1)];
  await signIn(page, 'manager');
  for (const one of made) await findRow(page, one);
  for (const one of made) await inBothSystems(one);
  const numbers = made.map(({ orderNumber }) => orderNumber);
  // What both numbers begin with: the second may be the first of the next hundred.
  const [first = '', second = ''] = numbers;
  const shared = [...first]
    .slice(
      0,
      [...first].findIndex((sign, place) => sign !== second[place]),
    )
    .join('');
  await page.getByLabel('Номер, ИНН, клиент, инициатор').fill(shared);
  for (const number of numbers) await page.getByLabel(new RegExp(`Отметить ${number}`)).check();
  await expect(page).toHaveURL(/ticked=/);
  await page.getByRole('button', { name: 'Согласовать 2…' }).click();
  const check = page.getByRole('dialog');
  await expect(check.getByRole('row')).toHaveCount(4);
  expect(await seriousOf(page)).toEqual([]);
  await check.getByRole('button', { name: 'Согласовать 2' }).click();
  await expect(check.getByRole('heading', { name: 'Решения приняты' })).toBeVisible();
  await expect(check.getByText('согласовано')).toHaveCount(2);
  await check.getByRole('button', { name: 'Закрыть' }).click();
  for (const one of made)
    await expect.poll(async () => (await orderIn1c(one)).Согласован, { timeout: 60_000 }).toBe(true);
});

test('the clock opens into a tape that adds up, clean for axe in both themes', async ({ page }) => {
  await signIn(page, 'manager');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await page.goto(`${demo().url}/approvals?clock=open`);
    const tape = page.getByRole('region', { name: 'Лента часов' });
    await expect(tape.getByText('Сходится.')).toBeVisible();
    await expect(tape.getByText('закреплено при старте')).toBeVisible();
    expect(await seriousOf(page)).toEqual([]);
  }
});
