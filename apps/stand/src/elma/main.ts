import { join } from 'node:path';
import { startElma3 } from '../elma3/server.ts';
import { endWithParent, numberOf, textOf } from '../process.ts';
import { startElma } from './server.ts';

endWithParent();
// Pult asks ELMA3; the exchange of the stand goes on with the API it knows, over the same requests.
const elma3Port = numberOf('STAND_ELMA3_PORT', 0);
const { url, store, faults } = await startElma({
  port: numberOf('STAND_ELMA_PORT', 4102),
  token: textOf('ELMA_TOKEN', 'demo'),
  journal: process.env.STAND_DATA_DIR ? join(process.env.STAND_DATA_DIR, 'elma.jsonl') : null,
  webhook:
    elma3Port > 0
      ? null
      : {
          url: `${textOf('PULT_URL', 'http://127.0.0.1:3000')}/api/intake/elma-webhook`,
          token: textOf('ELMA_WEBHOOK_TOKEN', 'demo'),
        },
});
if (elma3Port > 0) {
  const elma3 = await startElma3({
    port: elma3Port,
    user: textOf('ELMA_USER', 'pult'),
    password: textOf('ELMA_PASSWORD', 'demo'),
    applicationToken: textOf('ELMA_APPLICATION_TOKEN', 'demo'),
    store,
    weather: faults,
  });
  console.log(`ELMA3: ${elma3.url}`);
}
console.log(`ELMA: ${url}/pub/v1`);
