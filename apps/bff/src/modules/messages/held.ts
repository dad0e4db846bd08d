/** What cannot be accepted is kept with the reason, as it came. */
import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import { cutText } from '../../platform/http/clean-text.ts';
import { newId } from '../../platform/ids.ts';
import { type BusPlace, placeOf } from './bus-intake/place.ts';
import type { QuarantineReason } from './event.ts';

export interface Held {
  readonly systemId: string;
  readonly raw: unknown;
  readonly reason: QuarantineReason;
  readonly issues: readonly { path: string; message: string }[];
  /** Where it stood on the bus; absent for what came over HTTP. */
  readonly bus?: BusPlace;
}

const wholeText = (raw: unknown, name: string): string | null => {
  const value = typeof raw === 'object' && raw !== null ? (raw as Record<string, unknown>)[name] : undefined;
  return typeof value === 'string' ? value : null;
};
const textField = (raw: unknown, name: string): string | null => {
  const value = wholeText(raw, name);
  return value === null ? null : cutText(value, 300);
};

/**
 * Which event it is: an id is unique for its source alone. One that does not say both is known by its whole content, so that
 * only the same one is left out.
 */
export function heldIdentity(raw: unknown): string {
  const [source, id] = [wholeText(raw, 'source'), wholeText(raw, 'id')];
  const text = source === null || id === null ? JSON.stringify(raw) : `${Buffer.byteLength(source)} ${source}${id}`;
  return createHash('sha256').update(text).digest('hex');
}
export const idOf = (raw: unknown): string | null => textField(raw, 'id');

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

/**
 * Writes them down inside the caller's transaction. The same event that waits already, and the same place of the bus whatever
 * became of it, is not written again.
 */
export async function keepInQuarantine(tx: Db, held: readonly Held[], now: number): Promise<void> {
  const rows = held.map(({ systemId, raw, reason, issues, bus }) => ({
    id: newId(),
    received_at: new Date(now).toISOString(),
    system_id: systemId,
    reason,
    ...keptContent(raw, issues),
    event_id: idOf(raw),
    event_type: textField(raw, 'type'),
    bus: bus ?? null,
    bus_place: bus ? placeOf(bus) : null,
    identity: bus ? null : heldIdentity(raw),
  }));
  await sql`
    insert into quarantine_event (id, received_at, system_id, reason, issues, event, event_id, event_type, bus, bus_place, identity)
    select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (id uuid, received_at timestamptz, system_id text,
      reason text, issues jsonb, event jsonb, event_id text, event_type text, bus jsonb, bus_place text,
      identity text)
    on conflict do nothing`.execute(tx);
}
