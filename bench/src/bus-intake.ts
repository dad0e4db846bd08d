/**
 * P1 over Kafka: facts on a topic, read by the consumer group of Pult, validated, deduplicated, folded and durably committed,
 * offsets behind them. Beside it, in the same run: a bare consumer that only counts the same records, and a bare batched
 * insert of the same rows.
 */
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { Admin, Consumer, Producer } from '@platformatic/kafka';
import pg from 'pg';
import { type KafkaBroker, kafkaGap, startKafka } from '../../scripts/kafka-broker.ts';
import { bareInsert, type Event, makeEvents } from './intake.ts';
import { type Measurement, rounded } from './measurement.ts';
import { freshFolder, startSystem } from './system.ts';

const TOPIC = 'exchange.events.v1';
const PARTITIONS = 4;
const BATCH = 500;
const WARM = 4_000;
const REPORTER = { source: 'ut', flow: 'bus-ut-go', consumer: 'go-services' };
const LIMIT_MS = 300_000;

async function produce(brokers: string, events: readonly Event[]): Promise<void> {
  const producer = new Producer({ clientId: 'bench', bootstrapBrokers: [brokers], acks: -1 });
  for (let at = 0; at < events.length; at += BATCH)
    await producer.send({
      messages: events.slice(at, at + BATCH).map(({ id, body }) => ({
        topic: TOPIC,
        key: Buffer.from(id),
        value: Buffer.from(JSON.stringify(body)),
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

async function untilFolded(client: pg.Client, events: number): Promise<void> {
  const deadline = Date.now() + LIMIT_MS;
  for (;;) {
    const { rows } = await client.query('select count(*)::int as count from exchange_event');
    if (rows[0].count >= events) return;
    if (Date.now() > deadline) throw new Error(`${rows[0].count} of ${events} events are folded`);
    await pause(20);
  }
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
    await admin.close();
    const system = await startSystem({ KAFKA_BROKERS: brokers });
    const client = new pg.Client({ connectionString: system.databaseUrl });
    try {
      await client.connect();
      await produce(brokers, makeEvents(`warm-${randomUUID()}`, REPORTER).slice(0, WARM));
      await untilFolded(client, WARM);
      const events = makeEvents(randomUUID(), REPORTER);
      const startedAt = performance.now();
      const produced = produce(brokers, events);
      await untilFolded(client, WARM + events.length);
      const perSecond = events.length / ((performance.now() - startedAt) / 1_000);
      await produced;
      const counted = await bareConsumer(brokers, WARM + events.length);
      const baseline = await bareInsert(system.databaseUrl);
      return [
        {
          what: 'facts over Kafka, against a bare insert',
          value: rounded(perSecond, 0),
          unit: 'events/s',
          baseline: rounded(baseline, 0),
          ratio: rounded(perSecond / baseline, 2),
          bar: '≥ 10 000, ratio ≥ 0.5',
          held: perSecond >= 10_000 && perSecond / baseline >= 0.5,
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
      await system.stop();
    }
  } finally {
    await broker?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
