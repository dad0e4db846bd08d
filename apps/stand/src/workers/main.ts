import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endWithParent } from '../process.ts';
import { Exchange } from './exchange.ts';
import { writeHistory } from './history.ts';
import { Outbox } from './outbox.ts';
import { RecordBook } from './records.ts';
import { startWorkersServer } from './server.ts';
import { settings } from './settings.ts';
import { Sources } from './sources.ts';

const HEARTBEAT_MS = 15_000;
const SERVICES = [
  { source: 'site', service: 'site-orders', flows: ['site-orders'] },
  { source: 'ut', service: 'ut-exchange', flows: ['ut-bp-sales', 'ut-elma-approvals', 'ut-site-prices-stock'] },
  { source: 'bp', service: 'bp-import', flows: ['ut-bp-sales'] },
  { source: 'elma', service: 'elma-import', flows: ['ut-elma-approvals'] },
] as const;

endWithParent();
const path = (name: string): string | null => (settings.dataDir ? join(settings.dataDir, name) : null);
const book = new RecordBook(path('workers.jsonl'));
const outbox = new Outbox(path('outbox.jsonl'));
const exchange = new Exchange(book, outbox);
await startWorkersServer(settings.port, { book, exchange, outbox });
console.log(`Обработчики обмена: http://127.0.0.1:${settings.port}`);
void outbox.run();
while (book.mark('history') === 0) {
  await writeHistory(book, outbox).catch((error: unknown) => console.error('history:', error));
  if (book.mark('history') === 0) await pause(1_000);
}
// What a killed process left half-way is tried again: the target is looked up first.
for (const record of book.all())
  if (record.state === 'sending') void exchange.attempt(record, { attempt: record.attempt });
new Sources(book, exchange).run();
for (;;) {
  for (const { source, service, flows } of SERVICES)
    outbox.add({
      specversion: '1.0',
      id: `beat:${service}:${Date.now()}`,
      source,
      type: 'exchange.heartbeat',
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      data: { service, instance: `${service}-1`, flows },
    });
  await pause(HEARTBEAT_MS);
}
