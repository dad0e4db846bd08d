/** The bus: one connection for questions, one for sending, one per group for reading. All of it behind one circuit. */

import { isIP } from 'node:net';
import {
  Admin,
  type BaseOptions,
  compatibilityPartitioner,
  Producer,
  TimeoutError,
  UserError,
} from '@platformatic/kafka';
import { SourceError } from '@pult/shared/errors/app-error';
import type { BusRecord, RecordContent, RecordPlace } from '../port/bus-record.ts';
import { type CircuitOptions, createCircuit } from '../port/circuit.ts';
import type { ConnectionState } from '../port/connection-health.ts';
import { type Intent, sourceError } from '../port/source-errors.ts';
import { faultOfKafka } from './faults.ts';
import { type BusReader, type BusReaderOptions, createBusReader } from './reader.ts';
import { type FoundRecord, readRecordAt } from './record-at.ts';
import type { KafkaConfig } from './tls-files.ts';
import { createTlsSource, type TlsSource } from './tls-source.ts';

export interface KafkaClient {
  readonly system: string;
  readonly config: KafkaConfig;
  /** Questions to the cluster, through the circuit. @throws SourceError */
  ask<T>(question: (admin: Admin) => Promise<T>): Promise<T>;
  /**
   * Puts records, acknowledged by all in-sync replicas; records of one key stay in order. The intent is that of a keyed
   * write: the records carry a key by which their consumer knows a repetition. @throws SourceError
   */
  send(records: readonly BusRecord[]): Promise<void>;
  /** One record where it stands; null when it stands there no more: its time is over, or the topic is another one. @throws SourceError */
  recordAt(place: RecordPlace): Promise<RecordContent | null>;
  /** Reads topics as a member of the group until it is closed; nothing is read before {@link BusReader.start}. */
  reader(options: BusReaderOptions): BusReader;
  /** The cluster answers and knows its brokers. @throws SourceError */
  check(): Promise<void>;
  state(): ConnectionState;
  close(): Promise<void>;
}

export interface KafkaClientOptions extends CircuitOptions {
  readonly config: KafkaConfig;
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** Shared with other clients of the bus; without it the client has its own. */
  readonly tls?: TlsSource;
}

const CONNECT_TIMEOUT_MS = 5_000;
/** What a refused question for one record says about it; a topic that a broker does not know may be one it has not heard of yet. */
const SAYS_OF_RECORD: Readonly<Record<string, FoundRecord | undefined>> = {
  'source.record_gone': 'gone',
  'source.not_found': 'unanswered',
  'source.bad_answer': 'unanswered',
};

/** A producer and how many sendings wait for it. */
interface SendingLine {
  readonly producer: Producer;
  underWay: number;
}

/** Whether a broker of the list is an IP address with its port. */
const isAddress = (broker: string): boolean =>
  isIP(broker.slice(0, broker.lastIndexOf(':')).replace(/^\[|\]$/g, '')) > 0;

export function createKafkaClient(options: KafkaClientOptions): KafkaClient {
  const { system, config, secrets } = options;
  const circuit = createCircuit(options);
  const { options: tls } = options.tls ?? createTlsSource({ config, secrets });
  const base: BaseOptions = {
    clientId: 'pult',
    bootstrapBrokers: [...config.brokers],
    connectTimeout: CONNECT_TIMEOUT_MS,
    requestTimeout: config.limits.timeoutMs,
    retries: 1,
    retryDelay: 200,
    // A broker that is known by its address has no name to ask for; its certificate is compared with the address.
    ...(config.tls ? { tls, tlsServerName: !config.brokers.some(isAddress) } : {}),
    ...(config.userEnv === undefined || config.passwordEnv === undefined
      ? {}
      : {
          sasl: {
            mechanism: config.sasl,
            username: secrets[config.userEnv] ?? '',
            password: secrets[config.passwordEnv] ?? '',
          },
        }),
  };
  let admin: Admin | null = null;
  let line: SendingLine | null = null;
  const readers = new Set<BusReader>();
  const knownTopics = new Set<string>();

  const through = <T>(intent: Intent, work: () => Promise<T>): Promise<T> =>
    circuit.run(async () => {
      try {
        return await work();
      } catch (error) {
        throw sourceError(system, faultOfKafka(error), { intent, cause: error });
      }
    }, intent);

  const ask = <T>(question: (admin: Admin) => Promise<T>): Promise<T> =>
    through('read', () => {
      admin ??= new Admin(base);
      return question(admin);
    });
  const check = async (): Promise<void> => {
    await ask((one) => one.metadata({ topics: [], forceUpdate: true }));
  };

  // Sending to a topic that is not there never ends in an idempotent producer of this library: it is asked before.
  const assertTopics = async (records: readonly BusRecord[]): Promise<void> => {
    const wanted = [...new Set(records.map(({ topic }) => topic))].filter((topic) => !knownTopics.has(topic));
    if (wanted.length === 0) return;
    admin ??= new Admin(base);
    for (const topic of await admin.listTopics()) knownTopics.add(topic);
    const missing = wanted.filter((topic) => !knownTopics.has(topic));
    if (missing.length > 0) throw new UserError(`Unknown topic ${missing.join(', ')}`);
  };

  return {
    system,
    config,
    ask,
    send: (records) =>
      through('keyed-write', async () => {
        await assertTopics(records);
        // Java producers place a key so; the library's own default would put half of the keys elsewhere.
        line ??= {
          producer: new Producer({ ...base, partitioner: compatibilityPartitioner, idempotent: true, acks: -1 }),
          underWay: 0,
        };
        const own = line;
        own.underWay += 1;
        try {
          await inTime(
            config.limits.timeoutMs,
            own.producer.send({
              messages: records.map(({ topic, key, value, headers }) => ({
                topic,
                ...(key === null ? {} : { key }),
                ...(value === null ? {} : { value }),
                headers: new Map(headers.map(([name, text]) => [Buffer.from(name), text])),
              })),
            }),
          );
        } catch (error) {
          // The numbers of an idempotent producer are in doubt after a failure: the next sending begins with new ones.
          if (line === own) line = null;
          // The topic may be gone.
          knownTopics.clear();
          throw error;
        } finally {
          own.underWay -= 1;
          // Whoever is under way on it hears its own answer first.
          if (line !== own && own.underWay === 0) await own.producer.close().catch(() => undefined);
        }
      }),
    recordAt: async (place) => {
      const found = await through('read', () =>
        inTime(config.limits.timeoutMs, readRecordAt({ ...base, groupId: config.groupId }, place)),
      ).catch((error: unknown) => {
        const says = error instanceof SourceError ? SAYS_OF_RECORD[error.code] : undefined;
        if (says === undefined) throw error;
        return says;
      });
      if (found === 'gone') return null;
      if (found !== 'unanswered') return found;
      const text = `${place.topic}/${place.partition}/${place.offset}: no answer of its leader`;
      throw sourceError(system, { code: 'source.unreachable', text, maybeSent: false }, { intent: 'read' });
    },
    reader: (wanted) => {
      const reader = createBusReader({
        ...wanted,
        base,
        groupId: config.groupId,
        through,
        check,
        topicsOfCluster: async () => new Set(await ask((one) => one.listTopics())),
      });
      readers.add(reader);
      return reader;
    },
    check,
    state: circuit.state,
    close: async () => {
      for (const reader of readers) await reader.stop();
      await line?.producer.close().catch(() => undefined);
      await admin?.close().catch(() => undefined);
    },
  };
}

/** @throws TimeoutError when the work has not ended by then; what it did is unknown */
async function inTime<T>(limitMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimeoutError('the broker did not answer in time')), limitMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
