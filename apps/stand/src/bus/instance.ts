/** One instance of a service: a member of its group while it should be one, health and metrics always. */
import { setTimeout as pause } from 'node:timers/promises';
import { Consumer, type Message } from '@platformatic/kafka';
import { type Handling, handleRecord, type InRecord } from './handling.ts';
import { InstanceMetrics } from './metrics.ts';

/** Time of handling a record, and of one in a slow service, ms. */
const WORK_MS = [8, 60] as const;
const SLOW_MS = 40_000;
/** A member of a rebalance storm stays for so long, ms. */
const STORM_MS = [2_500, 6_000] as const;
const AGAIN_MS = 1_500;
const LOOK_MS = 400;
const SESSION_MS = 10_000;

const between = ([least, most]: readonly [number, number]): number => least + Math.random() * (most - least);

export interface InstanceOptions extends Handling {
  readonly name: string;
  readonly brokers: readonly string[];
}

export class Instance {
  readonly name: string;
  readonly metrics: InstanceMetrics;
  readonly #options: InstanceOptions;
  readonly #stopping = new AbortController();
  #loop: Promise<void> = Promise.resolve();

  constructor(options: InstanceOptions) {
    this.name = options.name;
    this.#options = options;
    this.metrics = new InstanceMetrics(options.service);
  }

  get system() {
    return this.#options.service.system;
  }
  /** What `/healthz` says: null is well. */
  get trouble(): string | null {
    return this.#options.faults.unhealthy.has(this.system) ? 'storefront database: connection refused' : null;
  }

  start(): void {
    this.#loop = this.#run();
  }
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { faults } = this.#options;
    while (!this.#stopping.signal.aborted) {
      if (faults.consumerDown.has(this.system)) await this.#nap(LOOK_MS);
      else
        await this.#member().catch(async () => {
          // The broker is away or wants the members to join again.
          await this.#nap(AGAIN_MS);
        });
    }
  }

  /** One membership of the group: ends when the service should be none, or its time in a storm is over. */
  async #member(): Promise<void> {
    const { service, brokers, faults, name } = this.#options;
    const ending = new AbortController();
    const signal = AbortSignal.any([ending.signal, this.#stopping.signal]);
    const consumer = new Consumer<Buffer, Buffer, Buffer, Buffer>({
      clientId: name,
      bootstrapBrokers: [...brokers],
      groupId: service.group,
      autocommit: false,
      sessionTimeout: SESSION_MS,
      rebalanceTimeout: SESSION_MS,
      heartbeatInterval: 1_500,
      connectTimeout: 3_000,
      retries: 1,
      maxWaitTime: 1_500,
      minBytes: 1,
      highWaterMark: 16,
    });
    const stormUntil = Date.now() + between(STORM_MS);
    const watch = setInterval(() => {
      const outOfTime = faults.storm.has(this.system) && Date.now() > stormUntil;
      if (outOfTime || faults.consumerDown.has(this.system)) ending.abort();
    }, LOOK_MS);
    try {
      const stream = await consumer.consume({
        topics: [...service.topics, service.retryTopic],
        mode: 'committed',
        fallbackMode: 'earliest',
        autocommit: false,
      });
      const end = (): void => void stream.destroy();
      signal.addEventListener('abort', end, { once: true });
      if (signal.aborted) end();
      for await (const message of stream) {
        await this.#take(message, signal);
        if (signal.aborted) break;
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      clearInterval(watch);
      await consumer.close(true).catch(() => undefined);
    }
  }

  async #take(message: Message, signal: AbortSignal): Promise<void> {
    const startedAt = performance.now();
    await pause(between(WORK_MS), undefined, { signal });
    // A service that is well again goes on at once, also with the record that it is at.
    const { slow } = this.#options.faults;
    while (slow.has(this.system) && performance.now() - startedAt < SLOW_MS)
      await pause(LOOK_MS, undefined, { signal });
    const failed = await handleRecord(this.#options, recordOf(message), signal);
    this.metrics.handled({ topic: message.topic, seconds: (performance.now() - startedAt) / 1_000, failed });
    await message.commit();
  }

  async #nap(ms: number): Promise<void> {
    await pause(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}

const recordOf = (message: Message): InRecord => ({
  topic: message.topic,
  partition: message.partition,
  offset: message.offset,
  key: message.key?.toString() ?? '',
  value: message.value?.toString() ?? '',
  headers: Object.fromEntries(message.headerEntries.map(([name, text]) => [name.toString(), text.toString()])),
});
