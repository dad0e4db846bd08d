import { join } from 'node:path';
import { endWithParent, numberOf, textOf } from '../process.ts';
import { SITE } from './identity.ts';
import { startSite } from './server.ts';

endWithParent();
const { url } = await startSite({
  identity: SITE,
  port: numberOf('STAND_SITE_PORT', 4103),
  token: textOf('SITE_TOKEN', 'demo'),
  journal: process.env.STAND_DATA_DIR ? join(process.env.STAND_DATA_DIR, 'site.jsonl') : null,
  exchange: { system: 'site', port: numberOf('STAND_WORKERS_PORT', 4104) },
});
console.log(`Сайт: ${url}/api/v2`);
