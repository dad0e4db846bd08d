import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { kafkaGap } from './scripts/kafka-broker.ts';

// Zone and locale are pinned: a test must not pass in Moscow and fail in CI.
const env = { TZ: 'UTC', LANG: 'ru_RU.UTF-8', LC_ALL: 'C.UTF-8' };

// Suites over a real broker are named *.kafka.test.ts; one broker serves a run of them.
const KAFKA_SUITES = ['apps/{bff,stand}/src/**/*.kafka.test.ts'];
// Those over TLS and a login need a broker that is started for them.
const SECURED_SUITES = kafkaGap() === undefined ? [] : ['apps/bff/src/**/*.secured.kafka.test.ts'];
const kafkaMissing = process.env.KAFKA_BROKERS ? undefined : kafkaGap();
if (kafkaMissing !== undefined) console.warn(`The Kafka suites are left out: ${kafkaMissing}`);

// On a second server of another version only statements can behave differently. Left out there: routes, whose statements
// are those of the modules, and processes killed between statements that other suites run anyway.
const ON_SECOND_SERVER = process.env.SECOND_DATABASE_SERVER ? ['apps/bff/src/*.test.ts', '**/crash.test.ts'] : [];

export default defineConfig({
  test: {
    // Most of a run waits for databases and processes: on two cores one worker would leave the machine idle.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      {
        test: {
          name: 'node',
          environment: 'node',
          env,
          include: ['apps/{bff,stand}/src/**/*.test.ts', 'packages/*/src/**/*.test.ts', 'scripts/**/*.test.ts'],
          exclude: [...KAFKA_SUITES, ...ON_SECOND_SERVER],
          globalSetup: ['apps/bff/src/platform/db/test-server.ts'],
          testTimeout: 20_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'web',
          environment: 'jsdom',
          // Each file in a context of its own all the same; the page it is drawn on is loaded once per worker, not per file.
          pool: 'vmThreads',
          env: { ...env, TZ: 'Europe/Moscow' },
          include: ['apps/web/src/**/*.test.{ts,tsx}'],
          testTimeout: 20_000,
        },
      },
      ...(kafkaMissing === undefined
        ? [
            {
              test: {
                name: 'kafka',
                environment: 'node',
                env,
                include: KAFKA_SUITES,
                exclude: SECURED_SUITES,
                globalSetup: ['apps/bff/src/platform/db/test-server.ts', 'apps/bff/src/connectors/testing/broker.ts'],
                testTimeout: 60_000,
                hookTimeout: 90_000,
              },
            },
          ]
        : []),
    ],
  },
});
