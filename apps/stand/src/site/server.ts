/** Сайт, API 2.0: orders of customers, packages of prices and stock, and asking for an order to be sent again. */
import { request as httpRequest, type Server } from 'node:http';
import express, { type Response } from 'express';
import { Journal } from '../journal.ts';

export interface SiteOrder {
  readonly sequence: number;
  readonly id: string;
  readonly number: string;
  readonly createdAt: string;
  readonly customer: { readonly name: string; readonly inn: string };
  readonly lines: readonly {
    readonly article: string;
    readonly quantity: number;
    readonly price: number;
    readonly discount?: number;
  }[];
  readonly amount: string;
}

export interface SiteOptions {
  readonly port: number;
  readonly token: string;
  readonly journal: string | null;
  readonly workersPort: number | null;
}

export interface Site {
  readonly url: string;
  readonly orders: SiteOrder[];
  close(): Promise<void>;
}

type Line =
  | { readonly order: SiteOrder }
  | { readonly package: { readonly id: string; readonly number: string; readonly receivedAt: string } };

export async function startSite(options: SiteOptions): Promise<Site> {
  const journal = new Journal<Line>(options.journal);
  const orders: SiteOrder[] = [];
  const packages = new Map<string, { id: string; number: string; receivedAt: string }>();
  for (const line of journal.read()) {
    if ('order' in line) orders.push(line.order);
    else packages.set(line.package.id, line.package);
  }
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.get('/', (_request, response) => void response.json({ name: 'API 2.0' }));
  app.use('/api/v2', (request, response, next) => {
    if (request.get('authorization') === `Bearer ${options.token}`) next();
    else response.status(401).json({ error: 'unauthorized' });
  });
  app.post(['/api/v2/exchange/resend', '/api/v2/exchange/re-export'], (request, response) => {
    const unavailable = (): void =>
      void response.set('Retry-After', '5').status(503).json({ error: 'exchange unavailable' });
    if (options.workersPort === null) return unavailable();
    const path = `/site/hs/pult-exchange/v1/${request.path.split('/').at(-1) ?? ''}`;
    const forward = httpRequest(
      { host: '127.0.0.1', port: options.workersPort, path, method: 'POST', headers: request.headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    forward.on('error', unavailable);
    request.pipe(forward);
  });
  app.use(express.json({ limit: '8mb' }));
  app.post('/api/v2/orders', (request, response) => {
    const body = request.body as Omit<SiteOrder, 'sequence' | 'id' | 'number'> & { id?: string; number?: string };
    const order: SiteOrder = {
      ...body,
      sequence: orders.length + 1,
      id: body.id ?? crypto.randomUUID(),
      number: body.number ?? `ЗК-${104_000 + orders.length + 1}`,
      createdAt: body.createdAt ?? new Date().toISOString(),
    };
    orders.push(order);
    journal.append({ order });
    response.status(201).json(order);
  });
  app.get('/api/v2/orders', (request, response) => {
    const after = Number(request.query.after ?? 0);
    response.json({ data: orders.filter(({ sequence }) => sequence > after).slice(0, 200) });
  });
  const take = (response: Response, body: { id?: string; number?: string }): void => {
    if (!body.id) return void response.status(400).json({ error: 'id is required' });
    const known = packages.get(body.id);
    const received = known ?? { id: body.id, number: body.number ?? '', receivedAt: new Date().toISOString() };
    if (!known) {
      packages.set(body.id, received);
      journal.append({ package: received });
    }
    response.json({ data: received, duplicate: known !== undefined });
  };
  app.post(['/api/v2/catalog/stocks', '/api/v2/catalog/prices'], (request, response) =>
    take(response, request.body as { id?: string }),
  );
  app.get('/api/v2/exchange/packages/:id', (request, response) => {
    const found = packages.get(request.params.id);
    if (found) response.json({ data: found });
    else response.status(404).json({ error: 'not found' });
  });
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }));
  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(options.port, '127.0.0.1', () => resolve(listening));
    listening.once('error', reject);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    orders,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
