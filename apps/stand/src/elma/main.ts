import { join } from 'node:path';
import { endWithParent, numberOf, textOf } from '../process.ts';
import { startElma } from './server.ts';

endWithParent();
const { url } = await startElma({
  port: numberOf('STAND_ELMA_PORT', 4102),
  token: textOf('ELMA_TOKEN', 'demo'),
  journal: process.env.STAND_DATA_DIR ? join(process.env.STAND_DATA_DIR, 'elma.jsonl') : null,
  webhook: {
    url: `${textOf('PULT_URL', 'http://127.0.0.1:3000')}/api/intake/elma-webhook`,
    token: textOf('ELMA_WEBHOOK_TOKEN', 'demo'),
  },
});
console.log(`ELMA: ${url}/pub/v1`);
