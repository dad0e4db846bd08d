/** Addresses and credentials of the systems between which the workers move documents. */
import { BASES, type BaseName } from '../onec/bases.ts';
import { numberOf, textOf } from '../process.ts';

export interface Login {
  readonly user: string;
  readonly password: string;
}

export interface Settings {
  /** Port of the workers' own HTTP services; 0 takes a free one. */
  readonly port: number;
  readonly seed: number;
  /** Folder of what must survive a kill -9; null keeps everything in memory. */
  readonly dataDir: string | null;
  /** Days of history that a first start tells. */
  readonly historyDays: number;
  /** Of those the newest in which the bus ran beside the old channel; 0 where there is no bus to go on with. */
  readonly shadowDays: number;
  readonly pult: string;
  readonly onec: string;
  readonly elma: string;
  readonly site: string;
  readonly market: string;
  readonly workers: string;
  readonly bus: string;
  readonly edi: string;
  readonly logins: Readonly<Record<BaseName, Login>>;
  readonly elmaToken: string;
  readonly siteToken: string;
  readonly marketKey: string;
  /** System id → key of the event intake. */
  readonly intakeTokens: Readonly<Record<string, string>>;
}

const onLoopback = (port: number): string => `http://127.0.0.1:${port}`;
/** Name of a system in the names of its variables. */
const variableOf = (system: string): string => system.toUpperCase().replaceAll('-', '_');

/** Names and passwords under which the bases are asked. */
export const loginsFromEnv = (): Record<BaseName, Login> =>
  Object.fromEntries(
    BASES.map((base) => [
      base,
      {
        user: textOf(`${variableOf(base)}_ODATA_USER`, 'pult-odata'),
        password: textOf(`${variableOf(base)}_ODATA_PASSWORD`, 'demo'),
      },
    ]),
  ) as Record<BaseName, Login>;

/** Systems that report events under keys of their own. */
const REPORTING = [...BASES, 'site', 'market', 'elma', 'hrtek', 'qc', 'go-services', 'ims3', 'notify', 'edi'] as const;

export function settingsFromEnv(): Settings {
  const port = numberOf('STAND_WORKERS_PORT', 4104);
  return {
    port,
    seed: numberOf('STAND_SEED', 1),
    dataDir: process.env.STAND_DATA_DIR ?? null,
    historyDays: numberOf('STAND_HISTORY_DAYS', 30),
    shadowDays: numberOf('STAND_SHADOW_DAYS', textOf('KAFKA_BROKERS', '') === '' ? 0 : 14),
    pult: textOf('PULT_URL', 'http://127.0.0.1:3000'),
    onec: onLoopback(numberOf('STAND_ONEC_PORT', 4101)),
    elma: onLoopback(numberOf('STAND_ELMA_PORT', 4102)),
    site: onLoopback(numberOf('STAND_SITE_PORT', 4103)),
    market: onLoopback(numberOf('STAND_MARKET_PORT', 4107)),
    workers: onLoopback(port),
    bus: onLoopback(numberOf('STAND_BUS_PORT', 4108)),
    edi: onLoopback(numberOf('STAND_EDI_PORT', 4109)),
    logins: loginsFromEnv(),
    elmaToken: textOf('ELMA_TOKEN', 'demo'),
    siteToken: textOf('SITE_TOKEN', 'demo'),
    marketKey: textOf('MARKET_TOKEN', 'demo'),
    intakeTokens: Object.fromEntries(
      REPORTING.map((system) => [system, textOf(`INTAKE_TOKEN_${variableOf(system)}`, 'demo')]),
    ),
  };
}
