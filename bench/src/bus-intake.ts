/**
 * P1 over Kafka: facts on a topic, read by the consumer group of Pult, validated, deduplicated, folded and durably committed,
 * offsets behind them. Beside it, in the same run: a bare consumer that only counts the same records, and a bare batched
 * insert of the same rows.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Admin, Consumer, compatibilityPartitioner, Producer } from '@platformatic/kafka';
import pg from 'pg';
import { type KafkaBroker, kafkaGap, startKafka } from '../../scripts/kafka-broker.ts';
import { bareInsert, type Event, makeEvents } from './intake.ts';
import { type Measurement, rounded } from './measurement.ts';
import { freshFolder, type System, startSystem } from './system.ts';

const TOPIC = 'exchange.events.v1';
const GROUP = 'pult';
const PARTITIONS = 4;
const BATCH = 500;
const WARM = 4_000;
const REPORTER = { source: 'ut', flow: 'bus-ut-go', consumer: 'go-services' };
const LIMIT_MS = 300_000;

/** Keys that producers give their facts: the number of the document keeps them in order, the id of the fact scatters them. */
type KeyOf = (event: Event) => string;
const byDocument: KeyOf = ({ document }) => document;
const byFact: KeyOf = ({ id }) => id;

async function produce(brokers: string, events: readonly Event[], keyOf: KeyOf): Promise<void> {
  const producer = new Producer({
    clientId: 'bench',
    bootstrapBrokers: [brokers],
    acks: -1,
    partitioner: compatibilityPartitioner,
  });
  for (let at = 0; at < events.length; at += BATCH)
    await producer.send({
      messages: events.slice(at, at + BATCH).map((event) => ({
        topic: TOPIC,
        key: Buffer.from(keyOf(event)),
        value: Buffer.from(JSON.stringify(event.body)),
        headers: new Map([[Buffer.from('content-type'), Buffer.from('application/cloudevents+json')]]),
      })),
    });
  await producer.close();
}

/** Reads as many records and does nothing with them. @returns records per second */
async function bareConsumer(brokers: string, records: number): Promise<number> {
  const consumer = new Consumer({ clientId: 'bench', bootstrapBrokers: [brokers], groupId: `bare-${randomUUID()}` });
  const stream = await consumer.consume({ topics: [TOPIC], mode: 'earliest', autocommit: false, maxWaitTime: 500 });
  let seen = 0;
  let startedAt = 0;
  for await (const message of stream) {
    // The time of joining the group is not the speed of reading.
    if (startedAt === 0) startedAt = performance.now();
    if (message.value) seen += 1;
    if (seen >= records) break;
  }
  const perSecond = seen / ((performance.now() - startedAt) / 1_000);
  await consumer.close(true);
  return perSecond;
}

/** Resolves when the offsets of the group stand behind so many records of the topic: what is before them is durable. */
async function untilCommitted(admin: Admin, records: number): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const groups = await admin.listConsumerGroupOffsets({ groups: [GROUP] });
    const partitions = groups.flatMap(({ topics }) =>
      topics.filter(({ name }) => name === TOPIC).flatMap((topic) => topic.partitions),
    );
    const done = partitions.reduce((sum, { committedOffset }) => sum + Math.max(0, Number(committedOffset)), 0);
    if (done >= records) return;
    if (Date.now() > deadline) throw new Error(`${done} of ${records} records are behind the offsets`);
    await pause(25);
  }
}

interface Bench {
  readonly system: System;
  readonly brokers: string;
  readonly admin: Admin;
  readonly client: pg.Client;
}

/**
 * Puts the facts on the topic while Pult is held, so that the producer takes nothing of its processors, and lets it go.
 * @returns facts per second from there until all offsets are committed
 */
async function drain({ system, brokers, admin, client }: Bench, events: readonly Event[], keyOf: KeyOf) {
  const before = await folded(client);
  process.kill(system.pid, 'SIGSTOP');
  await produce(brokers, events, keyOf);
  const startedAt = performance.now();
  process.kill(system.pid, 'SIGCONT');
  await untilCommitted(admin, before + events.length);
  const perSecond = events.length / ((performance.now() - startedAt) / 1_000);
  const after = await folded(client);
  if (after !== before + events.length) throw new Error(`${after - before} of ${events.length} facts are folded`);
  return perSecond;
}

async function folded(client: pg.Client): Promise<number> {
  const { rows } = await client.query('select count(*)::int as count from exchange_event');
  return rows[0].count;
}

export async function busIntake(): Promise<Measurement[]> {
  const gap = process.env.KAFKA_BROKERS ? undefined : kafkaGap();
  if (gap !== undefined) throw new Error(gap);
  const folder = freshFolder();
  let broker: KafkaBroker | null = null;
  try {
    broker = process.env.KAFKA_BROKERS ? null : await startKafka({ dir: folder });
    const brokers = broker?.brokers ?? process.env.KAFKA_BROKERS ?? '';
    const admin = new Admin({ clientId: 'bench', bootstrapBrokers: [brokers] });
    await admin.createTopics({ topics: [TOPIC], partitions: PARTITIONS, replicas: 1 });
    const system = await startSystem({ KAFKA_BROKERS: brokers });
    const client = new pg.Client({ connectionString: system.databaseUrl });
    try {
      await client.connect();
      await produce(brokers, makeEvents(`warm-${randomUUID()}`, REPORTER).slice(0, WARM), byDocument);
      await untilCommitted(admin, WARM);
      const bench = { system, brokers, admin, client };
      const events = makeEvents(randomUUID(), REPORTER);
      const perSecond = await drain(bench, events, byDocument);
      const counted = await bareConsumer(brokers, WARM + events.length);
      const baseline = await bareInsert(system.databaseUrl);
      const scattered = await drain(bench, makeEvents(randomUUID(), REPORTER), byFact);
      return [
        {
          what: 'facts keyed by document, against a bare insert',
          value: rounded(perSecond, 0),
          unit: 'events/s',
          baseline: rounded(baseline, 0),
          ratio: rounded(perSecond / baseline, 2),
          bar: '≥ 10 000, ratio ≥ 0.5',
          held: perSecond >= 10_000 && perSecond / baseline >= 0.5,
        },
        {
          what: 'facts of a document scattered over the partitions',
          value: rounded(scattered, 0),
          unit: 'events/s',
          baseline: rounded(baseline, 0),
          ratio: rounded(scattered / baseline, 2),
          bar: '—',
        },
        {
          what: 'a bare consumer that only counts',
          value: rounded(counted, 0),
          unit: 'records/s',
          bar: '—',
        },
      ];
    } finally {
      await client.end();
      await admin.close();
      await system.stop();
    }
  } finally {
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
