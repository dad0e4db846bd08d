/** Heartbeats of the exchange workers and services of the landscape: read, judged, forgotten when they are gone for good. */
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/database.ts';
import type { Ticker } from '../../../platform/jobs/ticker.ts';
import { type Beat, forgottenBefore, oldestKept, type ServiceLife, serviceLife } from './rules.ts';

const FORGET_MS = 10 * 60_000;
/** Instances of one service that are read at most, as many as may be expected: a reporter that names itself anew each time fills no screen. */
const INSTANCES_READ = 100;

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
    const limits = (await services()).map((life) => {
      const before = forgottenBefore(life, { now, shown: INSTANCES_READ });
      const until = before === null ? '-infinity' : new Date(before).toISOString();
      return { systemId: life.systemId, service: life.service, until };
    });
    // By age and not by name: of a reporter that takes a new name each time most rows are never read. Systems that the
    // landscape no longer has are heard of no more.
    const { numAffectedRows } = await sql`
      delete from heartbeat h where h.last_at < ${new Date(oldestKept(now))} and not exists (
        select from jsonb_to_recordset(${JSON.stringify(limits)}::jsonb) as l ("systemId" text, service text, until timestamptz)
        where l."systemId" = h.system_id and l.service = h.service and h.last_at >= l.until)`.execute(db);
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
