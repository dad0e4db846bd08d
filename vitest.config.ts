import { defineConfig } from 'vitest/config';

// Zone and locale are pinned: a test must not pass in Moscow and fail in CI.
const env = { TZ: 'UTC', LANG: 'ru_RU.UTF-8', LC_ALL: 'C.UTF-8' };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          env,
          include: ['apps/{bff,stand}/src/**/*.test.ts', 'packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          globalSetup: ['apps/bff/src/platform/db/test-server.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'web',
          environment: 'jsdom',
          env: { ...env, TZ: 'Europe/Moscow' },
          include: ['apps/web/src/**/*.test.{ts,tsx}'],
          testTimeout: 20_000,
        },
      },
    ],
  },
});
