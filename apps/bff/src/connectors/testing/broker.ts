/** vitest globalSetup of the suites over a real broker: KAFKA_BROKERS, or one broker for the whole run, ended with it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startKafka } from '../../../../../scripts/kafka-broker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** `host:port` of the broker that this run shares; topics and groups of a test have names of their own. */
    kafkaBrokers: string;
  }
}

export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const external = process.env.KAFKA_BROKERS;
  if (external) {
    project.provide('kafkaBrokers', external);
    return async () => undefined;
  }
  const dir = mkdtempSync(join(tmpdir(), 'pult-kafka-'));
  const broker = await startKafka({ dir });
  project.provide('kafkaBrokers', broker.brokers);
  return async () => {
    await broker.stop();
    rmSync(dir, { recursive: true, force: true });
  };
}
