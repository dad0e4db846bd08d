import { endWithParent } from '../process.ts';
import { startBus } from './bus.ts';
import { busSettingsFromEnv } from './settings.ts';

endWithParent();
const settings = busSettingsFromEnv();
const { url } = await startBus(settings);
console.log(`Сервисы шины: ${url}${settings.brokers.length === 0 ? ', шины нет' : ''}`);
