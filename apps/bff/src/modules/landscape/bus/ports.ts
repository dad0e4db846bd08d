/** What the landscape asks of a bus: one whole reading, as its brokers tell it. */

export interface BrokerFacts {
  readonly id: number;
  /** host:port */
  readonly address: string;
}
export interface PartitionFacts {
  readonly partition: number;
  readonly leader: number | null;
  /** Offset of the oldest record kept; null when it was not asked. */
  readonly oldest: number | null;
  /** Offset of the next record. */
  readonly newest: number;
}
export interface TopicFacts {
  readonly topic: string;
  readonly partitions: readonly PartitionFacts[];
}
export interface MemberFacts {
  readonly clientId: string;
  readonly host: string;
  /** Topic and partition numbers that the member has been given. */
  readonly assigned: readonly { readonly topic: string; readonly partitions: readonly number[] }[];
}
export interface GroupFacts {
  readonly group: string;
  /** As the broker calls it; the empty text when it has never heard of the group. */
  readonly state: string;
  readonly members: readonly MemberFacts[];
  readonly offsets: readonly { readonly topic: string; readonly partition: number; readonly committed: number }[];
}
export interface BusReading {
  readonly controller: number | null;
  readonly brokers: readonly BrokerFacts[];
  readonly topics: readonly TopicFacts[];
  readonly groups: readonly GroupFacts[];
}

/** Administration client of one bus. */
export interface BusAdmin {
  /**
   * Reads brokers, the topics named (those that exist) and the groups named, beside every other group that the broker lists.
   * @throws SourceError when the brokers cannot be asked
   */
  read(wanted: { readonly topics: readonly string[]; readonly groups: readonly string[] }): Promise<BusReading>;
}

/** Records that a bus deleted before Pult had read them. */
export interface MissedOnBus {
  readonly topic: string;
  readonly topicId: string;
  readonly partition: number;
  /** Where the group of Pult stood, decimal. */
  readonly from: string;
  readonly records: number;
  /** ms since the epoch */
  readonly at: number;
}
