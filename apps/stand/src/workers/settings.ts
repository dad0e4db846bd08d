/** Addresses and credentials of the systems between which the workers move documents. */
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
  readonly pult: string;
  readonly onec: string;
  readonly elma: string;
  readonly site: string;
  readonly workers: string;
  readonly logins: Readonly<Record<'ut' | 'bp', Login>>;
  readonly elmaToken: string;
  readonly siteToken: string;
  /** System id → key of the event intake. */
  readonly intakeTokens: Readonly<Record<string, string>>;
}

const onLoopback = (port: number): string => `http://127.0.0.1:${port}`;
const loginOf = (base: 'UT' | 'BP'): Login => ({
  user: textOf(`${base}_ODATA_USER`, 'pult-odata'),
  password: textOf(`${base}_ODATA_PASSWORD`, 'demo'),
});

export function settingsFromEnv(): Settings {
  const port = numberOf('STAND_WORKERS_PORT', 4104);
  return {
    port,
    seed: numberOf('STAND_SEED', 1),
    dataDir: process.env.STAND_DATA_DIR ?? null,
    historyDays: numberOf('STAND_HISTORY_DAYS', 30),
    pult: textOf('PULT_URL', 'http://127.0.0.1:3000'),
    onec: onLoopback(numberOf('STAND_ONEC_PORT', 4101)),
    elma: onLoopback(numberOf('STAND_ELMA_PORT', 4102)),
    site: onLoopback(numberOf('STAND_SITE_PORT', 4103)),
    workers: onLoopback(port),
    logins: { ut: loginOf('UT'), bp: loginOf('BP') },
    elmaToken: textOf('ELMA_TOKEN', 'demo'),
    siteToken: textOf('SITE_TOKEN', 'demo'),
    intakeTokens: Object.fromEntries(
      ['ut', 'bp', 'site', 'elma'].map((system) => [system, textOf(`INTAKE_TOKEN_${system.toUpperCase()}`, 'demo')]),
    ),
  };
}
