import { defineConfig } from '@playwright/test';
import base from '../playwright.config.ts';

/** The sign-in against a real Keycloak: one of it and one Pult for the run. */
export default defineConfig({
  ...base,
  testDir: '.',
  testIgnore: [],
  outputDir: '../.results/keycloak',
  globalSetup: './start.ts',
  // Keycloak tells and does in its own time; a case that needs the second try is reported as flaky.
  retries: 1,
  timeout: 180_000,
  expect: { timeout: 30_000 },
});
