/** Where a record stands on the bus. */
export interface BusPlace {
  readonly topic: string;
  /** Identity of the topic: one made anew under the same name begins its offsets again. */
  readonly topicId: string;
  readonly partition: number;
  /** A decimal string: offsets are 64 bits. */
  readonly offset: string;
}

/** One text per place, the same for every reading of the record. */
export const placeOf = ({ topicId, partition, offset }: Omit<BusPlace, 'topic'>): string =>
  `${topicId}/${partition}/${offset}`;
