import { endWithParent } from '../process.ts';
import { settingsFromEnv } from './settings.ts';
import { startWorkers } from './workers.ts';

endWithParent();
const workers = await startWorkers(settingsFromEnv());
console.log(`Обработчики обмена: ${workers.url}`);
await workers.run();
