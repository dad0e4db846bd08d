/** A shop: orders of customers, packages of prices and stock, and asking for an order to be sent again. */
import { request as httpRequest } from 'node:http';
import express, { type NextFunction, type Request, type Response } from 'express';
import { type Listening, listen } from '../process.ts';
import type { ShopIdentity } from './identity.ts';
import { type NewOrder, type Package, Shop, type SiteOrder } from './orders.ts';

export interface SiteOptions {
  readonly identity: ShopIdentity;
  readonly port: number;
  readonly token: string;
  readonly journal: string | null;
  /** Where the exchange runs and under which name it knows this shop; without a port the answer is that it is unavailable. */
  readonly exchange: { readonly system: string; readonly port: number | null };
}

export interface SiteFaults {
  /** The web server in front answers 503 for the whole API. */
  down: boolean;
  /** The key of those who ask is no longer valid. */
  keyExpired: boolean;
}

export interface Site extends Listening {
  readonly shop: Shop;
  readonly faults: SiteFaults;
}

const PAGE = 200;

export async function startSite(options: SiteOptions): Promise<Site> {
  const shop = new Shop(options.journal, options.identity.prefix);
  const { name, root, paths, refusal } = options.identity;
  const faults: SiteFaults = { down: false, keyExpired: false };
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/', (_request, response) => void response.json({ name }));
  app.use(express.json({ limit: '16mb' }));
  addStandDoors(app, shop, faults);
  app.use((_request, response, next) => {
    if (faults.down) response.status(503).type('html').send('<html><body><h1>Service Unavailable</h1></body></html>');
    else next();
  });
  app.use(root, (request, response, next) => {
    if (faults.keyExpired) response.status(401).json(refusal.expired);
    else if (request.get('authorization') === `Bearer ${options.token}`) next();
    else response.status(401).json(refusal.unknown);
  });
  app.post([`${root}/exchange/resend`, `${root}/exchange/re-export`], (request, response) => {
    const verb = request.path.endsWith('/re-export') ? 're-export' : 'resend';
    const { messageId } = (request.body ?? {}) as { messageId?: unknown };
    if (verb === 're-export') shop.mend(String(messageId));
    forwardToExchange({ ...options.exchange, verb, request, response });
  });
  app.all(
    [`${root}/exchange/resend`, `${root}/exchange/re-export`],
    (_request, response) => void response.set('Allow', 'POST').status(405).json({ error: 'method not allowed' }),
  );
  app.post(`${root}/${paths.orders}`, (request, response) => {
    const problem = orderProblem(request.body);
    if (problem) return void response.status(422).json({ error: problem });
    const [order] = shop.take(request.body as NewOrder);
    response.status(201).json(order);
  });
  app.get(`${root}/${paths.orders}`, (request, response) => {
    response.json({ data: shop.ordersAfter(Number(request.query.after ?? 0) || 0, PAGE) });
  });
  app.get(`${root}/${paths.orders}/:id`, (request: Request<{ id: string }>, response) => {
    const data = shop.order(request.params.id);
    if (data) response.json({ data });
    else response.status(404).json({ error: 'not found' });
  });
  app.post(
    paths.packages.map((path) => `${root}/${path}`),
    (request, response) => {
      const body = (request.body ?? {}) as { id?: unknown; number?: unknown; stocks?: unknown; prices?: unknown };
      if (typeof body.id !== 'string' || body.id === '')
        return void response.status(422).json({ error: 'id is required' });
      const size = (list: unknown): number => (Array.isArray(list) ? list.length : 0);
      const [received] = shop.receive({
        id: body.id,
        number: String(body.number ?? ''),
        receivedAt: new Date().toISOString(),
        stocks: size(body.stocks),
        prices: size(body.prices),
      });
      response.json({ data: received?.package, duplicate: received?.duplicate ?? false });
    },
  );
  app.get(`${root}/${paths.package}/:id`, (request: Request<{ id: string }>, response) => {
    const data = shop.package(request.params.id);
    if (data) response.json({ ...data, data });
    else response.status(404).json({ error: 'not found' });
  });
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }));
  app.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    response.status(400).json({ error: error.message });
  });
  return { ...(await listen(app, options.port)), shop, faults };
}

function orderProblem(body: unknown): string | null {
  const { customer, lines, amount } = (body ?? {}) as Partial<NewOrder>;
  if (typeof customer?.name !== 'string' || typeof customer.inn !== 'string') return 'customer needs name and inn';
  if (!Array.isArray(lines) || lines.length === 0) return 'lines are required';
  return /^\d+(\.\d{1,2})?$/.test(String(amount)) ? null : 'amount must be a decimal';
}

/** The exchange beside the shop makes the attempt; its answer is the answer. */
function forwardToExchange(call: {
  system: string;
  port: number | null;
  verb: 'resend' | 're-export';
  request: Request;
  response: Response;
}): void {
  const { system, port, verb, request, response } = call;
  const unavailable = (): void => {
    if (!response.headersSent) response.set('Retry-After', '5').status(503).json({ error: 'exchange unavailable' });
  };
  if (port === null) {
    unavailable();
    return;
  }
  const body = Buffer.from(JSON.stringify(request.body ?? {}));
  const key = request.get('idempotency-key');
  const forward = httpRequest(
    {
      host: '127.0.0.1',
      port,
      path: `/${system}/hs/pult-exchange/v1/${verb}`,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'content-length': body.length,
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
    },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  forward.on('error', unavailable);
  forward.end(body);
}

/** Doors of the stand, no part of the API: the fault, past orders and packages in bulk, and counts. */
function addStandDoors(app: express.Application, shop: Shop, faults: SiteFaults): void {
  app.all('/_stand', (request, response) => {
    if (request.method === 'PUT') {
      const { down, keyExpired } = (request.body ?? {}) as Partial<SiteFaults>;
      if (down !== undefined) faults.down = down;
      if (keyExpired !== undefined) faults.keyExpired = keyExpired;
    }
    response.json(faults);
  });
  app.post('/_stand/orders', (request, response) => {
    shop.takePast(request.body as readonly SiteOrder[]);
    response.json({ count: shop.orderCount });
  });
  app.post('/_stand/packages', (request, response) => {
    shop.receive(...(request.body as readonly Package[]));
    response.json({ count: shop.packageCount });
  });
  app.get('/_stand/counts', (_request, response) => {
    response.json({ orders: shop.orderCount, packages: shop.packageCount });
  });
}
