/** Intake of CloudEvents: validate each, keep what cannot be folded, fold the rest in groups, answer per event. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Live } from '../../platform/live/live.ts';
import { createBatcher } from './batcher.ts';
import { type DeadLetter, keepDeadLetters } from './dead-letters/store.ts';
import { type ExchangeEvent, type Heartbeat, readEvent } from './event.ts';
import { type Held, idOf, keepInQuarantine } from './held.ts';
import { foldEvents, inFoldTransaction, noteSystemReports } from './ledger.ts';

export interface IntakeResult {
  readonly id: string | null;
  readonly status: 'accepted' | 'duplicate' | 'quarantined';
  readonly reason?: string;
}

export interface IntakeDeps {
  readonly db: Db;
  readonly flows: ReadonlyMap<string, FlowConfig>;
  readonly live: Pick<Live, 'announce'>;
  readonly clock: Clock;
}

/** What one request or one batch of records brought, read and judged; it becomes durable as a whole. */
export interface Portion {
  readonly events: readonly ExchangeEvent[];
  readonly held: readonly Held[];
  readonly heartbeats: readonly Heartbeat[];
  readonly deadLetters?: readonly DeadLetter[];
}

/** Events that are folded at once, and the bytes of their content: each statement is one text in memory. */
const PART_EVENTS = 8_000;
const PART_BYTES = 32 * 1024 * 1024;
const QUEUE_LIMIT = 40_000;

export interface Intake {
  /** @throws AppError `event.malformed` when the body is no event at all, `server.overloaded` under back-pressure */
  accept(body: unknown, systemId: string): Promise<IntakeResult[]>;
  /**
   * Makes a portion durable; answers the ids of the events that were new.
   * @throws AppError `server.overloaded` under back-pressure
   */
  fold(portion: Portion): Promise<ReadonlySet<string>>;
  /** Requests that wait for their commit. */
  readonly waiting: number;
}

export function createIntake({ db, flows, live, clock }: IntakeDeps): Intake {
  const batcher = createBatcher<Portion, Set<string>>({
    batchSize: 64,
    queueLimit: QUEUE_LIMIT,
    concurrency: 2,
    changes: ({ events }) => events.map(({ deliveryId }) => deliveryId),
    commit: async (portions) => {
      const events = portions.flatMap((portion) => portion.events);
      const held = portions.flatMap((portion) => portion.held);
      const heartbeats = portions.flatMap((portion) => portion.heartbeats);
      const deadLetters = portions.flatMap((portion) => portion.deadLetters ?? []);
      const { fresh, touched } = await inFoldTransaction(db, async (tx) => {
        if (held.length > 0) await keepInQuarantine(tx, held, clock.now());
        if (deadLetters.length > 0) await keepDeadLetters(tx, deadLetters, clock.now());
        if (heartbeats.length > 0) await keepHeartbeats(tx, heartbeats, clock.now());
        const folded = { fresh: new Set<string>(), touched: new Set<string>() };
        for (const some of partsOf(events)) {
          const part = await foldEvents(tx, some, clock.now());
          for (const uid of part.fresh) folded.fresh.add(uid);
          for (const id of part.touched) folded.touched.add(id);
        }
        return folded;
      });
      if (touched.size > 0) {
        live.announce('messages');
        live.announce('landscape');
        for (const id of [...touched].slice(0, 50)) live.announce(`delivery:${id}`);
      }
      if (held.length > 0) live.announce('messages');
      if (heartbeats.length > 0) live.announce('sources');
      return fresh;
    },
  });

  return {
    get waiting() {
      return batcher.waiting;
    },
    fold: (portion) => batcher.add([portion]),
    async accept(body, systemId) {
      const raws = Array.isArray(body) ? body : [body];
      if (raws.length === 0 || raws.every((raw) => typeof raw !== 'object' || raw === null || !('specversion' in raw)))
        throw new AppError('event.malformed', { expected: 'CloudEvents 1.0, one event or an array of them' });
      const reader = { systemId, flows, now: clock.now() };
      const read = raws.map((raw) => ({ raw, result: readEvent(raw, reader) }));
      const events = read.flatMap(({ result }) => (result.kind === 'event' ? [result.event] : []));
      const fresh = await batcher.add([
        {
          events,
          held: read.flatMap(({ raw, result }) =>
            result.kind === 'quarantine' ? [{ systemId, raw, reason: result.reason, issues: result.issues }] : [],
          ),
          heartbeats: read.flatMap(({ result }) => (result.kind === 'heartbeat' ? [result.heartbeat] : [])),
        },
      ]);
      const counted = new Set<string>();
      return read.map(({ raw, result }): IntakeResult => {
        const id = idOf(raw);
        if (result.kind === 'quarantine') return { id, status: 'quarantined', reason: result.reason };
        if (result.kind === 'heartbeat') return { id, status: 'accepted' };
        const { uid } = result.event;
        const first = fresh.has(uid) && !counted.has(uid);
        counted.add(uid);
        return { id, status: first ? 'accepted' : 'duplicate' };
      });
    },
  };
}

function* partsOf(events: readonly ExchangeEvent[]): Generator<readonly ExchangeEvent[]> {
  let from = 0;
  let bytes = 0;
  for (const [at, { payload }] of events.entries()) {
    bytes += payload?.truncated === false ? payload.sizeBytes : 0;
    if (at + 1 - from < PART_EVENTS && bytes < PART_BYTES) continue;
    yield events.slice(from, at + 1);
    from = at + 1;
    bytes = 0;
  }
  if (from < events.length) yield events.slice(from);
}

async function keepHeartbeats(tx: Db, heartbeats: readonly Heartbeat[], now: number): Promise<void> {
  const newest = new Map<string, Heartbeat>();
  for (const beat of heartbeats) {
    const key = `${beat.systemId} ${beat.service} ${beat.instance}`;
    const known = newest.get(key);
    if (!known || known.at < beat.at) newest.set(key, beat);
  }
  const rows = [...newest.values()].map(({ systemId, service, instance, at }) => ({
    system_id: systemId,
    service,
    instance,
    last_at: new Date(Math.min(at, now)).toISOString(),
  }));
  await sql`
    insert into heartbeat as h (system_id, service, instance, last_at)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (system_id text, service text, instance text, last_at timestamptz)
    order by system_id, service, instance
    on conflict (system_id, service, instance) do update set last_at = greatest(h.last_at, excluded.last_at)`.execute(
    tx,
  );
  const systems = new Map<string, number>();
  for (const { systemId, at } of heartbeats) systems.set(systemId, Math.max(systems.get(systemId) ?? 0, at));
  await noteSystemReports(tx, systems, now);
}
