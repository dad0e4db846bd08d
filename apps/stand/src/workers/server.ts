/** HTTP services of the exchange: send a message again, by key once only; switches of the faults. */
import type { Server } from 'node:http';
import express, { type Request, type Response } from 'express';
import type { Exchange } from './exchange.ts';
import type { Outbox } from './outbox.ts';
import type { RecordBook } from './records.ts';
import { exportAnew } from './sources.ts';

interface AskBody {
  readonly flow?: string;
  readonly messageId?: string;
  readonly consumer?: string;
  readonly attempt?: number;
  readonly operationId?: string;
  readonly idempotencyKey?: string;
}

export function startWorkersServer(
  port: number,
  parts: { book: RecordBook; exchange: Exchange; outbox: Outbox },
): Promise<Server> {
  const { book, exchange, outbox } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '1mb' }));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok', waiting: outbox.size }));
  app.all('/_stand', (request, response) => {
    if (request.method === 'PUT') {
      const faults = request.body as { lostAck?: boolean; duplicates?: boolean; reorder?: boolean };
      if (faults.lostAck !== undefined) exchange.faults.lostAck = faults.lostAck;
      if (faults.duplicates !== undefined) outbox.faults.duplicates = faults.duplicates;
      if (faults.reorder !== undefined) outbox.faults.reorder = faults.reorder;
    }
    response.json({ ...exchange.faults, ...outbox.faults });
  });
  app.get('/_stand/records', (request, response) => {
    const flow = String(request.query.flow ?? '');
    const counts: Record<string, number> = {};
    for (const record of book.all()) if (record.flow === flow) counts[record.state] = (counts[record.state] ?? 0) + 1;
    response.json(counts);
  });

  const ask =
    (anew: boolean) =>
    async (request: Request, response: Response): Promise<void> => {
      const body = request.body as AskBody;
      const { flow = '', messageId = '', consumer = '', idempotencyKey = '', operationId = '', attempt = 0 } = body;
      const record = book.find(flow, messageId, consumer);
      if (!record) return void response.status(404).json({ error: 'unknown message' });
      const known = record.keys[idempotencyKey];
      if (known !== undefined)
        return void response.status(202).json({ accepted: true, attempt: known, duplicate: true });
      if (exchange.isRunning(record)) return void response.status(409).json({ error: 'still being sent' });
      const number = Math.max(attempt, record.attempt + 1);
      let subject = record;
      if (anew) {
        const fresh = await exportAnew(record).catch(() => undefined);
        if (fresh === undefined)
          return void response.set('Retry-After', '5').status(503).json({ error: 'source unavailable' });
        if (fresh === null) return void response.status(404).json({ error: 'document is gone' });
        subject = fresh;
      }
      // The key is kept before the answer: the same question after a lost answer makes no second attempt.
      subject = { ...subject, keys: { ...subject.keys, [idempotencyKey]: number } };
      book.put(subject);
      response.status(202).json({ accepted: true, attempt: number });
      void exchange.attempt(subject, { attempt: number, operation: { id: operationId, idempotencyKey } });
    };
  app.post('/:system/hs/pult-exchange/v1/resend', ask(false));
  app.post('/:system/hs/pult-exchange/v1/re-export', ask(true));
  return new Promise((resolve, reject) => {
    const server = app.listen(port, '127.0.0.1', () => resolve(server));
    server.once('error', reject);
  });
}
