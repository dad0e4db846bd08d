import { join } from 'node:path';
import { endWithParent, numberOf, textOf } from '../process.ts';
import { MARKET } from '../site/identity.ts';
import { startSite } from '../site/server.ts';

endWithParent();
const { url } = await startSite({
  identity: MARKET,
  port: numberOf('STAND_MARKET_PORT', 4107),
  token: textOf('MARKET_TOKEN', 'demo'),
  journal: process.env.STAND_DATA_DIR ? join(process.env.STAND_DATA_DIR, 'market.jsonl') : null,
  exchange: { system: 'market', port: numberOf('STAND_WORKERS_PORT', 4104) },
});
console.log(`EKF Market: ${url}/api/v1`);
