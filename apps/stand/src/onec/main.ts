import { endWithParent, numberOf, textOf } from '../process.ts';
import { startOneC } from './server.ts';

endWithParent();
const { url } = await startOneC({
  port: numberOf('STAND_ONEC_PORT', 4101),
  seed: numberOf('STAND_SEED', 1),
  dataDir: process.env.STAND_DATA_DIR ?? null,
  users: {
    ut: { user: textOf('UT_ODATA_USER', 'pult-odata'), password: textOf('UT_ODATA_PASSWORD', 'demo') },
    bp: { user: textOf('BP_ODATA_USER', 'pult-odata'), password: textOf('BP_ODATA_PASSWORD', 'demo') },
  },
  workersPort: numberOf('STAND_WORKERS_PORT', 4104),
});
console.log(`1С: ${url}/ut, ${url}/bp`);
