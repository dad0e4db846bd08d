import { endWithParent, numberOf } from '../process.ts';
import { loginsFromEnv } from '../workers/settings.ts';
import { BASES } from './bases.ts';
import { startOneC } from './server.ts';

endWithParent();
const { url } = await startOneC({
  port: numberOf('STAND_ONEC_PORT', 4101),
  seed: numberOf('STAND_SEED', 1),
  dataDir: process.env.STAND_DATA_DIR ?? null,
  users: loginsFromEnv(),
  workersPort: numberOf('STAND_WORKERS_PORT', 4104),
});
console.log(`1С: ${BASES.map((base) => `${url}/${base}`).join(', ')}`);
