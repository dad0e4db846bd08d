/** ELMA365 public API (/pub/v1) with one app, its process and tasks. Every answer is an envelope with `success`. */
import express, { type NextFunction, type Request, type Response } from 'express';
import { type Listening, listen } from '../process.ts';
import { addItemRoutes } from './items.ts';
import { FilterError } from './query.ts';
import { ItemStore } from './store.ts';
import { addTaskRoutes } from './tasks.ts';
import { startWebhook } from './webhook.ts';

export interface ElmaOptions {
  readonly port: number;
  readonly token: string;
  readonly journal: string | null;
  /** Outgoing webhook; best effort, as the block in a process is. */
  readonly webhook: { readonly url: string; readonly token: string } | null;
}

export interface ElmaFaults {
  down: boolean;
  /** How it is away: the connection breaks, or the web server in front answers 503. */
  mode: 'socket' | '503';
  slowMs: number;
}

export interface Elma extends Listening {
  readonly store: ItemStore;
  readonly faults: ElmaFaults;
}

export async function startElma(options: ElmaOptions): Promise<Elma> {
  const store = new ItemStore(options.journal);
  const faults: ElmaFaults = { down: false, mode: 'socket', slowMs: 0 };
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.all('/_stand', express.json(), (request, response) => {
    if (request.method === 'PUT') Object.assign(faults, request.body);
    response.json(faults);
  });
  // What the exchange had brought before the stand began.
  app.post('/_stand/items', express.json({ limit: '4mb' }), (request, response) => {
    const items = request.body as readonly { context: Readonly<Record<string, unknown>>; at: string }[];
    const fresh = items.filter(
      ({ context }) => !store.all().some((one) => one.ut_process_ref === context.ut_process_ref),
    );
    for (const { context, at } of fresh) store.create(context, at);
    response.json({ count: store.all().length });
  });
  app.use((request, response, next) => {
    if (faults.down && faults.mode === '503')
      response.status(503).type('html').send('<html><body><h1>503 Service Unavailable</h1></body></html>');
    else if (faults.down) request.socket.destroy();
    else if (faults.slowMs > 0) setTimeout(() => next(), faults.slowMs);
    else next();
  });
  app.use('/pub/v1', (request, response, next) => {
    const token = (request.get('authorization') ?? '').replace(/^Bearer\s+/i, '') || request.get('x-token');
    if (token === options.token) next();
    else refuse(response, 'authorization failed', 403);
  });
  app.use(express.json({ limit: '4mb' }));
  const tell = startWebhook(options.webhook);
  addItemRoutes(app, store, tell);
  addTaskRoutes(app, store, tell);
  app.use((_request, response) => refuse(response, 'not found', 404));
  app.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    // Broken JSON and filters that it does not know are the caller's: 400 with the reason in the body.
    const callers = error instanceof FilterError || ('status' in error && error.status === 400);
    refuse(response, error.message, callers ? 400 : 500);
  });
  return { ...(await listen(app, options.port)), store, faults };
}

function refuse(response: Response, error: string, status: number): void {
  response.status(status).json({ success: false, error });
}
