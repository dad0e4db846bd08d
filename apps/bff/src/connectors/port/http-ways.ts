/** Ways to a system that speaks HTTP: its connections share its turns, its circuit settings and its login. */

import type { CheckStep } from './check.ts';
import { type Connection, createConnection, createTurns } from './connection.ts';
import type { ConfigOf, ConnectorParts, Protocol } from './connector.ts';
import { networkOfAll } from './network-of-all.ts';
import { networkTarget } from './network-steps.ts';

/** A connector that speaks HTTP: the bus and folders have no requests. */
export type HttpProtocol = Exclude<Protocol, 'kafka' | 'files'>;

export interface HttpWays {
  /** One way with a circuit of its own: one may be down without the others. */
  connect(way?: string): Connection;
  /** Steps to the door of each address. */
  network(): CheckStep[];
}

export interface HttpWaysOptions {
  readonly addresses: readonly string[];
  /** What every request carries to be let in. */
  readonly headers: () => Readonly<Record<string, string>>;
  /** See `CircuitOptions.loginBySession`. */
  readonly loginBySession?: boolean;
}

export function createHttpWays(
  { limits }: Pick<ConfigOf<HttpProtocol>, 'limits'>,
  parts: ConnectorParts,
  { addresses, headers, loginBySession = false }: HttpWaysOptions,
): HttpWays {
  const { clock, origins } = parts;
  const turns = createTurns(limits.concurrency);
  const { timeoutMs } = limits;
  return {
    connect: (way = 'data') =>
      createConnection({ ...circuitOf(parts), way, loginBySession, turns, timeoutMs, origins, headers }),
    network: () => networkOfAll({ targets: addresses.map(networkTarget), needed: 'each', timeoutMs, clock }),
  };
}

/** What every way to a system puts in front of itself. */
export const circuitOf = ({ system, clock, circuit, onCircuit, login }: ConnectorParts) => ({
  system: system.id,
  clock,
  onCircuit,
  ...(circuit === undefined ? {} : { circuit }),
  ...(login === undefined ? {} : { login }),
});

/** The value of a named variable; empty when there is none. */
export const secretOf = ({ secrets }: Pick<ConnectorParts, 'secrets'>, name: string | undefined): string =>
  (name === undefined ? undefined : secrets[name]) ?? '';

/** Bearer token of a named variable. */
export const bearer = (parts: Pick<ConnectorParts, 'secrets'>, name: string) => ({
  authorization: `Bearer ${secretOf(parts, name)}`,
});
