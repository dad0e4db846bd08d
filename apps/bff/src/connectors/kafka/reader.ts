/**
 * A member of a consumer group that never forgets a record: an offset is committed only after the effect of everything up to
 * it is durable. It holds two batches at most and reads no further while they wait, joins again with a back-off when the
 * bus was away, and takes topics in as they appear.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type BaseOptions, Consumer, type Message } from '@platformatic/kafka';
import type { Intent } from '../port/source-errors.ts';
import { type MissedRecords, missedRecords } from './missed.ts';
import { commitBatch, endsOf, type Member, positionsOf, type Stream, settleOffsets } from './offsets.ts';
import { readBatch } from './read-batch.ts';

/** A record as it stands on the bus. */
export interface ReadRecord {
  readonly topic: string;
  /** Identity of the topic: one that was made anew under the same name counts its offsets from zero again. */
  readonly topicId: string;
  readonly partition: number;
  readonly offset: bigint;
  /** Instant that the broker or the producer gave it, ms. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In their order; a name may stand there more than once. */
  readonly headers: readonly (readonly [string, Buffer])[];
}

export interface BusReaderOptions {
  /** Topics of the landscape; those that the cluster does not have yet are waited for. */
  readonly topics: readonly string[];
  /**
   * Makes the effect of a batch durable. While it rejects the batch is tried again, later and later, and nothing is read
   * beyond it: what cannot be processed must be put aside by the effect itself.
   */
  readonly effect: (records: readonly ReadRecord[]) => Promise<void>;
  readonly batchSize?: number;
  /** The group gives the partitions of a member away that was silent for this long, ms. */
  readonly sessionMs?: number;
  readonly onTrouble?: (trouble: BusTrouble) => void;
  /** Records were deleted before they were read; told once for each gap, before anything behind it is committed. */
  readonly onMissed?: (missed: MissedRecords) => void;
}

export interface BusTrouble {
  readonly what: 'effect' | 'bus';
  readonly error: unknown;
  readonly retryInMs: number;
}

export interface BusReader {
  start(): void;
  /** Ends reading; batches under way are finished and their offsets committed first. */
  stop(): Promise<void>;
  state(): BusReaderState;
}

export interface BusReaderState {
  /** Member of the group right now. */
  readonly joined: boolean;
  /** Partitions of this member. */
  readonly assigned: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
  /** Topics of the landscape that the cluster does not have. */
  readonly missing: readonly string[];
  /** Records behind the end of each partition of this member. */
  readonly lag: readonly { readonly topic: string; readonly partition: number; readonly records: number }[];
  readonly heldRecords: number;
  /** What retention took before this process could read it, since its start. */
  readonly missed: readonly MissedRecords[];
}

export interface ReaderWiring extends BusReaderOptions {
  readonly base: BaseOptions;
  readonly groupId: string;
  /** Reports how a call went to the circuit of the connection. */
  readonly through: <T>(intent: Intent, work: () => Promise<T>) => Promise<T>;
  readonly topicsOfCluster: () => Promise<ReadonlySet<string>>;
  readonly check: () => Promise<void>;
}

const BATCH_RECORDS = 2_000;
const BATCHES_AT_ONCE = 2;
const SESSION_MS = 15_000;
const REBALANCE_SESSIONS = 2;
const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const TOPICS_EVERY_MS = 5_000;
const LAG_EVERY_MS = 5_000;
const SETTLE_EVERY_MS = 5_000;
/** Two batches of small records: each record waits as objects until its batch, and what waits long is what memory costs. */
const FETCH_BYTES = 2 * 1024 * 1024;
/** One answer has some of each partition: none waits for the end of another, and facts of one time are folded together. */
const PARTITION_BYTES = FETCH_BYTES / 4;
/**
 * With fewer records than this in the buffer the next fetch begins. It counts records whatever their size, so it is small:
 * one fetch of small records fills batches, and of large ones no more than so many wait.
 */
const BUFFER_RECORDS = 64;

export function createBusReader(wiring: ReaderWiring): BusReader {
  const { batchSize = BATCH_RECORDS, sessionMs = SESSION_MS } = wiring;
  const stopping = new AbortController();
  let missing: readonly string[] = [];
  let consumer: Member | null = null;
  let lag: ReadonlyMap<string, readonly bigint[]> = new Map();
  let held = 0;
  const missed = new Map<string, MissedRecords>();
  let loop: Promise<void> | null = null;

  /** Keeps trying until the effect is durable or the reader is told to stop. @returns whether it is durable */
  const madeDurable = async (records: readonly ReadRecord[]): Promise<boolean> => {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      try {
        await wiring.effect(records);
        return true;
      } catch (error) {
        if (stopping.signal.aborted) return false;
        wiring.onTrouble?.({ what: 'effect', error, retryInMs: pauseMs });
        await sleep(pauseMs, stopping.signal);
        if (stopping.signal.aborted) return false;
      }
    }
  };

  const lookForMissed = async (
    member: Member,
    positions: ReadonlyMap<string, bigint>,
    topicIds: ReadonlyMap<string, string>,
  ): Promise<void> => {
    try {
      for (const one of await missedRecords(member, positions)) {
        const topicId = topicIds.get(one.topic) ?? one.topic;
        const key = `${topicId}/${one.partition}/${one.from}`;
        if (missed.has(key)) continue;
        const found = { ...one, topicId, at: Date.now() };
        missed.set(key, found);
        wiring.onMissed?.(found);
      }
    } catch {
      // Facts that are there do not wait for news of those that are not: whether the bus is away is noticed by reading.
    }
  };

  /** Reads from one membership until it ends. */
  const readAll = async (member: Member, stream: Stream, topicIds: ReadonlyMap<string, string>): Promise<void> => {
    const ready = signalOf(stream, stopping.signal);
    let failure: { error: unknown } | null = null;
    const fail = (error: unknown): void => {
      failure ??= { error };
      ready.ring();
    };
    stream.on('error', fail);
    // A member that could not join again says so here and is silent from then on.
    member.on('error', fail);
    // Before the first commit of this membership: behind it nobody could tell any more what is missing.
    let committed: Promise<void> = lookForMissed(member, positionsOf(stream), topicIds);
    // Partitions came, or a position was set to the oldest record that is left. What was read before is committed first.
    stream.on('offsets', () => {
      const positions = positionsOf(stream);
      committed = committed.then(() => lookForMissed(member, positions, topicIds));
    });
    let underWay = 0;
    // An offset says that everything before it is done: behind a batch that is not, nothing is committed.
    let broken = false;
    const take = (batch: Message[]): void => {
      const size = batch.length;
      const ends = endsOf(batch);
      underWay += 1;
      held += size;
      const durable = madeDurable(batch.map((message) => recordOf(message, topicIds)));
      // Offsets are committed in the order of reading, whichever batch was durable first.
      committed = committed
        .then(async () => {
          broken = !(await durable) || broken;
          if (!broken) await commitBatch(member, ends);
        })
        .catch(fail)
        .finally(() => {
          underWay -= 1;
          held -= size;
          ready.ring();
        });
    };
    const settling = setInterval(() => {
      if (broken || underWay > 0 || stream.readableLength > 0) return;
      const positions = positionsOf(stream);
      // What cannot be asked now is asked the next time; whether the bus is away is noticed by reading.
      committed = committed.then(() => settleOffsets(member, positions)).catch(() => undefined);
    }, SETTLE_EVERY_MS);
    while (failure === null && !stopping.signal.aborted && !stream.destroyed && !ready.over()) {
      const batch = underWay < BATCHES_AT_ONCE ? readBatch(stream, batchSize) : [];
      if (batch.length > 0) take(batch);
      else await ready.next();
    }
    clearInterval(settling);
    await committed;
    ready.end();
    member.removeListener('error', fail);
    stream.removeListener('error', fail);
    stream.on('error', () => undefined);
    if (failure !== null) throw (failure as { error: unknown }).error;
  };

  /** One membership of the group, from joining to leaving. */
  const round = async (): Promise<void> => {
    const known = await wiring.topicsOfCluster();
    const topics = wiring.topics.filter((topic) => known.has(topic));
    missing = wiring.topics.filter((topic) => !known.has(topic));
    if (topics.length === 0) {
      await sleep(TOPICS_EVERY_MS, stopping.signal);
      return;
    }
    const member = new Consumer<Buffer, Buffer, Buffer, Buffer>({
      ...wiring.base,
      // An answer to joining comes when all members have joined, or when one that died has been given up.
      requestTimeout: Math.max(wiring.base.requestTimeout ?? 0, sessionMs * REBALANCE_SESSIONS + CLOSE_LIMIT_MS),
      groupId: wiring.groupId,
      autocommit: false,
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs * REBALANCE_SESSIONS,
      heartbeatInterval: Math.floor(sessionMs / 5),
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      maxBytesPerPartition: PARTITION_BYTES,
      maxWaitTime: 500,
      highWaterMark: Math.min(batchSize, BUFFER_RECORDS),
    });
    // Without anyone who listens an error of the member would end the process.
    member.on('error', () => undefined);
    let lookout: NodeJS.Timeout | undefined;
    try {
      const metadata = await wiring.through('read', () => member.metadata({ topics }));
      const topicIds = new Map(topics.map((topic) => [topic, metadata.topics.get(topic)?.id ?? topic]));
      const stream = await wiring.through('read', () =>
        member.consume({ topics, mode: 'committed', fallbackMode: 'earliest', autocommit: false }),
      );
      consumer = member;
      member.on('consumer:lag', (now) => {
        lag = now;
      });
      member.on('consumer:lag:error', () => undefined);
      member.startLagMonitoring({ topics }, LAG_EVERY_MS);
      if (missing.length > 0)
        lookout = setInterval(() => {
          void wiring.topicsOfCluster().then(
            (now) => missing.some((topic) => now.has(topic)) && stream.close(() => undefined),
            () => undefined,
          );
        }, TOPICS_EVERY_MS);
      await readAll(member, stream, topicIds);
    } finally {
      clearInterval(lookout);
      consumer = null;
      lag = new Map();
      // A bus that is away cannot be told good-bye; the session of this member ends there by itself.
      await Promise.race([member.close(true).catch(() => undefined), sleep(CLOSE_LIMIT_MS)]);
    }
  };

  const run = async (): Promise<void> => {
    let pauseMs = FIRST_PAUSE_MS;
    while (!stopping.signal.aborted) {
      const startedAt = Date.now();
      try {
        await round();
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (stopping.signal.aborted) return;
        if (Date.now() - startedAt > LONGEST_PAUSE_MS) pauseMs = FIRST_PAUSE_MS;
        wiring.onTrouble?.({ what: 'bus', error, retryInMs: pauseMs });
        // Says whether it was this membership or the bus itself, which is what the screens show.
        await wiring.check().catch(() => undefined);
        await sleep(pauseMs, stopping.signal);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  };

  return {
    start: () => {
      loop ??= run();
    },
    stop: async () => {
      stopping.abort();
      await loop;
    },
    state: () => ({
      joined: consumer?.isActive() ?? false,
      assigned: consumer?.assignments?.map(({ topic, partitions }) => ({ topic, partitions: [...partitions] })) ?? [],
      missing,
      lag: [...lag].flatMap(([topic, partitions]) =>
        partitions.flatMap((records, partition) =>
          records >= 0n ? [{ topic, partition, records: Number(records) }] : [],
        ),
      ),
      heldRecords: held,
      missed: [...missed.values()],
    }),
  };
}

const CLOSE_LIMIT_MS = 5_000;

function recordOf(message: Message, topicIds: ReadonlyMap<string, string>): ReadRecord {
  return {
    topic: message.topic,
    topicId: topicIds.get(message.topic) ?? message.topic,
    partition: message.partition,
    offset: message.offset,
    timestamp: Number(message.timestamp),
    key: message.key ?? null,
    value: message.value ?? null,
    headers: message.headerEntries.map(([name, value]) => [name.toString('utf8'), value ?? Buffer.alloc(0)]),
  };
}

/** A bell that rings when there may be something to read or to end. */
function signalOf(stream: Stream, stop: AbortSignal) {
  let rung = false;
  let over = false;
  let wake: (() => void) | null = null;
  const ring = (): void => {
    rung = true;
    wake?.();
  };
  const finish = (): void => {
    over = true;
    ring();
  };
  stream.on('readable', ring);
  stream.once('end', finish);
  stream.once('close', finish);
  stop.addEventListener('abort', ring);
  return {
    ring,
    over: () => over,
    next: async (): Promise<void> => {
      if (!rung)
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      rung = false;
      wake = null;
    },
    end: (): void => {
      stream.removeListener('readable', ring);
      stop.removeEventListener('abort', ring);
    },
  };
}

/** Ends early when the reader is told to stop. */
const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  delay(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
