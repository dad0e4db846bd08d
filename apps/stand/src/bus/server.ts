/** HTTP of the services: health and metrics of each instance, and the switches of the faults. */
import express from 'express';
import { type Listening, listen } from '../process.ts';
import type { Effects } from './effects.ts';
import type { BusFaults } from './faults.ts';
import type { Instance } from './instance.ts';

export function startBusServer(
  port: number,
  parts: { readonly instances: readonly Instance[]; readonly faults: BusFaults; readonly effects: Effects },
): Promise<Listening> {
  const { instances, faults, effects } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '100kb' }));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok', effects: effects.count }));
  app.all('/_stand', (request, response) => {
    if (request.method === 'PUT') faults.change((request.body ?? {}) as Record<string, unknown>);
    response.json(faults.state());
  });
  for (const instance of instances) {
    app.get(`/${instance.name}/healthz`, (_request, response) => {
      const { trouble } = instance;
      if (trouble === null) response.json({ status: 'ok' });
      else response.status(503).json({ status: 'unhealthy', error: trouble });
    });
    app.get(`/${instance.name}/metrics`, (_request, response) => {
      response.type('text/plain; version=0.0.4; charset=utf-8').send(instance.metrics.text());
    });
  }
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }));
  return listen(app, port);
}
