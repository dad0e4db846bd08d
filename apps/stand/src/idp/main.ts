import { endWithParent, numberOf, textOf } from '../process.ts';
import { startIdp } from './server.ts';

endWithParent();
const { url } = await startIdp({
  port: numberOf('STAND_IDP_PORT', 4106),
  clientId: textOf('OIDC_CLIENT_ID', 'pult'),
  clientSecret: textOf('OIDC_CLIENT_SECRET', 'demo'),
  dataDir: process.env.STAND_DATA_DIR ?? null,
  pult: textOf('PULT_URL', 'http://127.0.0.1:3000'),
});
console.log(`Вход: ${url}`);
