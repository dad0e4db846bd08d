/** ELMA365 public API (/pub/v1) with one app: sales/discount_approvals. Answers carry `success` also on 200. */
import type { Server } from 'node:http';
import express, { type Request, type Response } from 'express';
import { codeOf, type Item, ItemStore, STATUSES, type StatusCode } from './store.ts';

export interface ElmaOptions {
  readonly port: number;
  readonly token: string;
  readonly journal: string | null;
  /** Outgoing webhook; best effort, as the block in a process is. */
  readonly webhook: { readonly url: string; readonly token: string } | null;
}

export interface Elma {
  readonly url: string;
  readonly store: ItemStore;
  readonly faults: { down: boolean; slowMs: number };
  close(): Promise<void>;
}

const PAGE_LIMIT = 10_000;
type Filter = Readonly<Record<string, unknown>>;

export async function startElma(options: ElmaOptions): Promise<Elma> {
  const store = new ItemStore(options.journal);
  const faults = { down: false, slowMs: 0 };
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.use('/_stand', express.json());
  app.all('/_stand', (request, response) => {
    if (request.method === 'PUT') Object.assign(faults, request.body);
    response.json(faults);
  });
  app.use((request, _response, next) => {
    if (faults.down) request.socket.destroy();
    else setTimeout(() => next(), faults.slowMs);
  });
  app.use(express.json({ limit: '4mb', strict: false }));
  app.use('/pub/v1', (request, response, next) => {
    const token = (request.get('authorization') ?? '').replace(/^Bearer\s+/i, '') || request.get('x-token');
    if (token === options.token) next();
    else response.status(403).json({ success: false, error: 'authorization failed' });
  });

  const tell = (item: Item): void => {
    if (!options.webhook) return;
    void fetch(options.webhook.url, {
      method: 'POST',
      headers: { authorization: `Bearer ${options.webhook.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        app: 'sales/discount_approvals',
        itemId: item.__id,
        status: codeOf(item),
        updatedAt: item.__updatedAt,
      }),
    }).catch(() => undefined);
  };
  const fail = (response: Response, error: string, status = 400): void =>
    void response.status(status).json({ success: false, error });
  const itemOf = (request: Request, response: Response): Item | null => {
    const item = store.get(String(request.params.id));
    if (!item) fail(response, 'item not found');
    return item ?? null;
  };

  const root = '/pub/v1/app/sales/discount_approvals';
  app.post(`${root}/create`, (request, response) => {
    const { context } = request.body as { context?: Record<string, unknown> };
    if (!context) return fail(response, 'context is required');
    const item = store.create(context);
    tell(item);
    response.json({ success: true, error: '', item });
  });
  const list = (request: Request, response: Response): void => {
    const body = (request.method === 'GET' ? request.query : request.body) as ListBody;
    const from = Number(body.from ?? 0);
    const size = Math.min(PAGE_LIMIT, Number(body.size ?? 100));
    const rows = selectItems(store.all(), body);
    response.json({ success: true, error: '', result: { result: rows.slice(from, from + size), total: rows.length } });
  };
  app.post(`${root}/list`, list);
  app.get(`${root}/list`, list);
  app.get(`${root}/settings/status`, (_request, response) => {
    response.json({ success: true, error: '', statusItems: STATUSES, groups: [] });
  });
  for (const method of ['get', 'post'] as const)
    app[method](`${root}/:id/get`, (request: Request, response: Response) => {
      const item = itemOf(request, response);
      if (item) response.json({ success: true, error: '', item });
    });
  app.post(`${root}/:id/update`, (request, response) => {
    const item = itemOf(request, response);
    if (!item) return;
    const next = store.update(item, (request.body as { context?: Record<string, unknown> }).context ?? {});
    response.json({ success: true, error: '', item: next });
  });
  app.post(`${root}/:id/set-status`, (request, response) => {
    const item = itemOf(request, response);
    if (!item) return;
    const code = (request.body as { status?: { code?: string } }).status?.code;
    if (!STATUSES.some((status) => status.code === code)) return fail(response, `unknown status ${code}`);
    const next = store.setStatus(item, code as StatusCode);
    tell(next);
    response.json({ success: true, error: '', item: next });
  });
  for (const path of ['/pub/v1/tasks/list', '/pub/v1/tasks/list/income'])
    app.all(path, (_request, response) => {
      const tasks = store.all().flatMap((item) =>
        item.__tasks.map((task) => ({
          ...task,
          __item: { id: item.__id, code: 'discount_approvals', namespace: 'sales' },
        })),
      );
      response.json({ success: true, error: '', result: { result: tasks, total: tasks.length } });
    });
  app.all(
    '/pub/v1/user/list',
    (_request, response) => void response.json({ success: true, error: '', result: { result: [], total: 0 } }),
  );
  app.use((_request, response) => void response.status(404).json({ success: false, error: 'not found' }));

  const server = await new Promise<Server>((resolve, reject) => {
    const listening = app.listen(options.port, '127.0.0.1', () => resolve(listening));
    listening.once('error', reject);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : options.port;
  return {
    url: `http://127.0.0.1:${port}`,
    store,
    faults,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

interface ListBody {
  readonly active?: boolean;
  readonly filter?: Filter;
  readonly ids?: readonly string[];
  readonly from?: number;
  readonly size?: number;
  readonly statusCode?: readonly string[];
  readonly sortExpressions?: readonly { readonly field: string; readonly ascending?: boolean }[];
}

/** `tf` fields by substring or {min,max}, condition tree of and/or/eq/in, ids, status codes, order. */
function selectItems(items: readonly Item[], body: ListBody): Item[] {
  const { tf, ...tree } = (body.filter ?? {}) as Filter & { tf?: Readonly<Record<string, unknown>> };
  const rows = items.filter(
    (item) =>
      (!body.ids?.length || body.ids.includes(item.__id)) &&
      (!body.statusCode?.length || body.statusCode.includes(codeOf(item))) &&
      Object.entries(tf ?? {}).every(([field, wanted]) => matchesField(item[field], wanted)) &&
      holds(item, tree),
  );
  for (const { field, ascending } of [...(body.sortExpressions ?? [])].reverse())
    rows.sort((a, b) => (String(a[field]) < String(b[field]) ? -1 : 1) * (ascending === false ? -1 : 1));
  return rows;
}

function matchesField(value: unknown, wanted: unknown): boolean {
  if (typeof wanted === 'object' && wanted !== null) {
    const { min, max } = wanted as { min?: unknown; max?: unknown };
    return (min === undefined || String(value) >= String(min)) && (max === undefined || String(value) <= String(max));
  }
  return String(value ?? '')
    .toLowerCase()
    .includes(String(wanted).toLowerCase());
}

function holds(item: Item, tree: Filter): boolean {
  const operand = (one: unknown): unknown => {
    const part = one as { field?: string; const?: unknown; list?: unknown };
    return part.field !== undefined ? item[part.field] : (part.const ?? part.list);
  };
  return Object.entries(tree).every(([operator, args]) => {
    const list = Array.isArray(args) ? args : [];
    switch (operator) {
      case 'and':
        return list.every((one) => holds(item, one as Filter));
      case 'or':
        return list.some((one) => holds(item, one as Filter));
      case 'eq':
        return String(operand(list[0])) === String(operand(list[1]));
      case 'in':
        return (operand(list[1]) as readonly unknown[]).map(String).includes(String(operand(list[0])));
      case 'gte':
      case 'gt':
        return String(operand(list[0])) >= String(operand(list[1]));
      default:
        return true;
    }
  });
}
