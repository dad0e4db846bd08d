import { Socket } from 'node:net';
import { Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';

/** A connection to the database or an open transaction on it; stores take it and never ask which one it is. */
export type Db = Kysely<unknown>;

export interface Database {
  readonly db: Db;
  readonly pool: pg.Pool;
  /** Waits for running queries and ends every connection. */
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Longest time of one statement, ms. */
  readonly statementLimitMs?: number;
  /** A connection that neither sent nor received anything for so long in the middle of something is given up, ms; above the limit of a statement. */
  readonly silenceLimitMs?: number;
  /** Connections at most. */
  readonly max?: number;
  /** A connection died while nobody used it: the pool replaces it by itself, this is for the log. */
  readonly onIdleError?: (error: Error) => void;
}

/** No question of a screen may take longer; one that does is ended and answered as «try again». Migrations have no such limit. */
const STATEMENT_LIMIT_MS = 60_000;
/** What the answer that a statement was ended may take on its way. */
const ANSWER_MARGIN_MS = 5_000;
/** A connection that says nothing for so long in the middle of a statement is given up. */
export const SILENCE_LIMIT_MS = STATEMENT_LIMIT_MS + ANSWER_MARGIN_MS;
/** An idle connection is asked by the operating system whether the other end is there; its own default is two hours. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelayMillis: 10_000 } as const;
const INT8 = 20;
const INT8_ARRAY = 1016;
const DATE = 1082;

/** int8 → number. Refuses values that a double cannot hold instead of rounding them silently. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError(`int8 ${text} does not fit a number`);
  return value;
}

const parseInt8Array = (text: string): (number | null)[] =>
  text === '{}'
    ? []
    : text
        .slice(1, -1)
        .split(',')
        .map((part) => (part === 'NULL' ? null : parseInt8(part)));

const parsers = new Map<number, (text: string) => unknown>([
  [INT8, parseInt8],
  [INT8_ARRAY, parseInt8Array],
  // A calendar date has no zone: as text it cannot shift by the zone of the server.
  [DATE, (text) => text],
]);

const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    (format === 'binary' ? undefined : parsers.get(oid)) ??
    pg.types.getTypeParser(oid)) as typeof pg.types.getTypeParser,
};

/**
 * Opens a pool. int8 arrives as number, numeric as string, timestamptz as Date, date as `YYYY-MM-DD`, jsonb parsed.
 * Nothing connects before the first query.
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const statementLimitMs = options.statementLimitMs ?? STATEMENT_LIMIT_MS;
  const silenceLimitMs = options.silenceLimitMs ?? statementLimitMs + ANSWER_MARGIN_MS;
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max ?? 10,
    types,
    application_name: 'pult',
    connectionTimeoutMillis: 10_000,
    idleTimeoutMillis: 30_000,
    ...KEEP_ALIVE,
    statement_timeout: statementLimitMs,
  });
  // Without a listener the loss of an idle connection (server restart) would end the process.
  pool.on('error', (error) => options.onIdleError?.(error));
  // The pool listens to idle connections only: one lost between two statements of a transaction would end the process
  // too. The statement that comes next fails and tells its caller.
  pool.on('connect', (client) => {
    client.on('error', () => undefined);
    endSilentConnection(client, silenceLimitMs);
  });
  const db = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  return { db, pool, close: () => db.destroy() };
}

/**
 * A host that vanishes says nothing: the limit of a statement is kept by the server, and TCP repeats unheard data for a
 * quarter of an hour. Not `query_timeout` of the driver: it fails the statement and puts the deaf connection back into
 * the pool. Ended as a broken socket, everything that waits on it fails, and the pool opens another.
 */
function endSilentConnection({ connection: { stream } }: pg.PoolClient, limitMs: number): void {
  if (!(stream instanceof Socket)) return;
  stream.setTimeout(limitMs, () => {
    const silent = new Error(`no answer of the database for ${limitMs} ms`);
    stream.destroy(Object.assign(silent, { code: 'ETIMEDOUT', syscall: 'read' }));
  });
}

/** Runs `work` in a transaction; inside an open one it joins it, so that verbs compose. */
export async function inTransaction<T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db);
  return db.transaction().execute(work);
}
