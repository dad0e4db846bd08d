import { expect, type Page, test } from '@playwright/test';
import { demo, signIn } from './demo.ts';

test.use({ viewport: { width: 390, height: 844 }, hasTouch: true });

/** Whether no bar lies over the beginning of a section. */
async function isUncovered(page: Page, title: string): Promise<boolean> {
  const box = await page.getByRole('heading', { level: 2, name: title }).first().boundingBox();
  if (box === null) return false;
  const [x, y] = [box.x + 4, box.y + box.height / 2];
  return page.evaluate<boolean>(`document.elementFromPoint(${x}, ${y})?.closest('nav') === null`);
}

test('a long page on a phone has its sections at hand, and none of them ends up under a bar', async ({ page }) => {
  await signIn(page, 'ops');
  await page.goto(`${demo().url}/flows/ut-site-prices-stock`);
  const jump = page.getByRole('navigation', { name: 'К разделу страницы' });
  await expect(jump).toBeVisible();
  for (const title of ['Повторы', 'Каналы', 'Сравнение в тени']) {
    await jump.getByRole('button', { name: title, exact: true }).tap();
    await expect(page.getByRole('heading', { level: 2, name: title }).first()).toBeInViewport();
    await expect(jump).toBeInViewport();
    await expect.poll(() => isUncovered(page, title)).toBe(true);
    // Also of the last one, which the page is too short to bring up.
    await expect(jump.getByRole('button', { name: title, exact: true })).toHaveAttribute('aria-current', 'location');
  }
  await expect(page.getByRole('heading', { level: 2, name: 'Сравнение в тени' })).toBeFocused();
  expect(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth')).toBe(true);
  // A short page needs none.
  await page.goto(`${demo().url}/settings/people`);
  await expect(page.getByRole('main')).toBeVisible();
  await expect(jump).toBeHidden();
});
