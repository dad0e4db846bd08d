import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { outgoing } from './outgoing.ts';
import { type MessageRecord, newRecord, RecordBook } from './records.ts';

const NOW = Date.parse('2026-11-28T09:00:00Z');
const record = (id: string, secondsAgo: number, change: Partial<MessageRecord> = {}): MessageRecord => ({
  ...newRecord({
    flow: 'site-orders',
    messageId: id,
    source: 'site',
    consumer: 'ut',
    type: 'ЗаказКлиента',
    number: id,
    ref: null,
    counterparty: null,
    amount: null,
    occurredAt: new Date(NOW - secondsAgo * 1_000).toISOString(),
    payload: {},
  }),
  state: 'applied',
  ...change,
});
const ids = (told: { records: readonly MessageRecord[] }): string[] => told.records.map(({ messageId }) => messageId);

it('goes on behind the last position, over a restart too, and tells nothing twice', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'pult-outgoing-')), 'book.jsonl');
  const book = new RecordBook(path);
  book.put(record('a', 90), record('b', 80, { flow: 'ut-bp-sales' }), record('c', 70));
  const first = outgoing(book, { after: 0, since: 0 }, NOW);
  expect(ids(first)).toEqual(['a', 'c']);
  // An older record that changes keeps its position.
  book.put(record('a', 90, { attempt: 2 }), record('d', 10));
  expect(ids(outgoing(new RecordBook(path), { after: first.next, since: 0 }, NOW))).toEqual(['d']);
});

it('waits for an order that is on its way, and for what follows it, but not for ever', () => {
  const book = new RecordBook(null);
  book.put(record('a', 50), record('b', 40, { state: 'sending' }), record('c', 30));
  const told = outgoing(book, { after: 0, since: 0 }, NOW);
  expect(ids(told)).toEqual(['a']);
  expect(ids(outgoing(book, { after: told.next, since: 0 }, NOW))).toEqual([]);
  expect(ids(outgoing(book, { after: told.next, since: 0 }, NOW + 60_000))).toEqual(['b', 'c']);
});

it('leaves out what happened before the bus was there', () => {
  const book = new RecordBook(null);
  book.put(record('old', 600), record('new', 5));
  expect(ids(outgoing(book, { after: 0, since: NOW - 60_000 }, NOW))).toEqual(['new']);
});
