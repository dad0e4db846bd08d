/** Where the bus of the demonstration is, and what is put on it. */
import { numberOf, textOf } from '../process.ts';

export interface BusSettings {
  /** Port of health, metrics and switches; 0 takes a free one. */
  readonly port: number;
  /** host:port; none: the services are up and nothing moves. */
  readonly brokers: readonly string[];
  /** Folder of what must survive a kill -9; null keeps everything in memory. */
  readonly dataDir: string | null;
  /** Process that moves documents the old way: what it has accepted goes over the bus too. */
  readonly workers: string;
}

export function busSettingsFromEnv(): BusSettings {
  return {
    port: numberOf('STAND_BUS_PORT', 4108),
    brokers: textOf('KAFKA_BROKERS', '')
      .split(',')
      .map((one) => one.trim())
      .filter((one) => one !== ''),
    dataDir: process.env.STAND_DATA_DIR ?? null,
    workers: `http://127.0.0.1:${numberOf('STAND_WORKERS_PORT', 4104)}`,
  };
}
