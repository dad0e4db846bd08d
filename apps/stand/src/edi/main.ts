import { join } from 'node:path';
import { endWithParent, numberOf } from '../process.ts';
import { settingsFromEnv } from '../workers/settings.ts';
import { startEdi } from './server.ts';

endWithParent();
const settings = settingsFromEnv();
const inData = (name: string): string | null => (settings.dataDir === null ? null : join(settings.dataDir, name));
const edi = await startEdi({
  port: numberOf('STAND_EDI_PORT', 4109),
  folder: process.env.EDI_DIR || inData('edi'),
  journal: { state: inData('edi.jsonl'), outbox: inData('edi-outbox.jsonl') },
  settings,
});
console.log(`EDI: ${edi.folders.root}`);
await edi.run();
