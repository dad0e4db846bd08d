/** Landscape and messages together over HTTP with the real guard, on a clock that tests move. */
import { type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import { ENDPOINTS } from '@pult/shared/contracts/table';
import type { Role } from '@pult/shared/domain/identity/permissions';
import { type DestinationStream, pino } from 'pino';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import type { Route } from '../../../platform/http/mount.ts';
import { serveGuarded } from '../../../platform/http/testing/guarded-server.ts';
import { createLogger } from '../../../platform/telemetry/logger.ts';
import { createMessagesModule } from '../../messages/index.ts';
import { createSlaModule } from '../../sla/index.ts';
import { createLandscapeModule } from '../index.ts';

export interface House {
  readonly database: TestDatabase;
  readonly file: LandscapeFile;
  readonly hints: string[];
  now: number;
  /** Systems that do not answer, since when (ms). */
  readonly down: Map<string, number>;
  // biome-ignore lint/suspicious/noExplicitAny: bodies of all endpoints, checked by the guard against their contracts
  call(role: Role, method: string, path: string, body?: unknown): Promise<{ status: number; body: any }>;
  /** Events by the key of a system. */
  report(systemId: string, events: readonly unknown[]): Promise<{ status: number }>;
  close(): Promise<void>;
}

/** What the house asks of a landscape: its parts as the file writes them. */
export async function openHouse(parts: {
  readonly systems: readonly unknown[];
  readonly flows: readonly unknown[];
  readonly now: number;
  readonly log?: DestinationStream;
}): Promise<House> {
  const database = await createTestDatabase();
  const file = landscapeFile.parse({ version: 1, systems: parts.systems, flows: parts.flows });
  const hints: string[] = [];
  const down = new Map<string, number>();
  const house = { now: parts.now };
  const clock = { now: () => house.now };
  const live = { announce: (topic: string, ids: readonly string[] = []) => void hints.push(topic, ...ids) };
  const log = parts.log ? createLogger({ level: 'trace', destination: parts.log }) : pino({ level: 'silent' });
  const { db } = database;
  const sla = createSlaModule({ db, clock });
  const messages = createMessagesModule({
    db,
    flows: new Map(file.flows.map((flow) => [flow.id, flow])),
    clock,
    live,
    downSince: (systemId) => down.get(systemId) ?? null,
    approvalOf: async () => null,
    operationsOf: async () => new Map(),
  });
  const landscape = createLandscapeModule({
    messagesAbout: async () => new Map(),
    registerMessages: { ...messages.registers, ask: async () => null },
    db,
    live,
    log,
    onec: () => unread(),
    busAdmin: () => null,
    service: () => unread(),
    sides: messages.sides,
    file,
    fileHash: '',
    fileAppliedAt: parts.now,
    clock,
    activity: messages.activity,
    arrivals: messages.arrivals,
    reports: { keys: async () => [], lastAt: async () => null, quarantined: messages.activity.quarantinedOf },
    connections: {
      checkSteps: () => null,
      checkNeeds: () => null,
      releaseLogin: async () => undefined,
      state: (systemId) => {
        const downSince = down.get(systemId);
        return downSince === undefined
          ? null
          : {
              lastOkAt: null,
              lastErrorAt: downSince,
              lastError: null,
              downSince,
              circuit: 'open',
              nextProbeAt: null,
              login: null,
              inFlight: 0,
              requestsPerMinute: 0,
              latencyP95Ms: null,
              busyShare: 0,
            };
      },
    },
    counters: {
      openOperations: async () => 0,
      approvals: async () => ({ waiting: 0, breaching: 0, breached: 0, nextDueAt: null }),
    },
    working: { intervals: sla.intervals, dayOf: sla.dayOf },
  });
  const routes: Route[] = [...landscape.routes, ...messages.routes];
  const served = new Set(routes.map(({ endpoint }) => endpoint.id));
  const server = await serveGuarded({
    routes,
    endpoints: ENDPOINTS.filter(({ id }) => served.has(id)),
    systemOf: async (key) => key,
    log,
  });
  return Object.assign(house, {
    database,
    file,
    hints,
    down,
    call: (role: Role, method: string, path: string, body?: unknown) => server.call(role, method, path, body),
    report: (systemId: string, events: readonly unknown[]) => server.report(systemId, events),
    async close() {
      await server.close();
      await database.close();
    },
  });
}

const title = { ru: 'а', en: 'a' };

function unread(): never {
  throw new Error('no system is read here');
}

/** A system of the file that reports events. */
export const systemPart = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  title: { ru: id, en: id },
  kind: 'onec',
  place: { column: 0, row: 0 },
  intakeTokenEnv: `INTAKE_TOKEN_${id.toUpperCase().replaceAll('-', '_')}`,
  ...more,
});

/** A watched flow of the file. */
export const flowPart = (id: string, ends: { from: string[]; to: string[] }, more: Record<string, unknown> = {}) => ({
  id,
  title,
  what: title,
  channel: 'rest',
  watched: true,
  ...ends,
  ...more,
});

let sequence = 0;
/** A fact about a message, as a system states it. */
export const factOf = (
  kind: string,
  fact: { source: string; flow: string; consumer: string; message: string; at: number } & Record<string, unknown>,
) => {
  sequence += 1;
  const { source, flow, consumer, message, at, payload, counterparty, number = message, ...more } = fact;
  return {
    specversion: '1.0',
    id: `fact-${sequence}`,
    source,
    type: `exchange.${kind}`,
    time: new Date(at).toISOString(),
    data: {
      flow,
      consumer,
      message: { id: message, key: { type: 'Документ', number }, counterparty, payload },
      ...more,
    },
  };
};
