import { expect, test } from '@playwright/test';
import { control, signIn } from './demo.ts';

interface Counts {
  readonly present: number;
  readonly records: Readonly<Record<string, number>>;
}

test('an analyst’s number equals the documents that stand in the base, and opens their rows', async ({ page }) => {
  await control('PUT', '/api/traffic', { running: false });
  try {
    await signIn(page, 'analyst');
    await expect(page).toHaveURL(/\/analytics/);
    const cell = page
      .getByRole('row', { name: /УТ → БП: продажи и оплаты/ })
      .getByRole('link')
      .nth(1);
    const shown = async (): Promise<number> => {
      await page.reload();
      await expect(cell).toBeVisible();
      return Number(((await cell.textContent()) ?? '').replace(/\D/g, ''));
    };
    // Documents under way when the traffic stopped arrive within seconds; then both sides stand still.
    await expect
      .poll(
        async () => {
          const { present } = await control<Counts>('GET', '/api/counts?flow=ut-bp-sales');
          return (await shown()) - present;
        },
        { timeout: 60_000, intervals: [2_000] },
      )
      .toBe(0);
    await cell.click();
    await expect(page).toHaveURL(/\/messages\?.*timeField=applied/);
    await expect(page.getByRole('main')).toContainText('ЭТ0');
  } finally {
    await control('PUT', '/api/traffic', { running: true });
  }
});
