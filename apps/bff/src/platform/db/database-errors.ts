/** SQLSTATE of an error from PostgreSQL, or the code of a socket error; null for anything else. */
export function sqlStateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' ? error.code : null;
}

/** Constraint that a write ran into; stores map it to an error code. */
export function constraintOf(error: unknown): string | null {
  if (!(error instanceof Error) || !('constraint' in error)) return null;
  return typeof error.constraint === 'string' ? error.constraint : null;
}

/** Classes of SQLSTATE that mean «the server is not there for us now»: connection, resources, operator, system. */
const UNAVAILABLE_CLASSES = new Set(['08', '53', '58']);
/** query_canceled (the limit of a statement), admin_shutdown, crash_shutdown, cannot_connect_now, idle_session_timeout. */
const UNAVAILABLE_STATES = new Set(['57014', '57P01', '57P02', '57P03', '57P05']);
const SOCKET_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
/** The driver reports these three without any code. */
const DRIVER_MESSAGES = new Set([
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'timeout exceeded when trying to connect',
  'Client has encountered a connection error and is not queryable',
]);

/** True when the database cannot be reached or refuses connections, as opposed to refusing this statement. */
export function isDatabaseUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (DRIVER_MESSAGES.has(error.message)) return true;
  // FATAL and PANIC end the connection or refuse it (shut database, wrong password after a change): no statement's fault.
  if ('severity' in error && (error.severity === 'FATAL' || error.severity === 'PANIC')) return true;
  const state = sqlStateOf(error);
  if (state === null) return false;
  if (SOCKET_CODES.has(state)) return 'syscall' in error && !('system' in error);
  return state.length === 5 && (UNAVAILABLE_CLASSES.has(state.slice(0, 2)) || UNAVAILABLE_STATES.has(state));
}

/** Classes that mean «not this value»: data exception, constraint, limit of a program. */
const REFUSED_CLASSES = new Set(['22', '23', '54']);

/** True when the statement was refused for what it carries: it will be refused the next time, too. */
export function isRefusedValue(error: unknown): boolean {
  // A text longer than the platform can hold never reaches the database.
  if (error instanceof RangeError) return true;
  const state = sqlStateOf(error);
  return state?.length === 5 && REFUSED_CLASSES.has(state.slice(0, 2));
}
