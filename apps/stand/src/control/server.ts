/** Control page and API of the stand: faults, traffic, single documents, counts to check the console against. */
import express, { type NextFunction, type Request, type Response } from 'express';
import { SITES } from '../onec/bases.ts';
import { type Listening, listen } from '../process.ts';
import type { Documents, OrderWish } from '../traffic/documents.ts';
import { decideInElma } from '../traffic/elma-decisions.ts';
import { answerQuestions } from '../traffic/questions.ts';
import type { Traffic } from '../traffic/traffic.ts';
import type { Settings } from '../workers/settings.ts';
import type { Systems } from '../workers/systems.ts';
import { countFlow, historyState } from './counts.ts';
import { FAULTS, type Faults, UnknownFault } from './faults.ts';
import { controlPage, type PageState } from './page.ts';

export interface ControlParts {
  readonly port: number;
  readonly settings: Settings;
  readonly systems: Systems;
  readonly documents: Documents;
  readonly traffic: Traffic;
  readonly faults: Faults;
}

const DEVIATION = 7;
/** What the document shall be like; each kind reads its own. */
type Wish = OrderWish & {
  readonly deviation?: number;
  readonly site?: string;
  /** Number of the document whose request is decided. */
  readonly number?: string;
  readonly item?: string;
  readonly batch?: string;
  readonly insuranceNumber?: string;
};
type Fields = Readonly<Record<string, string | undefined>>;

export function startControl(parts: ControlParts): Promise<Listening> {
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.use(express.json(), express.urlencoded({ extended: false }));
  addForms(app, parts);
  addApi(app, parts);
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }));
  app.use((error: Error, request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    const status = error instanceof UnknownFault ? 404 : 502;
    if (request.path.startsWith('/api/')) response.status(status).json({ error: error.message });
    else void showPage(parts, response.status(status), { text: `Не получилось: ${error.message}`, bad: true });
  });
  return listen(app, parts.port);
}

async function showPage(parts: ControlParts, response: Response, note: PageState['note']): Promise<void> {
  const on = new Set(await parts.faults.on());
  // A page to switch faults off must open while the workers are away.
  const history = await historyState(parts).catch(() => null);
  response
    .type('html')
    .send(controlPage({ pult: parts.settings.pult, on, traffic: parts.traffic.state, history, note }));
}

/** Makes one document. @returns what it is, its number for a person; null when nothing is called so */
async function make(parts: ControlParts, kind: string, wish: Wish): Promise<{ number: string; made: unknown } | null> {
  const { documents, traffic } = parts;
  const { production, personnel } = documents;
  const named = <T extends { number: string }>(made: T) => ({ number: made.number, made });
  const site = SITES.find((one) => one === wish.site);
  switch (kind) {
    case 'discount-order': {
      const made = await documents.discountOrder(traffic.chance('approvals'), wish.deviation ?? DEVIATION);
      return { number: made.orderNumber, made };
    }
    case 'return-request': {
      const made = await documents.returnRequest(traffic.chance('approvals'));
      return { number: made.documentNumber, made };
    }
    case 'site-order':
      return named(await documents.siteOrder(traffic.chance('orders'), wish));
    case 'market-order':
      return named(await documents.siteOrder(traffic.chance('marketOrders'), wish, 'market'));
    case 'sale':
      return named(await documents.sale(traffic.chance('sales')));
    case 'payment':
      return named(await documents.payment(traffic.chance('payments')));
    case 'receipt':
      return named(await production.receipt(traffic.chance('receipts-1'), { site, item: wish.item }));
    case 'prices':
      return named(await production.prices(traffic.chance('prices'), { site }));
    case 'quality':
      return named(await production.quality(traffic.chance('quality'), { site, batch: wish.batch }));
    case 'elma-decision': {
      const which = wish.number ? { number: wish.number } : { afterMs: 0 };
      const made = await decideInElma(parts.systems, traffic.chance('decisions'), which);
      return made === null ? null : named(made);
    }
    case 'staff':
      return named(await personnel.document(traffic.chance('staff'), wish));
    default:
      return null;
  }
}

function addForms(app: express.Application, parts: ControlParts): void {
  const { faults, traffic } = parts;
  app.get('/', async (request, response) => {
    const made = typeof request.query.made === 'string' ? request.query.made : null;
    await showPage(parts, response, made ? { text: `Создан документ ${made}.`, bad: false } : null);
  });
  app.post('/faults/:id', async (request: Request<{ id: string }>, response) => {
    const { on, target } = (request.body ?? {}) as Fields;
    await faults.turn(request.params.id, on === '1', target);
    response.redirect(303, '/');
  });
  app.post('/traffic', (request, response) => {
    const { running, pace } = (request.body ?? {}) as Fields;
    traffic.change({
      ...(running === undefined ? {} : { running: running === '1' }),
      ...(pace === undefined ? {} : { pace: Number(pace) }),
    });
    response.redirect(303, '/');
  });
  app.post('/documents/:kind', async (request: Request<{ kind: string }>, response, next) => {
    const { deviation, ...wish } = (request.body ?? {}) as Fields;
    const points = Number(deviation ?? DEVIATION);
    const made = await make(parts, request.params.kind, {
      ...wish,
      ...(Number.isFinite(points) ? { deviation: points } : {}),
    } as Wish);
    if (made === null) return next();
    const { number } = made;
    response.redirect(303, `/?made=${encodeURIComponent(number)}`);
  });
}

function addApi(app: express.Application, parts: ControlParts): void {
  const { faults, settings, systems, traffic } = parts;
  app.get('/api/faults', async (_request, response) => {
    const list = FAULTS.map(({ id, title, sees, targets, of }) => ({ id, title, sees, targets, of }));
    response.json({ faults: list, on: await faults.on() });
  });
  app.put('/api/faults/:id', async (request: Request<{ id: string }>, response) => {
    const { on, target } = (request.body ?? {}) as { on?: boolean; target?: string };
    await faults.turn(request.params.id, on === true, target);
    response.json({ on: await faults.on() });
  });
  app.get('/api/traffic', (_request, response) => void response.json(traffic.state));
  app.put('/api/traffic', (request, response) => {
    const { running, pace } = (request.body ?? {}) as { running?: boolean; pace?: number };
    response.json(
      traffic.change({ ...(running === undefined ? {} : { running }), ...(pace === undefined ? {} : { pace }) }),
    );
  });
  app.post('/api/documents/:kind', async (request: Request<{ kind: string }>, response, next) => {
    const made = await make(parts, request.params.kind, (request.body ?? {}) as Wish);
    if (made === null) next();
    else response.status(201).json(made.made);
  });
  app.post('/api/clarifications/:id/answer', async (request: Request<{ id: string }>, response) => {
    const which = { item: request.params.id };
    response.json({ answered: await answerQuestions(systems, () => traffic.chance('answers'), which) });
  });
  app.get('/api/history', async (_request, response) => void response.json(await historyState({ systems, settings })));
  app.get('/api/counts', async (request, response) => {
    const text = (value: unknown): string | undefined =>
      typeof value === 'string' && value !== '' ? value : undefined;
    const [from, to] = [text(request.query.from), text(request.query.to)];
    const window = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
    response.json(await countFlow({ systems, settings }, text(request.query.flow) ?? '', window));
  });
}
