/** The workers put together: sources → exchange → target, facts through the outbox to Pult. */
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Listening } from '../process.ts';
import { heartbeatOf } from './event.ts';
import { Exchange } from './exchange.ts';
import { beginHistory, writeHistory } from './history.ts';
import { Outbox } from './outbox.ts';
import { Receivers } from './receivers.ts';
import { RecordBook } from './records.ts';
import { createReporter } from './report.ts';
import { type Parts, startWorkersServer } from './server.ts';
import { SERVICES } from './services.ts';
import type { Settings } from './settings.ts';
import { Sources } from './sources.ts';
import { connectSystems } from './systems.ts';
import { TransferError } from './transfer-error.ts';

const HEARTBEAT_MS = 15_000;
const AGAIN_MS = 500;
export interface Workers extends Listening, Parts {
  /** Writes the history of a first start, then moves documents until `close`. */
  run(): Promise<void>;
}

export async function startWorkers(settings: Settings): Promise<Workers> {
  const path = (name: string): string | null => (settings.dataDir ? join(settings.dataDir, name) : null);
  const systems = connectSystems(settings);
  const book = new RecordBook(path('workers.jsonl'));
  const outbox = new Outbox(path('outbox.jsonl'), createReporter(settings));
  const receivers = new Receivers(settings.dataDir);
  const exchange = new Exchange({ book, outbox, systems, receivers });
  const sources = new Sources({ book, exchange, systems });
  const parts: Parts = { book, outbox, exchange, sources, systems, receivers };
  const listening = await startWorkersServer(settings.port, parts);
  let beating: ReturnType<typeof setInterval> | null = null;
  let closed = false;
  const beat = (): void => {
    for (const worker of SERVICES)
      if (!worker.moves || !exchange.isStopped(worker.source)) outbox.beat(heartbeatOf(worker), worker.service);
  };
  return {
    ...parts,
    url: listening.url,
    run: async () => {
      void outbox.run();
      beat();
      beating = setInterval(beat, HEARTBEAT_MS);
      const history = { ...parts, settings, now: Date.now(), stopped: () => closed };
      // The other systems may still be starting: what is not there yet is asked again a moment later.
      await untilDone(() => beginHistory(history), history.stopped);
      exchange.resume();
      sources.run();
      await untilDone(() => writeHistory(history), history.stopped);
    },
    close: async () => {
      closed = true;
      if (beating) clearInterval(beating);
      outbox.stop();
      sources.stop();
      await listening.close();
    },
  };
}

/** Repeats work that needs other systems until they are there. */
async function untilDone(work: () => Promise<void>, stopped: () => boolean): Promise<void> {
  while (!stopped()) {
    try {
      await work();
      return;
    } catch (error) {
      if (!(error instanceof TransferError)) throw error;
      await pause(AGAIN_MS);
    }
  }
}
