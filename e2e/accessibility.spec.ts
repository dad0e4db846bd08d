import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '@playwright/test';
import { demo, signIn } from './demo.ts';

const SCREENS: readonly (readonly [login: string, paths: readonly string[]])[] = [
  ['ops', ['/overview', '/flows', '/flows/site-orders', '/messages', '/messages?tab=all', '/operations']],
  ['manager', ['/approvals']],
  ['analyst', ['/analytics']],
  ['admin', ['/settings/connections', '/settings/calendars', '/settings/policies', '/settings/people', '/audit']],
];

for (const scheme of ['light', 'dark'] as const)
  for (const [login, paths] of SCREENS)
    test(`axe finds nothing serious on the screens of ${login}, ${scheme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await signIn(page, login);
      for (const path of paths) {
        await page.goto(`${demo().url}${path}`);
        await expect(page.getByRole('main').getByRole('heading').first()).toBeVisible();
        await page.waitForLoadState('networkidle').catch(() => undefined);
        const { violations } = await new AxeBuilder({ page }).analyze();
        const serious = violations
          .filter(({ impact }) => impact === 'serious' || impact === 'critical')
          .map(
            ({ id, nodes }) =>
              `${path} ${id}: ${nodes
                .map(({ target }) => target.join(' '))
                .slice(0, 4)
                .join(' | ')}`,
          );
        expect(serious).toEqual([]);
      }
    });
