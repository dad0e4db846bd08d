import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { decisionMessages } from './decision-messages.ts';
import { readEvent } from './event.ts';
import { foldEvents, inFoldTransaction } from './ledger.ts';

const NOW = Date.parse('2026-11-24T09:00:00Z');
const flow = {
  id: 'ut-elma-approvals',
  from: ['ut', 'elma'],
  to: ['elma', 'ut'],
  watched: true,
  retry: {},
} as unknown as FlowConfig;
const flows = new Map([[flow.id, flow]]);
const TEXT = 'Не удалось записать «Задача исполнителя»: конфликт блокировок';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

let count = 0;
async function say(kind: string, of: { itemId: string; number: string; type?: string; consumer?: string }) {
  count += 1;
  const consumer = of.consumer ?? 'ut';
  const source = kind === 'failed' || kind === 'applied' ? consumer : 'elma';
  const read = readEvent(
    {
      specversion: '1.0',
      id: `e${count}`,
      source,
      type: `exchange.${kind}`,
      time: new Date(NOW - 60_000 + count).toISOString(),
      data: {
        flow: flow.id,
        consumer,
        attempt: 1,
        message: { id: of.itemId, key: { type: of.type ?? 'РешениеСогласования', number: of.number, ref: null } },
        ...(kind === 'failed' ? { error: { text: TEXT } } : {}),
      },
    },
    { systemId: source, flows, now: NOW },
  );
  if (read.kind !== 'event') throw new Error(JSON.stringify(read));
  await inFoldTransaction(database.db, (tx) => foldEvents(tx, [read.event], NOW));
}
const about = (itemId: string | null, documentNumber: string) =>
  decisionMessages(database.db, flows, { itemId, documentRef: null, documentNumber });

it('finds the message of a decision by its item, by the number where no item is known, and says what went wrong', async () => {
  await say('sent', { itemId: 'item-1', number: 'ТДЦБ-1' });
  expect(await about('item-1', 'ТДЦБ-1')).toMatchObject([{ consumer: 'ut', state: 'sent', error: null }]);
  await say('failed', { itemId: 'item-1', number: 'ТДЦБ-1' });
  expect(await about('item-1', 'ТДЦБ-1')).toMatchObject([{ consumer: 'ut', state: 'failed', error: TEXT }]);
  expect(await about(null, 'ТДЦБ-1')).toHaveLength(1);
  expect(await about(null, 'ТДЦБ-2')).toEqual([]);
});

it('prefers the item over a later decision about the same document, and takes no other message for one', async () => {
  await say('failed', { itemId: 'item-2', number: 'ТДЦБ-5' });
  await say('sent', { itemId: 'item-3', number: 'ТДЦБ-5' });
  await say('sent', { itemId: 'item-4', number: 'ТДЦБ-6', type: 'ЗаявкаНаСогласование', consumer: 'elma' });
  expect(await about('item-2', 'ТДЦБ-5')).toMatchObject([{ state: 'failed' }]);
  expect(await about(null, 'ТДЦБ-6')).toEqual([]);
});
