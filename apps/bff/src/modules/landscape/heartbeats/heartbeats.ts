/** Heartbeats of the exchange workers and services of the landscape: read, judged, forgotten when they are gone for good. */
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/database.ts';
import type { Ticker } from '../../../platform/jobs/ticker.ts';
import { type Beat, goneForGood, type ServiceLife, serviceLife } from './rules.ts';

const FORGET_MS = 10 * 60_000;
/** Instances of one service that are read at most: a reporter that names itself anew each time fills no screen. */
const INSTANCES_READ = 50;

export type SystemService = ServiceLife & { readonly systemId: string };

export interface HeartbeatsDeps {
  readonly db: Db;
  readonly file: Pick<LandscapeFile, 'systems'>;
  readonly clock: Clock;
}

export interface Heartbeats {
  /** Every service that is expected or was heard of, in the order of the landscape. */
  services(): Promise<SystemService[]>;
  /** Deletes instances that are gone for good. @returns how many */
  forget(): Promise<number>;
  start(ticker: Ticker): void;
}

export function createHeartbeats({ db, file, clock }: HeartbeatsDeps): Heartbeats {
  const beatsNow = async (): Promise<Beat[]> => {
    const { rows } = await sql<{ system_id: string; service: string; instance: string; last_at: Date }>`
      select system_id, service, instance, last_at from (
        select h.*, row_number() over (partition by system_id, service order by last_at desc, instance) as place from heartbeat h
      ) as h where place <= ${INSTANCES_READ}`.execute(db);
    return rows.map((row) => ({
      systemId: row.system_id,
      service: row.service,
      instance: row.instance,
      lastAt: row.last_at.getTime(),
    }));
  };

  const services = async (): Promise<SystemService[]> => {
    const now = clock.now();
    const beats = await beatsNow();
    return file.systems.flatMap((system) => {
      const own = beats.filter(({ systemId }) => systemId === system.id);
      const names = new Set([
        ...system.heartbeats.map(({ service }) => service),
        ...own.map(({ service }) => service).sort(),
      ]);
      return [...names].map((service) => ({
        systemId: system.id,
        ...serviceLife(service, {
          expected: system.heartbeats.find((one) => one.service === service),
          beats: own.filter((beat) => beat.service === service),
          now,
        }),
      }));
    });
  };

  const forget = async (): Promise<number> => {
    const now = clock.now();
    const gone = (await services()).flatMap((life) =>
      goneForGood(life, now).map((instance) => ({ systemId: life.systemId, service: life.service, instance })),
    );
    if (gone.length === 0) return 0;
    // Whoever spoke again in between is not gone.
    const { numAffectedRows } = await sql`
      delete from heartbeat h using jsonb_to_recordset(${JSON.stringify(gone)}::jsonb) as g ("systemId" text, service text, instance text)
      where h.system_id = g."systemId" and h.service = g.service and h.instance = g.instance
        and h.last_at < ${new Date(now)}::timestamptz - interval '6 hours'`.execute(db);
    return Number(numAffectedRows ?? 0);
  };

  return {
    services,
    forget,
    start: (ticker) =>
      ticker.alone(FORGET_MS, 'landscape.heartbeats', async () => {
        await forget();
      }),
  };
}
