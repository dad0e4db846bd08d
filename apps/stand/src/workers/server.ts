/** HTTP services of the exchange: send a message again, by key once only; switches of the faults. */
import express, { type NextFunction, type Request, type Response } from 'express';
import { type Listening, listen } from '../process.ts';
import { carrierOf, type Exchange } from './exchange.ts';
import { exportAnew } from './messages.ts';
import type { Outbox } from './outbox.ts';
import { outgoing } from './outgoing.ts';
import type { Receivers } from './receivers.ts';
import type { MessageRecord, RecordBook } from './records.ts';
import type { Sources } from './sources.ts';
import { faultsOn, switchFaults } from './switches.ts';
import type { Systems } from './systems.ts';

export interface Parts {
  readonly book: RecordBook;
  readonly exchange: Exchange;
  readonly outbox: Outbox;
  readonly sources: Sources;
  readonly systems: Systems;
  readonly receivers: Receivers;
}

interface AskBody {
  readonly flow?: string;
  readonly messageId?: string;
  readonly consumer?: string;
  readonly attempt?: number;
  readonly operationId?: string;
  readonly idempotencyKey?: string;
}

export function startWorkersServer(port: number, parts: Parts): Promise<Listening> {
  const { book, outbox } = parts;
  const app = express();
  app.disable('x-powered-by');
  app.use(express.json({ limit: '1mb' }));
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok', waiting: outbox.size }));
  app.all('/_stand', (request, response) => {
    if (request.method === 'PUT') switchFaults(parts, (request.body ?? {}) as Record<string, boolean>);
    response.json(faultsOn(parts));
  });
  app.get('/_stand/history', (_request, response) => {
    const begun = book.mark('history-until') > 0;
    const [days, told] = [book.mark('history-of'), book.mark('history-days')];
    response.json({ days, told, waiting: outbox.size, done: begun && told >= days && outbox.size === 0 });
  });
  app.get('/_stand/outgoing', (request, response) => {
    const from = {
      after: Number(request.query.after ?? 0) || 0,
      since: Date.parse(String(request.query.since ?? '')) || 0,
    };
    response.json(outgoing(book, from, Date.now()));
  });
  app.get('/_stand/records', (request, response) => {
    const from = Date.parse(String(request.query.from ?? '')) || 0;
    const to = Date.parse(String(request.query.to ?? '')) || Number.POSITIVE_INFINITY;
    const counts: Record<string, number> = {};
    for (const record of book.all()) {
      const at = Date.parse(record.occurredAt);
      if (record.flow !== request.query.flow || at < from || at >= to) continue;
      counts[record.state] = (counts[record.state] ?? 0) + 1;
    }
    response.json(counts);
  });
  app.post('/:system/hs/pult-exchange/v1/resend', ask(parts, 'resend'));
  app.post('/:system/hs/pult-exchange/v1/re-export', ask(parts, 're-export'));
  // The service stands there and wants POST: what a check of the connection looks for.
  app.all(
    ['/:system/hs/pult-exchange/v1/resend', '/:system/hs/pult-exchange/v1/re-export'],
    (_request, response) => void response.set('Allow', 'POST').status(405).json({ error: 'method not allowed' }),
  );
  app.use((_request, response) => void response.status(404).json({ error: 'not found' }));
  app.use((error: Error, _request: Request, response: Response, next: NextFunction) => {
    if (response.headersSent) return next(error);
    response.status(400).json({ error: error.message });
  });
  return listen(app, port);
}

/** Keys under which an export is being built: a second request joins, it does not build another. */
const building = new Set<string>();

function ask({ book, exchange, systems }: Parts, verb: 'resend' | 're-export') {
  return async (request: Request, response: Response): Promise<void> => {
    const body = (request.body ?? {}) as AskBody;
    const { flow = '', messageId = '', consumer = '', operationId = '', attempt = 0 } = body;
    const key = body.idempotencyKey ?? request.get('idempotency-key') ?? '';
    if (key === '') return void response.status(400).json({ error: 'idempotencyKey is required' });
    const record = book.find(flow, messageId, consumer);
    if (!record || carrierOf(record) !== request.params.system)
      return void response.status(404).json({ error: 'unknown message' });
    const known = record.keys[key];
    if (known !== undefined) return void response.status(202).json({ accepted: true, attempt: known, duplicate: true });
    const busy = (one: MessageRecord): boolean => one.state === 'sending' || one.state === 'new';
    if (busy(record) || building.has(messageId)) return void response.status(409).json({ error: 'still being sent' });
    let subject: MessageRecord | null = record;
    if (verb === 're-export') {
      building.add(messageId);
      try {
        subject = await exportAnew(systems, record);
      } catch {
        return void response.set('Retry-After', '5').status(503).json({ error: 'source unavailable' });
      } finally {
        building.delete(messageId);
      }
    }
    if (!subject) return void response.status(404).json({ error: 'document is gone' });
    const number = Math.max(attempt, record.attempt + 1);
    // The key is on disk before the answer: the same question after a lost answer makes no second attempt.
    exchange.retry(subject, number, { id: operationId, idempotencyKey: key });
    response.status(202).json({ accepted: true, attempt: number });
  };
}
