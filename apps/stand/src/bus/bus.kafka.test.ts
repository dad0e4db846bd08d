import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Admin, Consumer, type Message } from '@platformatic/kafka';
import { afterAll, beforeAll, expect, inject, it, vi } from 'vitest';
import type { CloudEvent } from '../workers/event.ts';
import { type MessageRecord, newRecord } from '../workers/records.ts';
import { createLink } from './link.ts';
import { FACTS, SERVICES, TOPICS } from './topics.ts';

const brokers = [inject('kafkaBrokers')];
const WAIT = { timeout: 40_000, interval: 100 };
const dataDir = mkdtempSync(join(tmpdir(), 'pult-bus-'));
const link = createLink(brokers);
const admin = new Admin({ clientId: 'test', bootstrapBrokers: brokers });
const reader = new Consumer<Buffer, Buffer, Buffer, Buffer>({
  clientId: 'test',
  bootstrapBrokers: brokers,
  groupId: `test-${randomUUID()}`,
  autocommit: false,
  maxWaitTime: 100,
});
const seen: Message<Buffer, Buffer, Buffer, Buffer>[] = [];

/** What the workers have accepted. */
let accepted: MessageRecord[] = [];
let workers: Server;
let child: ChildProcess | null = null;
let url = '';

const order = (number: string): MessageRecord => ({
  ...newRecord({
    flow: 'site-orders',
    messageId: randomUUID(),
    source: 'site',
    consumer: 'ut',
    type: 'ЗаказКлиента',
    number,
    ref: null,
    counterparty: { name: 'ООО «Свет»', inn: '7701234567' },
    amount: '500.00',
    occurredAt: new Date().toISOString(),
    payload: { number },
  }),
  state: 'applied',
});
const pricePackage = (number: string): MessageRecord => ({
  ...order(number),
  flow: 'ut-site-prices-stock',
  source: 'ut',
  type: 'ПакетЦен',
  counterparty: null,
  amount: null,
  payload: { date: '2026-11-28', stocks: [{ vendor_code: 'mcb', unitInternationalCode: 'PCE' }], prices: [] },
});

const approval = (number: string): MessageRecord => ({
  ...order(number),
  flow: 'ut-elma-approvals',
  source: 'ut',
  consumer: 'elma',
  type: 'Согласование',
});
/** Records of a topic that a group has not committed yet. */
async function lagOf(group: string, topic: string): Promise<bigint> {
  const partitions = Array.from({ length: TOPICS.get(topic) ?? 0 }, (_, partitionIndex) => ({
    partitionIndex,
    timestamp: -1n,
  }));
  const [ends] = await admin.listOffsets({ topics: [{ name: topic, partitions }] });
  const [committed] = await admin.listConsumerGroupOffsets({ groups: [group] });
  const known = committed?.topics.find(({ name }) => name === topic)?.partitions ?? [];
  return (ends?.partitions ?? []).reduce((sum, { partitionIndex, offset }) => {
    const at = known.find((one) => one.partitionIndex === partitionIndex)?.committedOffset ?? 0n;
    return sum + offset - (at < 0n ? 0n : at);
  }, 0n);
}
const dealerPackage = (number: string): MessageRecord => ({
  ...pricePackage(number),
  flow: 'ut-market-prices-stock',
  consumer: 'market',
});

const headersOf = (message: Message): Record<string, string> =>
  Object.fromEntries(message.headerEntries.map(([name, text]) => [name.toString(), text.toString()]));
/** Facts of both modes as CloudEvents. */
const facts = (): (CloudEvent & {
  data: {
    flow: string;
    attempt: number;
    operation?: unknown;
    message: { id: string; recipient?: string; payload?: unknown };
  };
})[] =>
  seen
    .filter(({ topic }) => topic === FACTS)
    .map((message) => {
      const headers = headersOf(message);
      const body = JSON.parse(message.value.toString());
      if (!('ce_id' in headers)) return body;
      const attributes = Object.entries(headers).filter(([name]) => name.startsWith('ce_'));
      return { ...Object.fromEntries(attributes.map(([name, value]) => [name.slice(3), value])), data: body };
    });
/** Kinds of the facts about a document, each once. */
const kindsOf = (number: string, attempt = 1): string[] => [
  ...new Set(
    facts()
      .filter((fact) => fact.subject === number && fact.data.attempt === attempt)
      .map(({ type, source }) => `${source} ${type.replace('exchange.', '')}`),
  ),
];
const WHOLE = ['ut accepted', 'ut sent', 'go-services delivered', 'go-services applied'];

async function start(): Promise<void> {
  const { port } = workers.address() as AddressInfo;
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const own = (probe.address() as AddressInfo).port;
  await new Promise((done) => probe.close(done));
  child = spawn(process.execPath, [fileURLToPath(new URL('./main.ts', import.meta.url))], {
    stdio: ['pipe', 'ignore', 'inherit'],
    env: {
      ...process.env,
      STAND_DATA_DIR: dataDir,
      STAND_BUS_PORT: String(own),
      STAND_WORKERS_PORT: String(port),
      KAFKA_BROKERS: brokers.join(','),
    },
  });
  url = `http://127.0.0.1:${own}`;
  await vi.waitFor(async () => expect((await fetch(`${url}/healthz`)).ok).toBe(true), WAIT);
}
async function kill(): Promise<void> {
  const gone = child ? once(child, 'exit') : null;
  child?.kill('SIGKILL');
  await gone;
}
const turn = (name: string, on: boolean) =>
  fetch(`${url}/_stand`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ [name]: on }),
  });

beforeAll(async () => {
  workers = createServer((request, response) => {
    const after = Number(new URL(request.url ?? '', 'http://x').searchParams.get('after'));
    const records = accepted.map((record, at) => ({ ...record, position: at + 1 })).slice(after);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ next: accepted.length, records }));
  });
  await new Promise<void>((done) => workers.listen(0, '127.0.0.1', done));
  await link.prepare();
  const stream = await reader.consume({
    topics: [FACTS, ...SERVICES.map(({ deadLetterTopic }) => deadLetterTopic)],
    mode: 'earliest',
    autocommit: false,
  });
  stream.on('data', (message) => seen.push(message));
  stream.on('error', () => undefined);
  await start();
});
afterAll(async () => {
  await kill();
  await reader.close(true);
  await admin.close();
  await link.close();
  workers.close();
});

it('makes its topics and carries what the old channel accepted: the same package with the same number and content', async () => {
  expect(await admin.listTopics()).toEqual(expect.arrayContaining([...TOPICS.keys()]));
  const one = pricePackage('ПЦ-202611281200');
  accepted = [one, order('WEB-1')];
  await vi.waitFor(() => expect(kindsOf('WEB-1')).toEqual(expect.arrayContaining(WHOLE)), WAIT);
  await vi.waitFor(() => expect(kindsOf(one.number)).toEqual(expect.arrayContaining(WHOLE)), WAIT);
  const told = facts().find(({ subject, type }) => subject === one.number && type === 'exchange.accepted');
  expect(told?.data).toMatchObject({ flow: 'bus-ut-go', message: { id: one.messageId, payload: one.payload } });
});

it('carries the package for EKF Market beside the one for the site, told apart by its recipient in every fact', async () => {
  const [forSite, forMarket] = [pricePackage('ПЦ-202611281215'), dealerPackage('ПЦ-202611281215')];
  accepted = [...accepted, forSite, forMarket];
  const recipientsOf = (messageId: string): string[] =>
    facts().flatMap(({ type, data }) => (data.message.id === messageId ? [`${type} ${data.message.recipient}`] : []));
  for (const [{ messageId }, recipient] of [
    [forSite, 'site'],
    [forMarket, 'market'],
  ] as const)
    await vi.waitFor(
      () =>
        expect([...new Set(recipientsOf(messageId))].toSorted()).toEqual(
          ['accepted', 'applied', 'delivered', 'sent'].map((kind) => `exchange.${kind} ${recipient}`),
        ),
      WAIT,
    );
});

it('loses nothing when it is killed in between: every document gets there', async () => {
  accepted = [...accepted, ...Array.from({ length: 12 }, (_, at) => order(`KILL-${at}`))];
  await vi.waitFor(() => expect(kindsOf('KILL-3')).toContain('ut accepted'), WAIT);
  await kill();
  await start();
  await vi.waitFor(() => {
    for (let at = 0; at < 12; at += 1) expect(kindsOf(`KILL-${at}`)).toEqual(expect.arrayContaining(WHOLE));
  }, WAIT);
});

it('gives up what it does not understand with its place and reason, and applies it once when it is fed again', async () => {
  await turn('poison.ims3', true);
  const letter = await vi.waitFor(() => {
    const found = seen.find(({ topic }) => topic === 'erp.ims3.dlq');
    if (!found) throw new Error('no dead letter yet');
    return found;
  }, WAIT);
  await turn('poison.ims3', false);
  const headers = headersOf(letter);
  const number = headers.ce_subject ?? '';
  expect(headers).toMatchObject({
    'dlq-original-topic': 'erp.production.v1',
    'dlq-attempt': '1',
    'dlq-consumer': 'ims3',
    'dlq-error': expect.stringContaining('unknown unit of measure'),
  });
  expect(headers['dlq-original-offset']).toMatch(/^\d+$/);
  await vi.waitFor(() => expect(kindsOf(number)).toContain('ims3 failed'), WAIT);

  const again = {
    topic: 'erp.ims3.retry',
    key: letter.key.toString(),
    value: letter.value.toString(),
    headers: {
      ...headers,
      'retry-attempt': '2',
      'retry-operation': randomUUID(),
      'retry-idempotency-key': randomUUID(),
    },
  };
  await link.send([again]);
  await vi.waitFor(() => expect(kindsOf(number, 2)).toEqual(['ims3 delivered', 'ims3 applied']), WAIT);
  const told = facts().filter(({ subject, data }) => subject === number && data.attempt === 2).length;
  // The same once more, and behind it in the same partition another one: when that is done, the first was passed over.
  await link.send([
    again,
    { ...again, headers: { ...again.headers, 'retry-attempt': '3', 'retry-idempotency-key': randomUUID() } },
  ]);
  await vi.waitFor(() => expect(kindsOf(number, 3)).toEqual(['ims3 delivered', 'ims3 applied']), WAIT);
  expect(facts().filter(({ subject, data }) => subject === number && data.attempt === 2)).toHaveLength(told);
});

it('leaves its group while the consumer is down, though the service answers, and comes back', async () => {
  const stateOf = async () => (await admin.describeGroups({ groups: ['notify'] })).get('notify')?.state;
  await vi.waitFor(async () => expect(await stateOf()).toBe('Stable'), WAIT);
  await turn('consumerDown.notify', true);
  await vi.waitFor(async () => expect(await stateOf()).toBe('Empty'), WAIT);
  expect((await fetch(`${url}/notify-1/healthz`)).status).toBe(200);
  await turn('consumerDown.notify', false);
  await vi.waitFor(async () => expect(await stateOf()).toBe('Stable'), WAIT);
});

it('stays in its group while it is slow and takes nothing on meanwhile, though others do, and works off what waits', async () => {
  const groupState = async () => (await admin.describeGroups({ groups: ['notify'] })).get('notify')?.state;
  await vi.waitFor(async () => expect(await groupState()).toBe('Stable'), WAIT);
  await vi.waitFor(async () => expect(await lagOf('notify', 'elma.approvals.v1')).toBe(0n), WAIT);
  await turn('slow.notify', true);
  const requests = ['СОГ-1', 'СОГ-2', 'СОГ-3'];
  accepted = [...accepted, ...requests.map(approval)];
  // Each order begins when the one before is through: a service that is not slow would be done with the requests long ago.
  for (const number of ['WHILE-SLOW-1', 'WHILE-SLOW-2']) {
    accepted = [...accepted, order(number)];
    await vi.waitFor(() => expect(kindsOf(number)).toEqual(expect.arrayContaining(WHOLE)), WAIT);
  }
  for (const number of requests)
    await vi.waitFor(() => expect(kindsOf(number)).toEqual(['elma accepted', 'elma sent']), WAIT);
  expect(await lagOf('notify', 'elma.approvals.v1')).toBeGreaterThanOrEqual(3n);
  expect(await groupState()).toBe('Stable');
  expect((await fetch(`${url}/notify-1/healthz`)).status).toBe(200);
  await turn('slow.notify', false);
  for (const number of requests)
    await vi.waitFor(
      () => expect(kindsOf(number)).toEqual(['elma accepted', 'elma sent', 'notify delivered', 'notify applied']),
      WAIT,
    );
  await vi.waitFor(async () => expect(await lagOf('notify', 'elma.approvals.v1')).toBe(0n), WAIT);
});

it('changes its members again and again in a rebalance storm, loses nothing by it, and is at rest afterwards', async () => {
  const members = async (): Promise<string[]> => {
    const group = (await admin.describeGroups({ groups: ['ims3'] })).get('ims3');
    return group?.state === 'Stable' ? [...group.members.keys()].toSorted() : [];
  };
  await vi.waitFor(async () => expect(await members()).toHaveLength(2), WAIT);
  const before = await members();
  const known = new Set(before);
  await turn('storm.ims3', true);
  const told = facts().length;
  // Both instances have left and come back, and at least one of them has done so twice.
  await vi.waitFor(async () => {
    for (const one of await members()) known.add(one);
    expect(known.size).toBeGreaterThanOrEqual(before.length + 3);
  }, WAIT);
  const accepted = (): string[] =>
    facts()
      .slice(told)
      .flatMap(({ type, data, subject }) =>
        type === 'exchange.accepted' && data.flow === 'bus-erp-ims3' ? [subject ?? ''] : [],
      );
  // Production tells something every few seconds: the storm lasts until it did.
  await vi.waitFor(() => expect(accepted().length).toBeGreaterThan(0), WAIT);
  await turn('storm.ims3', false);
  const inStorm = accepted();
  for (const number of inStorm)
    await vi.waitFor(
      () => expect(kindsOf(number)).toEqual(expect.arrayContaining(['ims3 delivered', 'ims3 applied'])),
      WAIT,
    );
  await vi.waitFor(async () => expect(await members()).toHaveLength(2), WAIT);
  // The next release is dealt with by the same members: nobody leaves any more.
  const rest = await members();
  const later = facts().length;
  await vi.waitFor(
    () =>
      expect(
        facts()
          .slice(later)
          .filter(({ type, source }) => type === 'exchange.applied' && source === 'ims3').length,
      ).toBeGreaterThanOrEqual(2),
    WAIT,
  );
  expect(await members()).toEqual(rest);
});

it('says of its health and its work what a Go service says', async () => {
  await turn('unhealthy.go-services', true);
  expect((await fetch(`${url}/site-feed-2/healthz`)).status).toBe(503);
  await turn('unhealthy.go-services', false);
  expect((await fetch(`${url}/site-feed-2/healthz`)).status).toBe(200);
  const texts = await Promise.all(
    [1, 2, 3, 4, 5].map(async (at) => (await fetch(`${url}/site-feed-${at}/metrics`)).text()),
  );
  expect(texts[0]).toContain('site_feed_build_info{goversion="go1.26.1",revision="4f2c1e9",version="v1.8.2"} 1');
  expect(texts.join('\n')).toMatch(/kafka_consumer_records_total\{group="site-feed",topic="ut\.orders\.v1"\} [1-9]/);
});
