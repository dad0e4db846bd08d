import { defineConfig } from '@playwright/test';
import { browserOptions } from './browser.ts';

/** One running demonstration for the whole run; specs share it, so they use documents of their own. */
export default defineConfig({
  testDir: '.',
  testMatch: '*.spec.ts',
  // The suite against a real Keycloak has a set-up of its own.
  testIgnore: 'keycloak/**',
  // The output of the demonstration stays beside it in .results, which Playwright would empty.
  outputDir: '.results/specs',
  globalSetup: './start-demo.ts',
  fullyParallel: false,
  workers: 1,
  retries: 0,
  forbidOnly: true,
  // Long enough for a machine that does other things beside: what holds is seen at once, what does not hold costs a wait.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    ...browserOptions(),
    locale: 'ru-RU',
    timezoneId: 'Europe/Moscow',
    viewport: { width: 1440, height: 900 },
    trace: 'retain-on-failure',
    screenshot: 'only-on-failure',
  },
});
