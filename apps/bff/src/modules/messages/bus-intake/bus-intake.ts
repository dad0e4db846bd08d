/** Facts and dead letters from the bus into the same fold as those over HTTP; offsets follow the effect (ADR 0015). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { AppError } from '@pult/shared/errors/app-error';
import type { Logger } from 'pino';
import type { KafkaClient } from '../../../connectors/kafka/client.ts';
import type { MissedRecords } from '../../../connectors/kafka/missed.ts';
import type { BusReader, BusReaderState, ReadRecord } from '../../../connectors/kafka/reader.ts';
import type { Clock } from '../../../platform/clock.ts';
import { isDatabaseUnavailable } from '../../../platform/db/database-errors.ts';
import type { Held } from '../held.ts';
import type { Intake, Portion } from '../intake.ts';
import { type BusTopics, type Judged, judgeRecord, type PlacedRecord } from './judge.ts';
import { keptRecord } from './kept-record.ts';

/** Records that are read and judged without a pause, some milliseconds of work. */
const TURN_RECORDS = 200;

export type BusResult = 'accepted' | 'duplicate' | 'quarantined' | 'dead_letter' | 'heartbeat';

export interface BusIntakeDeps {
  readonly client: Pick<KafkaClient, 'reader'>;
  readonly topics: BusTopics;
  readonly intake: Pick<Intake, 'fold'>;
  readonly clock: Clock;
  readonly log?: Pick<Logger, 'warn'>;
  /** Called after the effect of a record is durable. */
  readonly onRecord?: (topic: string, result: BusResult) => void;
  /** Records were deleted by the bus before they were read. */
  readonly onMissed?: (missed: MissedRecords) => void;
  readonly batchSize?: number;
  readonly sessionMs?: number;
}

export interface BusIntake {
  start(): void;
  stop(): Promise<void>;
  state(): BusReaderState;
}

export function createBusIntake(deps: BusIntakeDeps): BusIntake {
  const { topics, clock } = deps;
  const reader: BusReader = deps.client.reader({
    topics: [...topics.sources.keys(), ...topics.deadLetters.keys()],
    effect: createEffect(deps),
    ...(deps.batchSize === undefined ? {} : { batchSize: deps.batchSize }),
    ...(deps.sessionMs === undefined ? {} : { sessionMs: deps.sessionMs }),
    onMissed: (missed) => {
      deps.log?.warn(missed, 'records of the bus are missing: it deleted them before they were read');
      deps.onMissed?.(missed);
    },
    onTrouble: ({ what, error, retryInMs }) =>
      deps.log?.warn(
        { err: error, retryInMs, at: clock.now() },
        what === 'bus' ? 'the bus is away' : 'facts of the bus wait',
      ),
  });
  return reader;
}

/** Makes a batch durable; rejects only while nothing can be written at all, so that the batch is tried again. */
export function createEffect(deps: Pick<BusIntakeDeps, 'topics' | 'intake' | 'clock' | 'onRecord'>) {
  const { topics, intake, clock } = deps;
  const foldAll = async (records: readonly ReadRecord[]): Promise<void> => {
    const now = clock.now();
    const judged: Judged[] = [];
    for (const [index, record] of records.entries()) {
      // The batch before is in the database meanwhile: between its statements it needs the turn of the process.
      if (index > 0 && index % TURN_RECORDS === 0) await nextTurn();
      judged.push(judgeRecord(placed(record), topics, now));
    }
    const fresh = new Set(await intake.fold(portionOf(judged)));
    records.forEach((record, index) => {
      const one = judged[index];
      if (one !== undefined) deps.onRecord?.(record.topic, resultOf(one, fresh));
    });
  };
  /** What makes the database refuse a whole batch is found by trying each alone, and put aside with the reason. */
  const foldAlone = async (record: ReadRecord): Promise<void> => {
    try {
      await foldAll([record]);
    } catch (error) {
      if (mustWait(error)) throw error;
      await intake.fold({ events: [], heartbeats: [], held: [refused(record, error)] });
      deps.onRecord?.(record.topic, 'quarantined');
    }
  };
  const refused = (record: ReadRecord, error: unknown): Held => ({
    systemId: topics.busId,
    raw: keptRecord(record),
    reason: 'invalid',
    issues: [{ path: '', message: `cannot be written: ${error instanceof Error ? error.message : String(error)}` }],
    bus: placed(record).place,
  });
  return async (records: readonly ReadRecord[]): Promise<void> => {
    try {
      await foldAll(records);
    } catch (error) {
      if (mustWait(error)) throw error;
      for (const record of records) await foldAlone(record);
    }
  };
}

/** Nothing is wrong with the records: the database is away, or the fold has more to do than it can. */
const mustWait = (error: unknown): boolean =>
  isDatabaseUnavailable(error) || (error instanceof AppError && error.code === 'server.overloaded');

const placed = ({ topic, topicId, partition, offset, ...content }: ReadRecord): PlacedRecord => ({
  ...content,
  place: { topic, topicId, partition, offset: offset.toString() },
});

function portionOf(judged: readonly Judged[]): Portion {
  return {
    events: judged.flatMap((one) => (one.kind === 'event' || one.kind === 'dead-letter' ? [one.event] : [])),
    held: judged.flatMap((one) => (one.kind === 'quarantine' ? [one.held] : [])),
    heartbeats: judged.flatMap((one) => (one.kind === 'heartbeat' ? [one.heartbeat] : [])),
    deadLetters: judged.flatMap((one) => (one.kind === 'dead-letter' ? [one.letter] : [])),
  };
}

/** Counts each new event once, however often its records stand in the batch. */
function resultOf(one: Judged, fresh: Set<string>): BusResult {
  if (one.kind === 'quarantine') return 'quarantined';
  if (one.kind === 'heartbeat') return 'heartbeat';
  const isNew = fresh.delete(one.event.uid);
  if (!isNew) return 'duplicate';
  return one.kind === 'dead-letter' ? 'dead_letter' : 'accepted';
}
