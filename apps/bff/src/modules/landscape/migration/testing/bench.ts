import type { HealthStatus } from '@pult/shared/contracts/counters';
import { type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import { messagesEndpoints } from '@pult/shared/contracts/messages';
import { migrationEndpoints } from '@pult/shared/contracts/migration';
import type { Role } from '@pult/shared/domain/identity/permissions';
import pino from 'pino';
import type { Db } from '../../../../platform/db/database.ts';
import {
  type GuardedReply,
  type GuardedServer,
  serveGuarded,
} from '../../../../platform/http/testing/guarded-server.ts';
import { createMessagesModule } from '../../../messages/index.ts';
import { createMigrations, type Migrations } from '../migration.ts';
import { createMigrationRoutes } from '../routes.ts';

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
/** Thursday, 26 November 2026, 14:32 in Moscow. */
export const NOW = Date.parse('2026-11-26T11:32:00Z');

const title = { ru: 'п', en: 'f' };
const flowOf = (id: string, to: string, more: Record<string, unknown>) => ({
  id,
  title: { ru: id, en: id },
  what: title,
  from: ['ut'],
  to: [to],
  watched: true,
  ...more,
});

/** Prices move from the shop's own channel to the bus; waited for ten minutes, ready after two working days. */
export const migrationFile = (shadow: Record<string, unknown> = {}): LandscapeFile =>
  landscapeFile.parse({
    version: 1,
    systems: [
      ...['ut', 'site', 'market', 'go'].map((id, column) => ({ id, title, kind: 'shop', place: { column, row: 0 } })),
      // Without brokers nothing over the bus would be watched.
      {
        id: 'kafka',
        title,
        kind: 'bus',
        place: { column: 4, row: 0 },
        connector: { protocol: 'kafka', brokers: 'bus:9092' },
      },
    ],
    flows: [
      flowOf('prices', 'site', {
        channel: 'rest',
        stage: 'shadow',
        migration: {
          flow: 'bus',
          types: ['ПакетЦен'],
          shadow: { days: 2, share: 0.9, lossDays: 2, waitMs: '10m', keys: { stocks: 'code' }, ...shadow },
        },
      }),
      flowOf('other', 'site', { channel: 'rest' }),
      // The same packages for dealers, which the bus has to name as theirs.
      flowOf('dealers', 'market', {
        channel: 'rest',
        stage: 'shadow',
        migration: {
          flow: 'bus',
          types: ['ПакетЦен'],
          addressed: true,
          shadow: { days: 2, share: 0.9, lossDays: 2, waitMs: '10m', keys: { stocks: 'code' } },
        },
      }),
      flowOf('bus', 'go', { channel: 'kafka', era: 'to-be' }),
    ],
  });

const SYSTEMS: Readonly<Record<string, string>> = { prices: 'site', other: 'site', dealers: 'market', bus: 'go' };

export interface Fact {
  readonly flow: 'prices' | 'bus' | 'other' | 'dealers';
  readonly number: string;
  readonly kind: 'accepted' | 'sent' | 'applied' | 'failed';
  /** Before {@link NOW}, ms. */
  readonly ago: number;
  readonly payload?: unknown;
  readonly type?: string;
  readonly messageId?: string;
  /** Whom the consumer passes it on to. */
  readonly recipient?: string | undefined;
}

export const factEvent = (fact: Fact) => ({
  specversion: '1.0',
  id: `${fact.flow}-${fact.number}-${fact.messageId ?? ''}-${fact.kind}`,
  source: 'ut',
  type: `exchange.${fact.kind}`,
  time: new Date(NOW - fact.ago).toISOString(),
  data: {
    flow: fact.flow,
    consumer: SYSTEMS[fact.flow],
    attempt: 1,
    message: {
      id: fact.messageId ?? `${fact.flow}-${fact.number}`,
      key: { type: fact.type ?? 'ПакетЦен', number: fact.number },
      ...(fact.recipient === undefined ? {} : { recipient: fact.recipient }),
      ...(fact.payload === undefined ? {} : { payload: fact.payload }),
    },
    ...(fact.kind === 'failed' ? { error: { text: 'Сайт ответил 503' } } : {}),
  },
});

export const PACKAGE = { date: '2026-11-26T14:00:00', stocks: [{ code: 'mcb', unit: 'PCE', quantity: '12.000' }] };

const named = ({ recipient, messageId }: { recipient?: string; messageId?: string }) => ({
  ...(recipient === undefined ? {} : { recipient }),
  ...(messageId === undefined ? {} : { messageId }),
});

/** A message that a channel carried to its end: accepted `ago`, applied `took` later. */
export const carried = (
  flow: Fact['flow'],
  number: string,
  ago: number,
  more: { took?: number; payload?: unknown; recipient?: string; messageId?: string } = {},
) => [
  factEvent({ ...named(more), flow, number, kind: 'accepted', ago, payload: more.payload ?? PACKAGE }),
  factEvent({ ...named(more), flow, number, kind: 'applied', ago: ago - (more.took ?? 1_000) }),
];

export class MigrationBench {
  now = NOW;
  health: Record<string, HealthStatus> = { prices: 'ok', dealers: 'ok', bus: 'ok' };
  readonly hints: string[] = [];
  readonly migrations: Migrations;
  #server: GuardedServer | null = null;
  readonly #messages: ReturnType<typeof createMessagesModule>;
  readonly #db: Db;
  readonly file: LandscapeFile;

  constructor(db: Db, file: LandscapeFile = migrationFile()) {
    this.#db = db;
    this.file = file;
    const clock = { now: () => this.now };
    this.#messages = createMessagesModule({
      db,
      flows: new Map(file.flows.map((flow) => [flow.id, flow])),
      clock,
      downSince: () => null,
      approvalOf: async () => null,
      operationsOf: async () => new Map(),
      live: { announce: () => undefined },
    });
    this.migrations = this.instance();
  }

  /** Another instance on the same database. */
  instance(sides = this.#messages.sides): Migrations {
    return createMigrations({
      db: this.#db,
      file: this.file,
      clock: { now: () => this.now },
      live: { announce: (topic, ids = []) => void this.hints.push(`${topic} ${ids.join(',')}`) },
      log: pino({ level: 'silent' }),
      sides,
      activity: this.#messages.activity,
      // Monday to Friday.
      working: {
        intervals: (from, to) =>
          [0, 6].includes(new Date(from + 3 * HOUR).getUTCDay()) ? [] : [{ from: from + 9 * HOUR, to: to - 6 * HOUR }],
      },
      health: async () => new Map(Object.entries(this.health)),
    });
  }

  get sides(): ReturnType<typeof createMessagesModule>['sides'] {
    return this.#messages.sides;
  }

  async listen(): Promise<void> {
    this.#server = await serveGuarded({
      routes: [...this.#messages.routes, ...createMigrationRoutes(this.migrations)],
      endpoints: [...messagesEndpoints, ...migrationEndpoints],
      systemOf: async () => 'ut',
    });
  }

  get #listening(): GuardedServer {
    if (this.#server === null) throw new Error('the bench does not listen yet');
    return this.#server;
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  /** Reports events through the real intake. @throws when one of them is not accepted */
  async report(events: readonly unknown[]): Promise<void> {
    const { body } = await this.#listening.report('ut', events);
    const answer = body as { results?: { status: string; reason?: string }[] };
    const refused = answer.results?.find(({ status }) => status === 'quarantined');
    if (!answer.results || refused) throw new Error(`not accepted: ${JSON.stringify(refused ?? answer)}`);
  }

  call(role: Role, method: string, path: string, body?: unknown): Promise<GuardedReply> {
    return this.#listening.call(role, method, `/api/landscape/flows/${path}`, body);
  }
}
