import AxeBuilder from '@axe-core/playwright';
import { expect, type Page, test } from '@playwright/test';
import { demo, signIn } from './demo.ts';

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

/** Screens of each persona; a pair opens the first link of a screen that matches. */
const SCREENS: Readonly<Record<string, readonly (string | readonly [from: string, link: RegExp])[]>> = {
  ops: [
    '/overview',
    '/overview?on=system:ut',
    '/flows',
    '/flows/ut-site-prices-stock',
    '/flows/zup-hrtek',
    '/exchange-registers',
    '/messages',
    '/messages?tab=all',
    '/messages?tab=quarantine',
    ['/messages?tab=all', /^\/messages\/./],
    '/operations',
    '/settings/connections',
    '/nowhere',
  ],
  manager: ['/approvals', ['/approvals', /^\/approvals\/./], '/overview'],
  analyst: ['/analytics'],
  admin: ['/settings/connections', '/settings/calendars', '/settings/policies', '/settings/people', '/audit'],
};

async function open(page: Page, path: string): Promise<void> {
  await page.goto(`${demo().url}${path}`);
  await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
}

async function serious(page: Page, name: string): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) =>
        `${name} ${id}: ${nodes
          .map(({ target }) => target.join(' '))
          .slice(0, 4)
          .join(' | ')}`,
    );
}

for (const { scheme, width, language } of LOOKS)
  for (const [login, screens] of Object.entries(SCREENS))
    test(`axe finds nothing serious for ${login}, ${scheme}, ${width} px, ${language}`, async ({ page }) => {
      test.setTimeout(180_000);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 900 });
      await signIn(page, login);
      await page.evaluate((chosen) => localStorage.setItem('pult.language', chosen), language);
      const found: string[] = [];
      for (const screen of screens) {
        const [path, link] = typeof screen === 'string' ? [screen, null] : screen;
        await open(page, path);
        if (link) {
          const hrefs = await page
            .locator('main a[href]')
            .evaluateAll((links) => links.map((one) => one.getAttribute('href') ?? ''));
          const href = hrefs.find((one) => link.test(one));
          expect(href, `${path} has nothing to open`).toBeDefined();
          await open(page, href ?? '');
        }
        expect(await page.evaluate('document.documentElement.lang')).toBe(language);
        found.push(...(await serious(page, `${path}${link ? ' →' : ''}`)));
      }
      expect(found).toEqual([]);
    });

test('axe finds nothing serious in what opens over a screen', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await signIn(page, 'ops');
  await open(page, '/flows');
  await page.keyboard.press('Control+k');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await serious(page, 'palette')).toEqual([]);
  await page.keyboard.press('Escape');
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await serious(page, 'keys')).toEqual([]);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: /Меню пользователя/ }).click();
  await expect(page.getByRole('button', { name: 'Выйти' })).toBeVisible();
  expect(await serious(page, 'menu')).toEqual([]);
});
