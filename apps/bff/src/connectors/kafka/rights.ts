/** What the broker lets this account do: asked of the broker itself, nothing is tried. */
import { setTimeout as pause } from 'node:timers/promises';
import { AclOperations, type Admin, type Broker, metadataV8 } from '@platformatic/kafka';
import { faultOfKafka } from './faults.ts';

/** As Kafka calls its operations. */
export type BusRight = 'Read' | 'Write' | 'Describe';

export interface TopicNeed {
  readonly topic: string;
  readonly right: BusRight;
}

export interface GroupNeed {
  readonly group: string;
  readonly right: BusRight;
}

export interface BusRights {
  /** `Read group pult`, `Write topic ut.go.retry`: what is needed and not given. */
  readonly lacking: readonly string[];
  /** The same, of what only widens the page of the bus: groups that the landscape does not name. */
  readonly unseen: readonly string[];
  /** Topics that the cluster does not have. */
  readonly missing: readonly string[];
}

/** What a broker says of each topic. */
type Metadata = Awaited<ReturnType<typeof metadataV8.api.async>>;

const BITS: Readonly<Record<BusRight | 'IdempotentWrite', number>> = {
  IdempotentWrite: AclOperations.IDEMPOTENT_WRITE,
  Read: AclOperations.READ,
  Write: AclOperations.WRITE,
  Describe: AclOperations.DESCRIBE,
};
/** The broker does not say: one before 2.3. */
const UNSAID = -(2 ** 31);
const TOPIC_AUTHORIZATION_FAILED = 29;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
/** Number of the request ListOffsets: its version 7 came with brokers 3.0, where Write on a topic is enough for a producer. */
const LIST_OFFSETS = 2;
const LIST_OFFSETS_OF_3_0 = 7;
const GROUP_TRIES = 8;
const GROUP_PAUSE_MS = 500;

/** @throws an error of the client library when the broker could not be asked */
export async function rightsOn(
  admin: Admin,
  wanted: {
    readonly brokers: readonly string[];
    readonly groups: readonly GroupNeed[];
    readonly topics: readonly TopicNeed[];
  },
): Promise<BusRights> {
  const lacking: string[] = [];
  for (const need of wanted.groups)
    if (!(await hasGroup(admin, need))) lacking.push(`${need.right} group ${need.group}`);
  const names = [...new Set(wanted.topics.map(({ topic }) => topic))];
  const { topics: found, clusterAuthorizedOperations: cluster } = await describe(
    admin,
    wanted.brokers.map(brokerOf),
    names,
  );
  const byName = new Map(found.map((one) => [one.name, one]));
  const writes = wanted.topics.some(({ right }) => right === 'Write');
  if (writes && !allows(cluster, 'IdempotentWrite') && (await isBefore30(admin)))
    lacking.push('IdempotentWrite cluster');
  for (const { topic, right } of wanted.topics) {
    const one = byName.get(topic);
    if (one === undefined || one.errorCode === UNKNOWN_TOPIC_OR_PARTITION) continue;
    if (one.errorCode === TOPIC_AUTHORIZATION_FAILED || !allows(one.topicAuthorizedOperations, right))
      lacking.push(`${right} topic ${topic}`);
  }
  const missing = names.filter(
    (name) => (byName.get(name)?.errorCode ?? UNKNOWN_TOPIC_OR_PARTITION) === UNKNOWN_TOPIC_OR_PARTITION,
  );
  return { lacking, missing, unseen: allows(cluster, 'Describe') ? [] : ['Describe cluster'] };
}

async function isBefore30(admin: Admin): Promise<boolean> {
  const listed = (await admin.listApis()).find(({ apiKey }) => apiKey === LIST_OFFSETS);
  return listed !== undefined && listed.maxVersion < LIST_OFFSETS_OF_3_0;
}

const allows = (operations: number, right: keyof typeof BITS): boolean =>
  operations === UNSAID || (operations & (1 << BITS[right])) !== 0;

/** A group that is not there yet is described as well. The first group of a cluster waits until it has made its own topic. */
async function hasGroup(admin: Admin, { group, right }: GroupNeed): Promise<boolean> {
  for (let left = GROUP_TRIES; ; left -= 1) {
    try {
      const found = await admin.describeGroups({ groups: [group], includeAuthorizedOperations: true });
      return allows(found.get(group)?.authorizedOperations ?? UNSAID, right);
    } catch (error) {
      const { code } = faultOfKafka(error);
      if (code === 'source.forbidden') return false;
      if (code !== 'source.overloaded' || left === 0) throw error;
      await pause(GROUP_PAUSE_MS);
    }
  }
}

/** The version of the request that brokers since 2.3 know; the answer stands in the error when a topic in it has one. */
async function describe(admin: Admin, brokers: Broker[], names: readonly string[]): Promise<Metadata> {
  const connection = await admin.connections.getFirstAvailable(brokers);
  try {
    return await metadataV8.api.async(connection, [...names], false, true, true);
  } catch (error) {
    if (error instanceof Error && 'response' in error) return error.response as Metadata;
    throw error;
  }
}

function brokerOf(address: string): Broker {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}
