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

export interface BusRights {
  /** `Read group pult`, `Write topic ut.go.retry`: what is needed and not given. */
  readonly lacking: readonly string[];
  /** Topics that the cluster does not have. */
  readonly missing: readonly string[];
}

/** What a broker says of each topic. */
type Metadata = Awaited<ReturnType<typeof metadataV8.api.async>>;

const BITS: Readonly<Record<BusRight, number>> = {
  Read: AclOperations.READ,
  Write: AclOperations.WRITE,
  Describe: AclOperations.DESCRIBE,
};
/** The broker does not say: one before 2.3. */
const UNSAID = -(2 ** 31);
const TOPIC_AUTHORIZATION_FAILED = 29;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const GROUP_TRIES = 8;
const GROUP_PAUSE_MS = 500;

/** @throws an error of the client library when the broker could not be asked */
export async function rightsOn(
  admin: Admin,
  wanted: { readonly brokers: readonly string[]; readonly group: string; readonly topics: readonly TopicNeed[] },
): Promise<BusRights> {
  const lacking: string[] = [];
  if (!(await mayReadGroup(admin, wanted.group))) lacking.push(`Read group ${wanted.group}`);
  const names = [...new Set(wanted.topics.map(({ topic }) => topic))];
  const found = names.length === 0 ? [] : await describe(admin, wanted.brokers.map(brokerOf), names);
  const byName = new Map(found.map((one) => [one.name, one]));
  for (const { topic, right } of wanted.topics) {
    const one = byName.get(topic);
    if (one === undefined || one.errorCode === UNKNOWN_TOPIC_OR_PARTITION) continue;
    if (one.errorCode === TOPIC_AUTHORIZATION_FAILED || !allows(one.topicAuthorizedOperations, right))
      lacking.push(`${right} topic ${topic}`);
  }
  const missing = names.filter(
    (name) => (byName.get(name)?.errorCode ?? UNKNOWN_TOPIC_OR_PARTITION) === UNKNOWN_TOPIC_OR_PARTITION,
  );
  return { lacking, missing };
}

const allows = (operations: number, right: BusRight): boolean =>
  operations === UNSAID || (operations & (1 << BITS[right])) !== 0;

/** A group that is not there yet is described as well. The first group of a cluster waits until it has made its own topic. */
async function mayReadGroup(admin: Admin, group: string): Promise<boolean> {
  for (let left = GROUP_TRIES; ; left -= 1) {
    try {
      const found = await admin.describeGroups({ groups: [group], includeAuthorizedOperations: true });
      return allows(found.get(group)?.authorizedOperations ?? UNSAID, 'Read');
    } catch (error) {
      const { code } = faultOfKafka(error);
      if (code === 'source.forbidden') return false;
      if (code !== 'source.overloaded' || left === 0) throw error;
      await pause(GROUP_PAUSE_MS);
    }
  }
}

/** The version of the request that brokers since 2.3 know; the answer stands in the error when a topic in it has one. */
async function describe(admin: Admin, brokers: Broker[], names: readonly string[]): Promise<Metadata['topics']> {
  const connection = await admin.connections.getFirstAvailable(brokers);
  try {
    return (await metadataV8.api.async(connection, [...names], false, true, false)).topics;
  } catch (error) {
    if (error instanceof Error && 'response' in error) return (error.response as Metadata).topics;
    throw error;
  }
}

function brokerOf(address: string): Broker {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at), port: Number(address.slice(at + 1)) };
}
