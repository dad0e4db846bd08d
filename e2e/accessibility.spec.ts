import { randomUUID } from 'node:crypto';
import { expect, type Locator, type Page, test } from '@playwright/test';
import { seriousOf } from './axe.ts';
import { control, demo, signIn } from './demo.ts';

interface Look {
  readonly scheme: 'light' | 'dark';
  readonly width: 1440 | 390;
  readonly language: 'ru' | 'en';
}

/** Each theme, width and language is met once: what differs between them are tokens, layout and texts. */
const LOOKS: readonly Look[] = [
  { scheme: 'light', width: 1440, language: 'ru' },
  { scheme: 'dark', width: 390, language: 'en' },
];

/** Opens what the first such link of a screen leads to. */
interface Followed {
  readonly from: string;
  readonly to: '/messages/' | '/approvals/' | '/operations/';
}
/** A list that could be empty: it is looked at with rows. */
interface Filled {
  readonly list: string;
  readonly row: string;
}
const message = (filter: string): Followed => ({ from: `/messages?tab=all&${filter}`, to: '/messages/' });

interface Round {
  readonly of: string;
  readonly login: string;
  readonly screens: readonly (string | Followed | Filled)[];
}

/** Every screen once, as somebody who works with it; of messages each kind that is drawn in its own way. */
const ROUNDS: readonly Round[] = [
  {
    of: 'the landscape',
    login: 'ops',
    screens: [
      '/overview',
      '/overview?on=system:ut',
      '/flows',
      '/flows/ut-site-prices-stock',
      '/flows/ut-site-prices-stock/pairs',
      '/flows/zup-hrtek',
      '/exchange-registers',
      '/bus',
      '/settings/connections',
      '/settings/quiet',
      '/nowhere',
    ],
  },
  {
    of: 'messages and operations',
    login: 'ops',
    screens: [
      '/messages',
      '/messages?tab=all',
      { list: '/messages?tab=stuck', row: '[data-row-key]' },
      { list: '/messages?tab=quarantine', row: 'tbody tr' },
      message('flow=ut-bp-sales&state=applied'),
      // One of the bus, an order as a file, and a document of people that operations may not read.
      message('flow=bus-ut-go'),
      message('flow=edi-orders'),
      message('flow=zup-hrtek'),
      { list: '/operations', row: 'a[href^="/operations/"]' },
      { from: '/operations', to: '/operations/' },
    ],
  },
  {
    of: 'a manager',
    login: 'manager',
    screens: ['/approvals', { from: '/approvals', to: '/approvals/' }, '/overview'],
  },
  { of: 'an analyst', login: 'analyst', screens: ['/analytics'] },
  {
    of: 'an administrator',
    login: 'admin',
    screens: [
      '/settings/connections',
      '/settings/calendars',
      '/settings/policies',
      '/settings/people',
      '/audit',
      message('flow=zup-hrtek'),
    ],
  },
];

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${demo().url}${path}`);
  await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
}

/** Opens a screen until it shows this; @returns the first of it */
async function openWith(page: Page, path: string, selector: string): Promise<Locator> {
  const first = page.locator(`main ${selector}`).first();
  await expect(async () => {
    await open(page, path);
    await expect(first, `${path} shows no ${selector}`).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
  return first;
}

async function follow(page: Page, { from, to }: Followed): Promise<void> {
  const link = await openWith(page, from, `a[href^="${to}"]`);
  await open(page, (await link.getAttribute('href')) ?? '');
}

/** An event of the site about a flow that nobody knows. */
async function bringStrangeEvent(): Promise<void> {
  const { url, credentials } = demo();
  const id = randomUUID();
  const event = {
    specversion: '1.0',
    id,
    source: 'site',
    type: 'exchange.accepted.v1',
    time: new Date().toISOString(),
    data: { messageId: id, flow: 'nowhere', message: { key: { type: 'ЗаказКлиента', number: 'A11Y-1' } } },
  };
  const response = await fetch(`${url}/api/intake/events`, {
    method: 'POST',
    headers: {
      'content-type': 'application/cloudevents-batch+json',
      authorization: `Bearer ${credentials.INTAKE_TOKEN_SITE}`,
    },
    body: JSON.stringify([event]),
  });
  expect(await response.text()).toContain('quarantined');
}

/** Has a failure of the past exported anew, to its end: it is an operation that has run. */
async function runOperation(page: Page): Promise<void> {
  await signIn(page, 'ops');
  await follow(page, message('flow=ut-bp-sales&state=failed'));
  await page.getByRole('button', { name: 'Выгрузить заново…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('ещё раз');
  await dialog.getByRole('button', { name: 'Выгрузить', exact: true }).click();
  await expect(page).toHaveURL(/\/operations\//);
  await expect(page.getByText(/^завершена/).first()).toBeVisible({ timeout: 60_000 });
}

test.beforeAll(async ({ browser }) => {
  test.setTimeout(420_000);
  // The past is told in the background after the start; each kind of message stands in it.
  const isTold = async (): Promise<boolean> => (await control<{ done: boolean }>('GET', '/api/history')).done;
  await expect.poll(isTold, { timeout: 240_000, intervals: [1_000] }).toBe(true);
  await bringStrangeEvent();
  const page = await browser.newPage({ locale: 'ru-RU', timezoneId: 'Europe/Moscow' });
  await runOperation(page);
  await page.close();
});

for (const { scheme, width, language } of LOOKS)
  for (const { of, login, screens } of ROUNDS)
    test(`axe finds nothing serious in screens of ${of}, ${scheme}, ${width} px, ${language}`, async ({ page }) => {
      test.setTimeout(600_000);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await signIn(page, login);
      await page.evaluate((chosen) => localStorage.setItem('pult.language', chosen), language);
      const found: Record<string, readonly string[]> = {};
      for (const screen of screens) {
        if (typeof screen === 'string') await open(page, screen);
        else if ('list' in screen) await openWith(page, screen.list, screen.row);
        else await follow(page, screen);
        expect(await page.evaluate('document.documentElement.lang')).toBe(language);
        const serious = await seriousOf(page);
        if (serious.length > 0) found[page.url()] = serious;
      }
      expect(found).toEqual({});
    });

test('axe finds nothing serious in what opens over a screen', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await signIn(page, 'ops');
  await open(page, '/flows');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await seriousOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await seriousOf(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Меню пользователя/ }).click();
  await expect(page.getByRole('button', { name: 'Выйти' })).toBeVisible();
  expect(await seriousOf(page)).toEqual([]);
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`the reason of a denied action stays under the pointer and passes axe, ${colorScheme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await signIn(page, 'analyst');
    const denied = await openWith(page, '/flows/ut-site-prices-stock', 'button[aria-disabled=true]');
    await denied.hover();
    const reason = page.getByRole('tooltip');
    await reason.hover();
    await page.mouse.move(0, 0, { steps: 1 });
    await expect(reason).toBeHidden();
    await denied.hover();
    await reason.hover();
    expect(await seriousOf(page)).toEqual([]);
    await expect(reason).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(reason).toBeHidden();
    await expect(denied).toBeVisible();
  });
