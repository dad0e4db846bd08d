import { readFileSync } from 'node:fs';
import { chromium } from '@playwright/test';
import { browserOptions } from './browser.ts';
import { demo, signIn } from './demo.ts';

process.env.PULT_DEMO = readFileSync('/tmp/demo.json', 'utf8');
const b = await chromium.launch(browserOptions().launchOptions);
const page = await b.newPage({ viewport: { width: 1440, height: 900 }, locale: 'ru-RU' });
page.on('console', (m) => console.log('console', m.type(), m.text().slice(0, 300)));
page.on('pageerror', (e) => console.log('pageerror', e.message.slice(0, 500)));
await signIn(page, 'ops');
await page.goto(`${demo().url}/messages?tab=all&state=failed`);
await page.locator('main table a').first().click();
await page.waitForTimeout(1500);
console.log(page.url());
await page.getByRole('button', { name: 'Отправить как было…' }).click();
await page.waitForTimeout(1000);
console.log(
  await page.locator('dialog').count(),
  await page.locator('dialog').evaluateAll((d) => d.map((x) => x.outerHTML.slice(0, 400))),
);
await page.screenshot({ path: '/tmp/dialog.png' });
await b.close();
