/** Services of the landscape as the settings show them. */
import type { HeartbeatServiceView } from '@pult/shared/contracts/heartbeats';
import { handlerAlarm } from '../attention/alarms.ts';
import type { QuietLook } from '../quiet/quiet.ts';
import type { SystemService } from './heartbeats.ts';

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

/** A service with what keeps its alarm quiet. */
export const serviceView = (life: SystemService, look: QuietLook): HeartbeatServiceView => ({
  ...life,
  since: isoOrNull(life.since),
  lastAt: isoOrNull(life.lastAt),
  instances: life.instances.map((one) => ({ ...one, lastAt: iso(one.lastAt) })),
  quiet: look({ alarmId: handlerAlarm(life), flowId: null, systemIds: [life.systemId] }),
});
