/** Routes of a module over HTTP behind the real guard, for tests. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Logger, pino } from 'pino';
import { createMetrics } from '../../telemetry/metrics.ts';
import { type AppOptions, createApp } from '../app.ts';
import { CSRF_COOKIE, CSRF_HEADER, type Gatekeeper, SESSION_COOKIE } from '../gate.ts';
import { roleGatekeeper } from './role-gatekeeper.ts';

export interface GuardedReply {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of all endpoints, checked by the guard against their contracts
  readonly body: any;
}

export interface GuardedServer {
  readonly url: string;
  /** Asks as the person who is called by a role: `ops`, or `ops-2` where two of one role are needed. */
  call(who: string, method: string, path: string, body?: unknown): Promise<GuardedReply>;
  /** Events by the key of a system. */
  report(key: string, events: readonly unknown[]): Promise<GuardedReply>;
  close(): Promise<void>;
}

export interface GuardedServerOptions extends Pick<AppOptions, 'routes' | 'endpoints'> {
  /** System by its key; without it no key is known. */
  readonly systemOf?: Gatekeeper['systemOf'];
  readonly log?: Logger;
}

/** An answer outside the contract throws: every endpoint is asked in earnest. */
export async function serveGuarded({ routes, endpoints, systemOf, log }: GuardedServerOptions): Promise<GuardedServer> {
  const server = createServer(
    createApp({
      routes,
      endpoints,
      gatekeeper: roleGatekeeper(systemOf),
      log: log ?? pino({ level: 'silent' }),
      metrics: createMetrics(),
      version: '0',
      publicUrl: 'http://127.0.0.1',
      strict: true,
    }),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (path: string, init: RequestInit): Promise<GuardedReply> => {
    const { status, headers, text } = await fetch(`${url}${path}`, init).then(async (response) => ({
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    }));
    const isJson = headers.get('content-type')?.includes('json') ?? false;
    return { status, headers, body: isJson ? JSON.parse(text) : text };
  };
  return {
    url,
    call: (who, method, path, body) =>
      ask(path, {
        method,
        headers: {
          cookie: `${SESSION_COOKIE}=${who}; ${CSRF_COOKIE}=csrf`,
          [CSRF_HEADER]: 'csrf',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    report: (key, events) =>
      ask('/api/intake/events', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/cloudevents-batch+json' },
        body: JSON.stringify(events),
      }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
