/** Intake of CloudEvents: validate each, keep what cannot be folded, fold the rest in groups, answer per event. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { AppError } from '@pult/shared/errors/app-error';
import { sql } from 'kysely';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import { newId } from '../../platform/ids.ts';
import type { Live } from '../../platform/live/live.ts';
import { createBatcher } from './batcher.ts';
import { type ExchangeEvent, type Heartbeat, type QuarantineReason, readEvent } from './event.ts';
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

interface Held {
  readonly systemId: string;
  readonly raw: unknown;
  readonly reason: QuarantineReason;
  readonly issues: readonly { path: string; message: string }[];
}
interface Portion {
  readonly events: readonly ExchangeEvent[];
  readonly held: readonly Held[];
  readonly heartbeats: readonly Heartbeat[];
}

const BATCH_EVENTS = 2_000;
const QUEUE_LIMIT = 40_000;

export interface Intake {
  /** @throws AppError `event.malformed` when the body is no event at all, `server.overloaded` under back-pressure */
  accept(body: unknown, systemId: string): Promise<IntakeResult[]>;
  /** Requests that wait for their commit. */
  readonly waiting: number;
}

export function createIntake({ db, flows, live, clock }: IntakeDeps): Intake {
  const batcher = createBatcher<Portion, Set<string>>({
    batchSize: 64,
    queueLimit: QUEUE_LIMIT,
    concurrency: 2,
    commit: async (portions) => {
      const events = portions.flatMap((portion) => portion.events);
      const held = portions.flatMap((portion) => portion.held);
      const heartbeats = portions.flatMap((portion) => portion.heartbeats);
      const { fresh, touched } = await inFoldTransaction(db, async (tx) => {
        if (held.length > 0) await keepInQuarantine(tx, held, clock.now());
        if (heartbeats.length > 0) await keepHeartbeats(tx, heartbeats, clock.now());
        const folded = { fresh: new Set<string>(), touched: new Set<string>() };
        for (let at = 0; at < events.length; at += BATCH_EVENTS) {
          const part = await foldEvents(tx, events.slice(at, at + BATCH_EVENTS), clock.now());
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

const textField = (raw: unknown, name: string): string | null => {
  const value = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value.slice(0, 300) : null;
};
const idOf = (raw: unknown): string | null => textField(raw, 'id');

/** What the quarantine keeps of one event at most. */
const MAX_KEPT_BYTES = 320 * 1024;
const sizeOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value));

/**
 * The event as it came. Of a too large one the content of its message stays out, as it does for an accepted event; what is
 * large without it keeps its identity only. Otherwise a reporter of nonsense fills the disk, and the list cannot be shown.
 */
function keptContent(raw: unknown, issues: Held['issues']): { event: unknown; issues: Held['issues'] } {
  const bytes = sizeOf(raw);
  if (bytes <= MAX_KEPT_BYTES) return { event: raw, issues };
  const event = raw as { data?: { message?: object } };
  const payload = { path: 'data.message.payload', message: `an event of ${bytes} bytes: its content is not kept` };
  const light = { ...event, data: { ...event.data, message: { ...event.data?.message, payload: undefined } } };
  if (sizeOf(light) <= MAX_KEPT_BYTES) return { event: light, issues: [...issues, payload] };
  const identity = { id: idOf(raw), source: textField(raw, 'source'), type: textField(raw, 'type') };
  return { event: identity, issues: [...issues, { ...payload, path: '' }] };
}

async function keepInQuarantine(tx: Db, held: readonly Held[], now: number): Promise<void> {
  const rows = held.map(({ systemId, raw, reason, issues }) => ({
    id: newId(),
    received_at: new Date(now).toISOString(),
    system_id: systemId,
    reason,
    ...keptContent(raw, issues),
    event_id: idOf(raw),
    event_type: textField(raw, 'type'),
  }));
  await sql`
    insert into quarantine_event (id, received_at, system_id, reason, issues, event, event_id, event_type)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, received_at timestamptz, system_id text,
      reason text, issues jsonb, event jsonb, event_id text, event_type text)
    on conflict do nothing`.execute(tx);
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
