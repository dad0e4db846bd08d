import { sql } from 'kysely';
import type { RedriveRequest } from '../../../connectors/port/bus-record.ts';
import type { Db } from '../../../platform/db/database.ts';

/** A record that a consumer gave up on, as it stands among its dead letters. Instants in ms. */
export interface DeadLetter {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** Decimal string, as `originalOffset`. */
  readonly offset: string;
  readonly deliveryId: string;
  readonly writtenAt: number;
  readonly attempt: number;
  readonly error: string;
  readonly originalTopic: string | null;
  readonly originalPartition: number | null;
  readonly originalOffset: string | null;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
  readonly sizeBytes: number;
  /** False when the record was too large: value and headers, or a part of them, are not here. */
  readonly kept: boolean;
}

/** Writes them down inside the caller's transaction. The same place read again changes nothing. */
export async function keepDeadLetters(tx: Db, letters: readonly DeadLetter[], now: number): Promise<void> {
  const rows = letters.map((letter) => ({
    topic_id: letter.topicId,
    partition: letter.partition,
    position: letter.offset,
    topic: letter.topic,
    delivery_id: letter.deliveryId,
    written_at: new Date(letter.writtenAt).toISOString(),
    read_at: new Date(now).toISOString(),
    attempt: letter.attempt,
    error: letter.error,
    original_topic: letter.originalTopic,
    original_partition: letter.originalPartition,
    original_position: letter.originalOffset,
    key: letter.key?.toString('base64') ?? null,
    value: letter.value?.toString('base64') ?? null,
    headers: letter.headers.map(([name, value]) => [name, value.toString('base64')]),
    size_bytes: letter.sizeBytes,
    kept: letter.kept,
  }));
  await sql`
    insert into dead_letter (topic_id, partition, position, topic, delivery_id, written_at, read_at, attempt, error,
      original_topic, original_partition, original_position, key, value, headers, size_bytes, kept)
    select topic_id, partition, position, topic, delivery_id, written_at, read_at, attempt, error, original_topic,
      original_partition, original_position, decode(key, 'base64'), decode(value, 'base64'), headers, size_bytes, kept
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r (topic_id text, partition int, position bigint, topic text,
      delivery_id uuid, written_at timestamptz, read_at timestamptz, attempt int, error text, original_topic text,
      original_partition int, original_position bigint, key text, value text, headers jsonb, size_bytes int, kept boolean)
    order by topic_id, partition, position
    on conflict do nothing`.execute(tx);
}

interface Stored {
  readonly topic: string;
  readonly topic_id: string;
  readonly partition: number;
  readonly position: string;
  readonly delivery_id: string;
  readonly written_at: Date;
  readonly attempt: number;
  readonly error: string;
  readonly original_topic: string | null;
  readonly original_partition: number | null;
  readonly original_position: string | null;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, string])[];
  readonly size_bytes: number;
  readonly kept: boolean;
}

/** Dead letters of a delivery, newest first. */
export async function deadLettersOf(db: Db, deliveryId: string, limit: number): Promise<DeadLetter[]> {
  const { rows } = await sql<Stored>`
    select topic, topic_id, partition, position::text as position, delivery_id, written_at, attempt, error, original_topic,
      original_partition, original_position::text as original_position, key, value, headers, size_bytes, kept
    from dead_letter where delivery_id = ${deliveryId} order by written_at desc, position desc limit ${limit}`.execute(
    db,
  );
  return rows.map((row) => ({
    topic: row.topic,
    topicId: row.topic_id,
    partition: row.partition,
    offset: row.position,
    deliveryId: row.delivery_id,
    writtenAt: row.written_at.getTime(),
    attempt: row.attempt,
    error: row.error,
    originalTopic: row.original_topic,
    originalPartition: row.original_partition,
    originalOffset: row.original_position,
    key: row.key,
    value: row.value,
    headers: row.headers.map(([name, value]) => [name, Buffer.from(value, 'base64')] as const),
    sizeBytes: row.size_bytes,
    kept: row.kept,
  }));
}
/** Which of the deliveries have a record that can be put again: kept here, or left where it stands. */
export async function withDeadLetter(db: Db, deliveryIds: readonly string[]): Promise<Set<string>> {
  if (deliveryIds.length === 0) return new Set();
  const { rows } = await sql<{ delivery_id: string }>`
    select distinct delivery_id from dead_letter where delivery_id = any(${[...deliveryIds]}::uuid[])`.execute(db);
  return new Set(rows.map(({ delivery_id }) => delivery_id));
}

/** Where a record stood before it was given up the first time. */
/** Topic → deliveries with a record in it that are neither applied nor discarded; a record stays in its topic after both. */
export async function openDeadLetters(db: Db): Promise<Map<string, number>> {
  const { rows } = await sql<{ topic: string; count: number }>`
    select l.topic, count(distinct l.delivery_id)::int as count
    from delivery d join dead_letter l on l.delivery_id = d.id
    where d.state in ('accepted', 'sent', 'delivered', 'retrying', 'failed', 'in_doubt') group by l.topic`.execute(db);
  return new Map(rows.map(({ topic, count }) => [topic, count]));
}

export interface FirstPlace {
  /** Digest of topic and key; null: the record has no key. */
  readonly key: string | null;
  /** Topic and partition. */
  readonly partition: string;
  /** Decimal string. */
  readonly offset: string;
}

/**
 * First places of deliveries: on the topic that the consumer read, or among its dead letters where nobody says which that was.
 * A record that was put again and given up once more has later places, which say nothing of its order.
 */
export async function firstPlaces(db: Db, deliveryIds: readonly string[]): Promise<Map<string, FirstPlace>> {
  if (deliveryIds.length === 0) return new Map();
  const { rows } = await sql<FirstPlace & { id: string }>`
    select distinct on (delivery_id) delivery_id as id,
      encode(sha256(convert_to(coalesce(original_topic, topic), 'UTF8') || decode('00', 'hex') || key), 'hex') as key,
      case when original_topic is null or original_partition is null or original_position is null
        then 'dead ' || topic_id || '/' || partition else original_topic || '/' || original_partition end as partition,
      case when original_topic is null or original_partition is null or original_position is null
        then position else original_position end::text as "offset"
    from dead_letter where delivery_id = any(${[...deliveryIds]}::uuid[])
    order by delivery_id, written_at, topic_id, partition, position`.execute(db);
  return new Map(rows.map(({ id, ...place }) => [id, place]));
}

/**
 * Deliveries whose record had an older one of the same key before it that was given up, too, and has no end yet. By first places:
 * later ones say nothing of the order.
 */
export async function behindByKey(db: Db, deliveryIds: readonly string[]): Promise<Set<string>> {
  if (deliveryIds.length === 0) return new Set();
  const { rows } = await sql<{ id: string }>`
    with mine as materialized (
      select distinct on (delivery_id) * from dead_letter where delivery_id = any(${[...deliveryIds]}::uuid[])
      order by delivery_id, written_at, topic_id, partition, position)
    select distinct m.delivery_id as id from mine m join delivery d on d.id = m.delivery_id
    join dead_letter o on o.key = m.key and o.delivery_id <> m.delivery_id
      and coalesce(o.original_topic, o.topic) = coalesce(m.original_topic, m.topic)
      and case when o.original_partition = m.original_partition and o.original_position is not null and m.original_position is not null
        then o.original_position < m.original_position
        else (o.written_at, o.topic_id, o.partition, o.position) < (m.written_at, m.topic_id, m.partition, m.position) end
      and not exists (select from dead_letter e where e.delivery_id = o.delivery_id
        and (e.written_at, e.topic_id, e.partition, e.position) < (o.written_at, o.topic_id, o.partition, o.position))
    join delivery od on od.id = o.delivery_id and od.flow_id = d.flow_id and od.consumer = d.consumer
      and od.state not in ('applied', 'discarded')`.execute(db);
  return new Set(rows.map(({ id }) => id));
}

/** Smaller ones are kept, or their size is that of a part: older rows of quarantine counted only what was kept. */
const SIZE_IS_KNOWN_ABOVE = 128 * 1024;

/** What there is to put again. */
export function recordOf(letter: DeadLetter): RedriveRequest['record'] {
  const { key, value, headers, topic, topicId, partition, offset, sizeBytes } = letter;
  if (letter.kept) return { key, value, headers };
  return {
    place: { topic, topicId, partition, offset },
    key,
    sizeBytes: sizeBytes > SIZE_IS_KNOWN_ABOVE ? sizeBytes : null,
  };
}
