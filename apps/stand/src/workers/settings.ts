/** Addresses and credentials of the systems between which the workers move documents. */
import { numberOf, textOf } from '../process.ts';

export const settings = {
  pult: textOf('PULT_URL', 'http://127.0.0.1:3000'),
  onec: `http://127.0.0.1:${numberOf('STAND_ONEC_PORT', 4101)}`,
  elma: `http://127.0.0.1:${numberOf('STAND_ELMA_PORT', 4102)}`,
  site: `http://127.0.0.1:${numberOf('STAND_SITE_PORT', 4103)}`,
  port: numberOf('STAND_WORKERS_PORT', 4104),
  seed: numberOf('STAND_SEED', 1),
  dataDir: process.env.STAND_DATA_DIR ?? null,
  onecLogin: (base: 'ut' | 'bp'): string => {
    const name = base.toUpperCase();
    return `${textOf(`${name}_ODATA_USER`, 'pult-odata')}:${textOf(`${name}_ODATA_PASSWORD`, 'demo')}`;
  },
  elmaToken: textOf('ELMA_TOKEN', 'demo'),
  siteToken: textOf('SITE_TOKEN', 'demo'),
  intakeToken: (system: string): string => textOf(`INTAKE_TOKEN_${system.toUpperCase()}`, 'demo'),
} as const;
