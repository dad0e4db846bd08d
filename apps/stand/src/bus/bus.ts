/** The bus of the demonstration put together: producers, services, their HTTP. Without brokers only the latter. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Listening } from '../process.ts';
import { Effects } from './effects.ts';
import { BusFaults } from './faults.ts';
import { Instance } from './instance.ts';
import { createLink } from './link.ts';
import { runProducers } from './producers.ts';
import { startBusServer } from './server.ts';
import type { BusSettings } from './settings.ts';
import { SERVICES } from './topics.ts';

const AGAIN_MS = 2_000;

export interface Bus extends Listening {
  readonly faults: BusFaults;
  readonly effects: Effects;
}

export async function startBus(settings: BusSettings): Promise<Bus> {
  const effects = new Effects(settings.dataDir ? join(settings.dataDir, 'bus.jsonl') : null);
  const faults = new BusFaults();
  const link = createLink(settings.brokers);
  const instances = SERVICES.flatMap((service) =>
    Array.from(
      { length: service.instances },
      (_, at) =>
        new Instance({
          service,
          link,
          effects,
          faults,
          brokers: settings.brokers,
          name: `${service.program}-${at + 1}`,
        }),
    ),
  );
  const stopping = new AbortController();
  const listening = await startBusServer(settings.port, { instances, faults, effects });
  const run = async (): Promise<void> => {
    if (!(await prepared(() => link.prepare(), stopping.signal))) return;
    for (const instance of instances) instance.start();
    await runProducers({ link, effects, faults, workers: settings.workers }, stopping.signal);
  };
  const running = settings.brokers.length === 0 ? Promise.resolve() : run();
  return {
    url: listening.url,
    faults,
    effects,
    close: async () => {
      stopping.abort();
      await running;
      await Promise.all(instances.map((instance) => instance.stop()));
      await link.close();
      await listening.close();
    },
  };
}

/** A broker that comes up beside the demonstration is waited for. @returns false when told to stop meanwhile */
async function prepared(work: () => Promise<void>, signal: AbortSignal): Promise<boolean> {
  while (!signal.aborted) {
    const done = await work().then(
      () => true,
      () => false,
    );
    if (done) return true;
    await pause(AGAIN_MS, undefined, { signal }).catch(() => undefined);
  }
  return false;
}
