/** Doors of the exchange with chains: switches, single orders, what the provider has received. */
import { setTimeout as pause } from 'node:timers/promises';
import express from 'express';
import { Journal } from '../journal.ts';
import { type Listening, listen } from '../process.ts';
import { chanceOf, gapMs } from '../traffic/rhythm.ts';
import { Outbox } from '../workers/outbox.ts';
import { createReporter } from '../workers/report.ts';
import type { Settings } from '../workers/settings.ts';
import { connectSystems, type Systems } from '../workers/systems.ts';
import { TransferError } from '../workers/transfer-error.ts';
import { Folders } from './folders.ts';
import { tellDay } from './history.ts';
import { type Goods, makeOrder, Provider, type ProviderFaults } from './provider.ts';
import { Trade } from './trade.ts';

export interface EdiOptions {
  readonly port: number;
  /** Folder of the exchange; null: a temporary one. */
  readonly folder: string | null;
  readonly journal: { readonly state: string | null; readonly outbox: string | null };
  readonly settings: Settings;
}

export interface Edi extends Listening {
  readonly folders: Folders;
  readonly provider: Provider;
  readonly trade: Trade;
  /** Brings orders by the rhythm of the day and answers them until `close`; tells the past first. */
  run(): Promise<void>;
  bringOne(wish?: { unknown?: boolean }): Promise<{ number: string; fileName: string; chain: string }>;
}

/** Between orders at a full hour, ms. */
const EVERY_MS = 90_000;
const LOOK_MS = 700;
const AGAIN_MS = 1_000;
const WAITING_AT_MOST = 1_500;
type Line = { readonly sequence: number } | { readonly days: number } | { readonly until: number };

export async function startEdi(options: EdiOptions): Promise<Edi> {
  const { settings } = options;
  const systems = connectSystems(settings);
  const folders = new Folders(options.folder);
  const provider = new Provider(folders);
  const trade = new Trade({ folders, ut: systems.ut });
  const journal = new Journal<Line>(options.journal.state);
  const state = { sequence: 0, days: 0, until: 0 };
  for (const line of journal.read()) Object.assign(state, line);
  const note = (line: Line): void => {
    Object.assign(state, line);
    journal.append(line);
  };
  let goods: Promise<readonly Goods[]> | null = null;
  const catalogue = (): Promise<readonly Goods[]> => {
    goods ??= goodsOf(systems);
    goods.catch(() => {
      goods = null;
    });
    return goods;
  };

  const bringOne: Edi['bringOne'] = async ({ unknown = false } = {}) => {
    const list = await catalogue();
    note({ sequence: state.sequence + 1 });
    const order = makeOrder(chanceOf(settings.seed, 'edi', state.sequence), {
      number: `С-${String(100_000 + state.sequence)}`,
      at: Date.now(),
      goods: list,
      unknown: unknown || provider.faults.unknownGtin,
    });
    return { number: order.number, fileName: provider.bring(order), chain: order.chain.name };
  };

  const app = express();
  app.disable('x-powered-by');
  app.use(express.json());
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  const switches = (): ProviderFaults & { utStopped: boolean } => ({ ...provider.faults, utStopped: trade.stopped });
  app.get('/_stand', (_request, response) => void response.json(switches()));
  app.put('/_stand', (request, response) => {
    const change = (request.body ?? {}) as Partial<ProviderFaults> & { utStopped?: boolean };
    const { utStopped, ...faults } = change;
    if (utStopped !== undefined) trade.stopped = utStopped;
    Object.assign(provider.faults, faults);
    response.json(switches());
  });
  app.post('/_stand/orders', async (request, response) => {
    response.status(201).json(await bringOne((request.body ?? {}) as { unknown?: boolean }));
  });
  app.get('/_stand/received', (_request, response) => {
    const files = folders
      .list('received')
      .map((name) => ({ name, text: Buffer.from(folders.read('received', name)).toString('latin1') }));
    response.json({ files });
  });
  const listening = await listen(app, options.port);
  let closed = false;
  const loop = async (everyMs: () => number, round: () => Promise<void> | void): Promise<void> => {
    while (!closed) {
      try {
        await round();
      } catch (error) {
        // A base that is away is asked again; the files wait.
        if (!(error instanceof TransferError)) console.error(error);
      }
      await pause(everyMs());
    }
  };
  const outbox = new Outbox(options.journal.outbox, createReporter(settings));
  const tellPast = async (): Promise<void> => {
    if (state.until === 0) note({ until: Date.now() });
    const list = await catalogue();
    while (state.days < settings.historyDays && !closed) {
      // Today first, then from the oldest on.
      const daysAgo = state.days === 0 ? 0 : settings.historyDays - state.days;
      const { events, rows } = tellDay(settings.seed, daysAgo, state.until, list);
      await systems.insert('ut', 'Document_ЗаказКлиента', rows);
      outbox.add(...events);
      note({ days: state.days + 1 });
      while (outbox.size > WAITING_AT_MOST && !closed) await pause(LOOK_MS);
    }
  };
  return {
    url: listening.url,
    folders,
    provider,
    trade,
    bringOne,
    run: async () => {
      void outbox.run();
      void loop(
        () => LOOK_MS,
        () => trade.pickUp(),
      );
      void loop(
        () => LOOK_MS,
        () => void provider.collect(),
      );
      while (!closed) {
        try {
          await tellPast();
          break;
        } catch (error) {
          if (!(error instanceof TransferError)) throw error;
          await pause(AGAIN_MS);
        }
      }
      const gap = (): number =>
        gapMs(chanceOf(settings.seed, 'edi-gap', state.sequence), { everyMs: EVERY_MS, pace: 1, at: Date.now() });
      void loop(gap, async () => {
        if (!provider.faults.silent) await bringOne();
      });
    },
    close: async () => {
      closed = true;
      outbox.stop();
      await listening.close();
    },
  };
}

async function goodsOf({ ut }: Systems): Promise<readonly Goods[]> {
  const items = await ut.list('Catalog_Номенклатура', { select: ['Артикул'], top: 200 });
  const articles = items.map((item) => String(item.Артикул ?? '').trim()).filter((article) => article !== '');
  if (articles.length === 0) throw new TransferError('в УТ нет номенклатуры');
  return articles.map((article, place) => ({ article, price: 90 + ((place * 137) % 1_900) + 0.5 }));
}
