import { type DestinationStream, type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** Secrets and personal data by name, at the depths at which requests and errors carry them. */
const SECRET_NAMES = [
  'authorization',
  'cookie',
  'password',
  'token',
  'secret',
  'clientSecret',
  'idToken',
  'accessToken',
];
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*["set-${name}"]`]);

/** Facts of an error that name a place, never a value: codes of drivers, constraint, table, system call. */
const SAFE_FIELDS = [
  'code',
  'severity',
  'constraint',
  'schema',
  'table',
  'column',
  'routine',
  'syscall',
  'status',
] as const;
const MAX_CAUSES = 5;

/**
 * An error as the log keeps it: class, message, place, codes and the causes. The rest stays out: drivers attach values
 * of rows (`detail`), clients whole answers with tokens, readers the body of the request.
 */
export function loggedError(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return typeof error === 'object' && error !== null ? '[object]' : error;
  const fields = error as unknown as Record<string, unknown>;
  const safe = SAFE_FIELDS.flatMap((name) =>
    ['string', 'number'].includes(typeof fields[name]) ? [[name, fields[name]] as const] : [],
  );
  const { cause } = error;
  return {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...Object.fromEntries(safe),
    ...(cause instanceof Error && depth < MAX_CAUSES ? { cause: loggedError(cause, depth + 1) } : {}),
  };
}

/** The server's log: one JSON object a line. Secrets are replaced by `[hidden]`. */
export function createLogger(options: { level: string; destination?: DestinationStream }): Logger {
  const settings = {
    level: options.level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { err: loggedError, cause: loggedError, error: loggedError },
    redact: { paths: REDACTED, censor: '[hidden]' },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

export const silentLogger: Logger = pino({ level: 'silent' });
