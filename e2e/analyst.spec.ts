import { expect, test } from '@playwright/test';
import { control, signIn } from './demo.ts';

interface Counts {
  readonly present: number;
  readonly records: Readonly<Record<string, number>>;
}

const DAY_MS = 86_400_000;
const MOSCOW_MS = 3 * 3_600_000;
/** Start of the seven Moscow days that the dashboards open with. */
const startOfWeek = (): string =>
  new Date((Math.floor((Date.now() + MOSCOW_MS) / DAY_MS) - 6) * DAY_MS - MOSCOW_MS).toISOString();

test.setTimeout(420_000);
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
    // The past is told in the background after the start.
    const isTold = async (): Promise<boolean> => (await control<{ done: boolean }>('GET', '/api/history')).done;
    await expect.poll(isTold, { timeout: 240_000, intervals: [1_000] }).toBe(true);
    // Documents under way when the traffic stopped arrive within seconds; then both sides stand still.
    await expect
      .poll(
        async () => {
          const path = `/api/counts?flow=ut-bp-sales&from=${startOfWeek()}`;
          const { present, records } = await control<Counts>('GET', path);
          // Documents whose acknowledgement was lost stand in the base; Pult says «неизвестно» and does not count them.
          return (await shown()) - (present - (records.unacknowledged ?? 0));
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
