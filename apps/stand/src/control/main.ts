/** Control page and API of the stand: faults, traffic, single documents, counts to check the console against. */
import express, { type NextFunction, type Request, type Response } from 'express';
import { endWithParent, numberOf } from '../process.ts';
import { settings } from '../workers/settings.ts';
import { bp, odataName, odataText, ut } from '../workers/systems.ts';
import { answerQuestions, makeDiscountOrder, makeSale, makeSiteOrder } from './documents.ts';
import { FAULTS, switchedOn, switchFault } from './faults.ts';
import { controlPage } from './page.ts';
import { startTraffic, traffic } from './traffic.ts';

endWithParent();
const port = numberOf('STAND_CONTROL_PORT', 4105);
const app = express();
app.disable('x-powered-by');
app.use(express.json());
app.use(express.urlencoded({ extended: false }));
app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
app.get('/', (_request, response) => void response.type('html').send(controlPage(settings.pult)));
app.post('/faults/:id', async (request: Request<{ id: string }>, response) => {
  const { on, target } = request.body as { on?: string; target?: string };
  await switchFault(request.params.id, on === '1', target);
  response.redirect(303, '/');
});
app.post('/traffic', (request, response) => {
  const { running, pace } = request.body as { running?: string; pace?: string };
  if (running !== undefined) traffic.running = running === '1';
  if (pace !== undefined) traffic.pace = Number(pace);
  response.redirect(303, '/');
});
app.post('/documents/:kind', async (request: Request<{ kind: string }>, response) => {
  if (request.params.kind === 'discount-order') await makeDiscountOrder(7);
  else await makeSiteOrder({ sku: 'unknown' });
  response.redirect(303, '/');
});

app.get('/api/faults', (_request, response) => void response.json({ faults: FAULTS, on: [...switchedOn] }));
app.put('/api/faults/:id', async (request: Request<{ id: string }>, response) => {
  const { on, target } = request.body as { on: boolean; target?: string };
  await switchFault(request.params.id, on, target);
  response.json({ on: [...switchedOn] });
});
app.get('/api/traffic', (_request, response) => void response.json(traffic));
app.put('/api/traffic', (request, response) => {
  const { running, pace } = request.body as { running?: boolean; pace?: number };
  if (running !== undefined) traffic.running = running;
  if (pace !== undefined) traffic.pace = pace;
  response.json(traffic);
});
app.post(
  '/api/documents/site-order',
  async (request, response) =>
    void response.status(201).json(await makeSiteOrder(request.body as { sku?: string; inn?: string })),
);
app.post('/api/documents/sale', async (_request, response) => void response.status(201).json(await makeSale()));
app.post('/api/documents/discount-order', async (request, response) => {
  const { deviation } = request.body as { deviation?: number };
  response.status(201).json(await makeDiscountOrder(deviation ?? 7));
});
app.post(
  '/api/clarifications/:id/answer',
  async (request: Request<{ id: string }>, response) =>
    void response.json({ answered: await answerQuestions(0, request.params.id) }),
);
app.get('/api/counts', async (request, response) => {
  const flow = String(request.query.flow ?? '');
  const records = (await (
    await fetch(`http://127.0.0.1:${settings.port}/_stand/records?flow=${encodeURIComponent(flow)}`)
  ).json()) as Record<string, number>;
  const present =
    flow === 'site-orders'
      ? (
          await ut.list(
            odataName('Document_ЗаказКлиента'),
            `$filter=startswith(${odataName('НомерПоДаннымКлиента')},${odataText('ЗК-')})%20and%20Posted%20eq%20true&$select=Ref_Key`,
          )
        ).length
      : flow === 'ut-bp-sales'
        ? (
            await bp.list(
              odataName('Document_РеализацияТоваровУслуг'),
              `$filter=startswith(${odataName('Комментарий')},${odataText('УТ:')})%20and%20Posted%20eq%20true&$select=Ref_Key`,
            )
          ).length
        : null;
  response.json({ flow, present, records });
});
app.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
  if (response.headersSent) return next(error);
  response.status(502).json({ error: error.message });
});
app.listen(port, '127.0.0.1', () => console.log(`Управление стендом: http://127.0.0.1:${port}`));
startTraffic();
