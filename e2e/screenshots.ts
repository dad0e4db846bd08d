/**
 * `pnpm screenshots [--all] [--out FOLDER] [--demo FILE]`: walks the personas' screens on the running demonstration and
 * writes the pictures that the README shows; `--all` takes every screen in both themes and both widths, `--full` the whole
 * page. `--only` and `--scheme` choose among them, `--width` takes any width in px; `--bare` takes the demonstration as it
 * stands, without making failures first. `--demo` names the PULT_DEMO_INFO file of a demonstration that already runs;
 * without it one is started and ended.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Browser, chromium, expect, type Page } from '@playwright/test';
import { browserOptions } from './browser.ts';
import { control, demo, signIn } from './demo.ts';
import startDemo from './start-demo.ts';

interface Shot {
  readonly name: string;
  readonly login: string;
  readonly path: string;
  /** Follows the first link that matches on the opened screen before the picture is taken. */
  readonly follow?: RegExp;
  /** Presses the first button with this name before the picture is taken. */
  readonly press?: RegExp;
  /** Themes and widths that the README shows. */
  readonly inReadme?: readonly `${'light' | 'dark'}-${1440 | 390}`[];
}

const SHOTS: readonly Shot[] = [
  { name: 'approvals', login: 'manager', path: '/approvals', inReadme: ['light-1440', 'light-390', 'dark-390'] },
  { name: 'approval', login: 'manager', path: '/approvals', follow: /^\/approvals\/./, inReadme: ['light-390'] },
  { name: 'overview', login: 'ops', path: '/overview', inReadme: ['light-1440', 'dark-1440'] },
  { name: 'overview-as-is', login: 'ops', path: '/overview?map=as-is' },
  { name: 'overview-to-be', login: 'ops', path: '/overview?map=to-be' },
  { name: 'overview-bus', login: 'ops', path: '/overview?on=system%3Akafka' },
  { name: 'flows', login: 'ops', path: '/flows' },
  { name: 'flow', login: 'ops', path: '/flows/site-orders' },
  { name: 'flow-automatic', login: 'ops', path: '/flows/market-orders' },
  { name: 'flow-bus', login: 'ops', path: '/flows/bus-ut-go' },
  { name: 'flow-personal', login: 'ops', path: '/flows/zup-hrtek' },
  { name: 'flow-moving', login: 'ops', path: '/flows/ut-site-prices-stock' },
  { name: 'flow-plan', login: 'ops', path: '/flows/erp-internal-prices' },
  { name: 'pairs', login: 'ops', path: '/flows/ut-site-prices-stock/pairs' },
  { name: 'registers', login: 'ops', path: '/exchange-registers' },
  { name: 'bus', login: 'ops', path: '/bus' },
  { name: 'messages', login: 'ops', path: '/messages', inReadme: ['light-1440', 'dark-1440'] },
  { name: 'messages-all', login: 'ops', path: '/messages?tab=all' },
  { name: 'messages-quarantine', login: 'ops', path: '/messages?tab=quarantine' },
  { name: 'messages-stuck', login: 'ops', path: '/messages?tab=stuck' },
  { name: 'message-edi', login: 'ops', path: '/messages?tab=all&flow=edi-orders', follow: /^\/messages\/./ },
  {
    name: 'message-edi-answer',
    login: 'ops',
    path: '/messages?tab=all&flow=edi-orders&state=failed',
    follow: /^\/messages\/./,
    press: /^Ответить/,
  },
  {
    name: 'message-dead-letter',
    login: 'ops',
    path: '/messages?tab=all&flow=bus-ut-go&state=failed',
    follow: /^\/messages\/./,
  },
  { name: 'message-personal', login: 'admin', path: '/messages?tab=all&flow=zup-hrtek', follow: /^\/messages\/./ },
  { name: 'message-personal-ops', login: 'ops', path: '/messages?tab=all&flow=zup-hrtek', follow: /^\/messages\/./ },
  { name: 'message-register', login: 'ops', path: '/exchange-registers', follow: /^\/messages\/./ },
  {
    name: 'message',
    login: 'ops',
    path: '/messages?tab=all&flow=ut-bp-sales&state=failed',
    follow: /^\/messages\/./,
    inReadme: ['light-1440'],
  },
  { name: 'operations', login: 'ops', path: '/operations' },
  { name: 'operation', login: 'ops', path: '/operations', follow: /^\/operations\/./, inReadme: ['light-1440'] },
  { name: 'analytics', login: 'analyst', path: '/analytics', inReadme: ['light-1440', 'dark-1440'] },
  { name: 'audit', login: 'admin', path: '/audit' },
  { name: 'connections', login: 'admin', path: '/settings/connections' },
  {
    name: 'connections-check',
    login: 'admin',
    path: '/settings/connections?on=ut',
    press: /^Проверить (подключение|с этого шага)/,
  },
  { name: 'quiet', login: 'ops', path: '/settings/quiet' },
  { name: 'calendars', login: 'admin', path: '/settings/calendars' },
  { name: 'policies', login: 'admin', path: '/settings/policies' },
  { name: 'people', login: 'admin', path: '/settings/people' },
];

const { values } = parseArgs({
  options: {
    all: { type: 'boolean', default: false },
    out: { type: 'string', default: fileURLToPath(new URL('../docs/screens', import.meta.url)) },
    demo: { type: 'string' },
    only: { type: 'string' },
    full: { type: 'boolean', default: false },
    bare: { type: 'boolean', default: false },
    scheme: { type: 'string' },
    width: { type: 'string' },
  },
});

/** Makes something to look at: an operation that has run, and an accounting base that is away while pictures are taken. */
async function prepare(browser: Browser): Promise<void> {
  const isTold = async (): Promise<boolean> => (await control<{ done: boolean }>('GET', '/api/history')).done;
  await expect.poll(isTold, { timeout: 180_000, intervals: [1_000] }).toBe(true);
  await control('PUT', '/api/traffic', { running: false });
  const page = await browser.newPage({ locale: 'ru-RU', timezoneId: 'Europe/Moscow' });
  await signIn(page, 'ops');
  await loseBase(page, 12);
  await page.getByText('Нет соединения с сервером').first().click();
  await control('PUT', '/api/faults/base-down', { on: false, target: 'bp' });
  await page
    .getByRole('complementary')
    .getByRole('button', { name: /^Повторить \d+…$/ })
    .click();
  await page.waitForURL(/\/operations\//);
  await page.getByLabel('Причина', { exact: true }).fill('1С:БП снова отвечает, повторяем всё, что ждало');
  await page.getByRole('button', { name: /^Отправить/ }).click();
  await expect(page.getByText(/^завершена/).first()).toBeVisible({ timeout: 120_000 });
  await loseBase(page, 8);
  await page.close();
}

/** The accounting base stops answering; sales go on, fail one after another and wait. */
async function loseBase(page: Page, sales: number): Promise<void> {
  await control('PUT', '/api/faults/base-down', { on: true, target: 'bp' });
  for (let made = 0; made < sales; made += 1) await control('POST', '/api/documents/sale');
  // A cause that is new waits behind «Показать 1 новую»: the page is opened anew until all of it is there.
  const failed = async (): Promise<number> => {
    await page.goto(`${demo().url}/messages?tab=causes&flow=ut-bp-sales&range=1h`);
    await page.getByRole('table').waitFor();
    const row = page.getByRole('row', { name: /Нет соединения с сервером/ });
    return (await row.count()) === 0
      ? 0
      : Number((/(\d+)\s*$/m.exec((await row.getByRole('cell').nth(3).textContent()) ?? '') ?? [])[1] ?? 0);
  };
  await expect.poll(failed, { timeout: 90_000, intervals: [2_000] }).toBeGreaterThanOrEqual(sales);
}

/** Skeletons gone and charts drawn: nothing on the page has changed for half a second. */
async function settled(page: Page): Promise<void> {
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => undefined);
  await page
    .waitForFunction('!document.querySelector("[aria-busy=true]")', undefined, { timeout: 15_000 })
    .catch(() => undefined);
  await page.waitForTimeout(700);
}

async function take(browser: Browser, scheme: 'light' | 'dark', width: number): Promise<void> {
  const kind = `${scheme}-${width}`;
  const wanted = SHOTS.filter(
    (shot) =>
      (values.all || shot.inReadme?.some((one) => one === kind)) &&
      (!values.only || values.only.split(',').some((name) => shot.name.startsWith(name))),
  );
  for (const login of new Set(wanted.map((shot) => shot.login))) {
    const context = await browser.newContext({
      viewport: { width, height: width < 1000 ? 844 : 900 },
      colorScheme: scheme,
      locale: 'ru-RU',
      timezoneId: 'Europe/Moscow',
      reducedMotion: 'reduce',
      deviceScaleFactor: 1,
      hasTouch: width < 1000,
    });
    const page = await context.newPage();
    await signIn(page, login);
    for (const shot of wanted.filter((one) => one.login === login)) {
      await page.goto(`${demo().url}${shot.path}`);
      await settled(page);
      if (shot.follow) {
        const hrefs = await page
          .locator('main a[href]')
          .evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''));
        const href = hrefs.find((one) => shot.follow?.test(one));
        if (!href) {
          console.log(`${shot.name}: nothing to open on ${shot.path}`);
          continue;
        }
        await page.goto(`${demo().url}${href}`);
        await settled(page);
      }
      if (shot.press) {
        const button = page.getByRole('button', { name: shot.press, disabled: false }).first();
        if (await button.isVisible()) await button.click();
        else console.log(`${shot.name}: nothing to press`);
        await settled(page);
      }
      const wide = await page.evaluate<number>('document.documentElement.scrollWidth - window.innerWidth');
      if (wide > 0) console.log(`${shot.name}: wider than the window by ${wide} px`);
      const file = join(values.out, `${shot.name}-${kind}.png`);
      await page.screenshot({ path: file, fullPage: values.full });
      console.log(file);
    }
    await context.close();
  }
}

mkdirSync(values.out, { recursive: true });
const stop = values.demo ? async (): Promise<void> => undefined : await startDemo();
if (values.demo) process.env.PULT_DEMO = readFileSync(values.demo, 'utf8');
const browser = await chromium.launch(browserOptions().launchOptions);
try {
  if (!values.bare) await prepare(browser);
  for (const scheme of ['light', 'dark'] as const)
    for (const width of values.width ? [Number(values.width)] : [1440, 390])
      if ((values.scheme ?? scheme) === scheme) await take(browser, scheme, width);
} finally {
  await browser.close();
  await control('PUT', '/api/faults/base-down', { on: false, target: 'bp' });
  await control('PUT', '/api/traffic', { running: true });
  await stop();
}
