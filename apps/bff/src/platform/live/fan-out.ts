import { createAdapter } from '@socket.io/postgres-adapter';
import pg from 'pg';
import { KEEP_ALIVE } from '../db/database.ts';
import type { Logger } from '../telemetry/logger.ts';

/** NOTIFY takes less than 8000 bytes. */
const NOTIFY_LIMIT_BYTES = 7_900;
/** How often the table of larger messages is emptied. */
const CLEANUP_MS = 5 * 60_000;
const CONNECT_LIMIT_MS = 5_000;

interface FanOutOptions {
  readonly url: string;
  /** Publishes; listening has a connection of its own. */
  readonly pool: pg.Pool;
  readonly log: Logger;
  /** The listening connection is there again after a loss: whatever the others said meanwhile was not heard. */
  readonly onGap: () => void;
}

/**
 * Connects the live channels of all instances on one database through LISTEN and NOTIFY (ADR 0023). Without the
 * database, people go on to see what their own instance does.
 */
export function createFanOut({ url, pool, log, onGap }: FanOutOptions): ReturnType<typeof createAdapter> {
  let heardBefore = false;
  // The adapter keeps its listening connection for ever and never gives a dead one back: one of the pool would be lost
  // with each restart of the database. So it gets a connection that belongs to no pool.
  const connect = async () => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'pult-live',
      connectionTimeoutMillis: CONNECT_LIMIT_MS,
      ...KEEP_ALIVE,
    });
    client.on('error', ({ message }) => log.warn({ message }, 'the connection of the live channel was lost'));
    await client.connect();
    if (heardBefore) setImmediate(onGap);
    heardBefore = true;
    return Object.assign(client, { release: () => void client.end() });
  };
  const lines = { connect, query: pool.query.bind(pool) } as unknown as pg.Pool;
  return createAdapter(lines, {
    channelPrefix: 'pult_live',
    tableName: 'live_attachment',
    payloadThreshold: NOTIFY_LIMIT_BYTES,
    cleanupInterval: CLEANUP_MS,
    errorHandler: ({ message }) => log.warn({ message }, 'live channel to the other instances'),
  });
}
