/** vitest globalSetup of the suites over a real broker: KAFKA_BROKERS, or one broker for the whole run, ended with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { kafkaGap, startKafka } from '../../../../../scripts/kafka-broker.ts';
import { CLIENT_CERTIFICATE, SECURED_USERS, TEST_CERTIFICATE, TEST_KEY } from './certificates.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the broker that this run shares; topics and groups of a test have names of their own. */
    kafkaBrokers: string;
    /** The same, behind TLS and a login: suites named `*.secured.kafka.test.ts`, left out where no broker can be started. */
    securedBrokers: string;
    /** The same, behind TLS and a client certificate. */
    mutualBrokers: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env.KAFKA_BROKERS;
  if (external) project.provide('kafkaBrokers', external);
  if (external && kafkaGap() !== undefined) return async () => undefined;
  const dir = mkdtempSync(join(tmpdir(), 'pult-kafka-'));
  const secured = {
    certificate: TEST_CERTIFICATE,
    key: TEST_KEY,
    users: SECURED_USERS,
    clients: CLIENT_CERTIFICATE,
  };
  const broker = await startKafka({ dir, secured, light: true });
  if (!external) project.provide('kafkaBrokers', broker.brokers);
  project.provide('securedBrokers', broker.secured ?? '');
  project.provide('mutualBrokers', broker.mutual ?? '');
  return async () => {
    await broker.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
