/** Records of the bus as they are kept, compared and put again, whatever client carries them. */

/** A record to put on a topic. Header values are bytes: what came from the bus goes back as it was. */
export interface BusRecord {
  readonly topic: string;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** In their order; a name may stand there more than once. */
  readonly headers: readonly (readonly [string, Buffer])[];
}

export type RecordContent = Omit<BusRecord, 'topic'>;

/** Where one record stands on the bus. */
export interface RecordPlace {
  readonly topic: string;
  /** A topic that was made anew under the same name counts its offsets from zero again. */
  readonly topicId: string;
  readonly partition: number;
  /** A decimal string: offsets are 64 bits. */
  readonly offset: string;
}

/** A record too large to be kept: read again where it stands, and put again only when it is the same one. */
export interface LeftRecord {
  readonly place: RecordPlace;
  /** Null: not known, or none. */
  readonly key: Buffer | null;
  /** See {@link recordSize}; null: not known. */
  readonly sizeBytes: number | null;
}

/** A record to be put again to one consumer: as it was kept, or from where it was left. */
export interface RedriveRequest {
  /** The retry topic of this consumer alone. */
  readonly topic: string;
  readonly record: RecordContent | LeftRecord;
  /** Number of the attempt, given by Pult. */
  readonly attempt: number;
  readonly operationId: string;
  readonly idempotencyKey: string;
}

/** Bytes of a record as it is kept and compared: key, value and headers, without the envelope of the protocol. */
export const recordSize = ({ key, value, headers }: RecordContent): number =>
  headers.reduce((sum, [name, text]) => sum + name.length + text.length, (key?.length ?? 0) + (value?.length ?? 0));
