/** What a record of the bus is: a fact, a sign of life, a dead letter, or something for the quarantine. */
import type { ConnectorConfig, FlowConfig } from '@pult/shared/contracts/landscape-file';
import { cutText } from '../../../platform/http/clean-text.ts';
import { type DeadLetterOwner, deadLetterOwners, readDeadLetter } from '../dead-letters/read.ts';
import type { DeadLetter } from '../dead-letters/store.ts';
import { type ExchangeEvent, type Heartbeat, readEvent } from '../event.ts';
import type { Held } from '../held.ts';
import { readCloudEvent } from './cloud-event.ts';
import { isCutRecord, isKeptRecord, keptRecord, restoredRecord } from './kept-record.ts';
import type { BusPlace } from './place.ts';

/** What Pult reads from the bus, by topic. */
export interface BusTopics {
  readonly busId: string;
  readonly flows: ReadonlyMap<string, FlowConfig>;
  /** Topics with facts, and the systems that may speak there. */
  readonly sources: ReadonlyMap<string, readonly string[]>;
  readonly deadLetters: ReadonlyMap<string, DeadLetterOwner>;
}

/** The content of a record and where it stood. */
export interface PlacedRecord {
  readonly place: BusPlace;
  /** ms */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
}

export type Judged =
  | { readonly kind: 'event'; readonly event: ExchangeEvent }
  | { readonly kind: 'heartbeat'; readonly heartbeat: Heartbeat }
  | { readonly kind: 'dead-letter'; readonly letter: DeadLetter; readonly event: ExchangeEvent }
  | { readonly kind: 'quarantine'; readonly held: Held };

export const busTopicsOf = (
  busId: string,
  { eventTopics }: Extract<ConnectorConfig, { protocol: 'kafka' }>,
  flows: ReadonlyMap<string, FlowConfig>,
): BusTopics => ({
  busId,
  flows,
  sources: new Map(eventTopics.map(({ topic, sources }) => [topic, sources])),
  deadLetters: deadLetterOwners(flows.values()),
});

export function judgeRecord(record: PlacedRecord, topics: BusTopics, now: number): Judged {
  const { place } = record;
  const hold = (held: Pick<Held, 'reason' | 'issues'>, systemId = topics.busId): Judged => ({
    kind: 'quarantine',
    held: { ...held, systemId, raw: keptRecord(record), bus: place },
  });
  const owner = topics.deadLetters.get(place.topic);
  if (owner !== undefined) {
    const read = readDeadLetter({ ...record, ...place }, owner, { busId: topics.busId, flows: topics.flows, now });
    return read.kind === 'dead-letter' ? read : hold(read);
  }
  const read = readCloudEvent(record);
  if (read.kind === 'unreadable')
    return hold({ reason: 'unreadable', issues: [{ path: 'value', message: read.message }] });
  return judgeEvent(read.event, place, topics, now);
}

/** The same for what quarantine kept: a CloudEvent, or the record itself where none could be read from it. */
export function judgeKept(raw: unknown, place: BusPlace, topics: BusTopics, now: number): Judged {
  if (!isKeptRecord(raw) || 'specversion' in raw) return judgeEvent(raw, place, topics, now);
  const judged = judgeRecord({ ...restoredRecord(raw), place }, topics, now);
  if (!isCutRecord(raw)) return judged;
  // What was cut is not the record: put again it would be an empty one, kept again it would have forgotten its size.
  if (judged.kind === 'dead-letter') {
    const { letter } = judged;
    const sizeBytes = raw.sizeBytes ?? letter.sizeBytes;
    return { ...judged, letter: { ...letter, kept: false, sizeBytes } };
  }
  return judged.kind === 'quarantine' ? { ...judged, held: { ...judged.held, raw } } : judged;
}

function judgeEvent(raw: unknown, place: BusPlace, topics: BusTopics, now: number): Judged {
  const { busId, flows } = topics;
  const source = (raw as { source?: unknown }).source;
  const allowed = topics.sources.get(place.topic) ?? [];
  const isForeign = typeof source === 'string' && !allowed.includes(source);
  const systemId = typeof source === 'string' && !isForeign ? source : busId;
  const read = isForeign
    ? {
        kind: 'quarantine' as const,
        reason: 'foreign_source' as const,
        issues: [{ path: 'source', message: `«${cutText(source, 100)}» may not speak on «${place.topic}»` }],
      }
    : readEvent(raw, { systemId, flows, now });
  if (read.kind !== 'quarantine') return read;
  return { kind: 'quarantine', held: { systemId, raw, reason: read.reason, issues: read.issues, bus: place } };
}
