import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { startBus } from '../bus/bus.ts';
import { startEdi } from '../edi/server.ts';
import { type Elma, startElma } from '../elma/server.ts';
import { BASES, type BaseName } from '../onec/bases.ts';
import { type OneC, startOneC } from '../onec/server.ts';
import { MARKET, type ShopIdentity, SITE } from '../site/identity.ts';
import { type Site, startSite } from '../site/server.ts';
import type { CloudEvent } from '../workers/event.ts';
import type { Login, Settings } from '../workers/settings.ts';

/** An intake that takes down what it is told; while it is away it answers 503. */
export class FakePult {
  readonly events: CloudEvent[] = [];
  away = false;
  readonly #server: Server;

  constructor() {
    this.#server = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      if (this.away) response.writeHead(503, { 'retry-after': '1' }).end();
      else {
        this.events.push(...(JSON.parse(Buffer.concat(chunks).toString()) as CloudEvent[]));
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"results":[]}');
      }
    });
  }
  async start(): Promise<string> {
    await new Promise<void>((done) => this.#server.listen(0, '127.0.0.1', done));
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  }
  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
  /** Kinds of the events about one message, in the order of their arrival. */
  kindsOf(messageId: string, attempt = 1): string[] {
    return this.events
      .filter(({ id }) => id.startsWith(`${messageId}:`) && id.split(':')[2] === String(attempt))
      .map(({ type }) => type.replace('exchange.', ''));
  }
}

/** The systems between which documents move, on free ports, with nothing on disk. */
export interface World {
  readonly onec: OneC;
  readonly elma: Elma;
  readonly site: Site;
  readonly market: Site;
  readonly pult: FakePult;
  readonly settings: Settings;
  close(): Promise<void>;
}

export async function startWorld(workersPort: number | null = null): Promise<World> {
  const login = { user: 'pult', password: 'demo' };
  const logins = Object.fromEntries(BASES.map((base) => [base, login])) as Record<BaseName, Login>;
  const onec = await startOneC({ port: 0, seed: 1, dataDir: null, users: logins, workersPort });
  const elma = await startElma({ port: 0, token: 'elma', journal: null, webhook: null });
  const shop = (identity: ShopIdentity, system: string, token: string): Promise<Site> =>
    startSite({ identity, port: 0, token, journal: null, exchange: { system, port: workersPort } });
  const site = await shop(SITE, 'site', 'site');
  const market = await shop(MARKET, 'market', 'market');
  const bus = await startBus({ port: 0, brokers: [], dataDir: null, workers: '' });
  const pult = new FakePult();
  const common: Settings = {
    port: 0,
    seed: 1,
    dataDir: null,
    historyDays: 0,
    shadowDays: 0,
    pult: await pult.start(),
    onec: onec.url,
    elma: elma.url,
    site: site.url,
    market: market.url,
    bus: bus.url,
    edi: '',
    workers: workersPort === null ? '' : `http://127.0.0.1:${workersPort}`,
    logins,
    elmaToken: 'elma',
    siteToken: 'site',
    marketKey: 'market',
    intakeTokens: {},
  };
  const edi = await startEdi({
    port: 0,
    folder: null,
    journal: { state: null, outbox: null },
    settings: common,
  });
  const settings: Settings = { ...common, edi: edi.url };
  return {
    onec,
    elma,
    site,
    market,
    pult,
    settings,
    close: async () => {
      await Promise.all([
        onec.close(),
        elma.close(),
        site.close(),
        market.close(),
        pult.close(),
        bus.close(),
        edi.close(),
      ]);
      rmSync(edi.folders.root, { recursive: true, force: true });
    },
  };
}
