// Runs the bundled database until it is killed; the tests of embedded.ts end it with -9.
import { startEmbeddedDatabase } from '../embedded.ts';

const database = await startEmbeddedDatabase({ dir: process.argv[2] ?? '', settings: { fsync: 'off' } });
process.stdout.write(`${JSON.stringify({ url: database.url, serverPid: await database.serverPid() })}\n`);
setInterval(() => undefined, 60_000);
