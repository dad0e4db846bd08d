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

/** Bytes of a record as it is kept and compared: key, value and headers, without the envelope of the protocol. */
export const recordSize = ({ key, value, headers }: RecordContent): number =>
  headers.reduce((sum, [name, text]) => sum + name.length + text.length, (key?.length ?? 0) + (value?.length ?? 0));
