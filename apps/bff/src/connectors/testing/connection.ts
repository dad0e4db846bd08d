import { systemClock } from '../../platform/clock.ts';
import { type Connection, type ConnectionOptions, createConnection, createTurns } from '../port/connection.ts';

/** Connection to a server of a test. */
export const testConnection = (url: string, options: Partial<ConnectionOptions> = {}): Connection =>
  createConnection({
    system: 'ut',
    turns: createTurns(2),
    timeoutMs: 2_000,
    origins: new Set([new URL(url).origin]),
    headers: () => ({ authorization: 'Basic dTpw' }),
    clock: systemClock,
    ...options,
  });
