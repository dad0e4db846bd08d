/**
 * A real Apache Kafka for the demonstration, the tests and the benchmark: one KRaft node on loopback, run by the Java of
 * this machine from jars that Maven fetches once into a git-ignored folder.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { choosePort } from './free-port.ts';
import { java, javaGap, outcomeOf, startOwned } from './java.ts';

const KAFKA_VERSION = '4.3.1';
const LOG4J_VERSION = '2.25.4';
const TOOLS = fileURLToPath(new URL(`../.tools/kafka-${KAFKA_VERSION}`, import.meta.url));
const START_LIMIT_MS = 180_000;
/** Only the quick compiler, and a collector without threads of its own. */
const LIGHT = ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC'];

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>pult</groupId><artifactId>kafka-broker</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>${LOG4J_VERSION}</version></dependency>
  </dependencies>
</project>
`;

/** A broker that runs. */
export interface KafkaBroker {
  /** `host:port` for clients. */
  readonly brokers: string;
  /** `host:port` of the listener with TLS and names; null when it was not asked for. */
  readonly secured: string | null;
  /** `host:port` of the listener that lets in by a client certificate alone; null when it was not asked for. */
  readonly mutual: string | null;
  /** Settles when the process has ended, whoever ended it. */
  readonly ended: Promise<void>;
  /** Ends it in order: what was acknowledged is on disk. */
  stop(): Promise<void>;
  /** Ends it at once, as a machine that loses its power would. */
  kill(): Promise<void>;
}

export interface KafkaBrokerOptions {
  /** Where the data and the settings are kept; the same folder again is the same broker. */
  readonly dir: string;
  /** Client port; any free one by default. */
  readonly port?: number;
  readonly heapMb?: number;
  /** Comes up with half of the work, and is slower under full load: for a demonstration and for tests. */
  readonly light?: boolean;
  /**
   * A second listener, for localhost, with TLS and a login by PLAIN or SCRAM. Whoever comes in by it may do nothing until
   * an ACL says so; whoever comes in by the first one may do everything.
   */
  readonly secured?: {
    /** PEM. */
    readonly certificate: string;
    readonly key: string;
    /** Passwords by name, of letters and digits. */
    readonly users: Readonly<Record<string, string>>;
    /**
     * PEM with the certificates of clients that are trusted. The second listener takes them without asking for them; a
     * third one lets in whoever shows one and nobody else, by the name of its subject.
     */
    readonly clients?: string;
  };
}

const SCRAM = 'SCRAM-SHA-512';

const hasJars = (): boolean => existsSync(join(TOOLS, 'lib'));

/** What this machine lacks for a broker, as one sentence; undefined when nothing does. */
export function kafkaGap(): string | undefined {
  const gap = javaGap('Apache Kafka', hasJars());
  return gap === undefined ? undefined : `${gap}, or a broker in KAFKA_BROKERS`;
}

/** Fetches the jars unless they are there. Several processes may do it at once: one folder wins. */
async function fetchJars(): Promise<void> {
  if (hasJars()) return;
  const part = `${TOOLS}.${process.pid}.part`;
  mkdirSync(part, { recursive: true });
  writeFileSync(join(part, 'pom.xml'), POM);
  const args = ['-q', '-B', 'dependency:copy-dependencies', '-DoutputDirectory=lib', '-DincludeScope=runtime'];
  const maven = spawn('mvn', args, { cwd: part, stdio: ['ignore', 'pipe', 'pipe'] });
  const { code, output } = await outcomeOf(maven);
  if (code !== 0) {
    rmSync(part, { recursive: true, force: true });
    throw new Error(`Maven could not fetch Apache Kafka ${KAFKA_VERSION}: ${output.trim().split('\n')[0] ?? ''}`);
  }
  try {
    renameSync(part, TOOLS);
  } catch {
    rmSync(part, { recursive: true, force: true });
    if (!hasJars()) throw new Error(`${TOOLS} could not be made`);
  }
}

const listener = (protocol: 'SASL_SSL' | 'SSL', port: number | null): string =>
  port === null ? '' : `,${protocol}://localhost:${port}`;

/** A PEM on one line of a properties file. */
const pem = (text: string): string => text.trim().replaceAll('\n', '\\n');

const securedSettings = ({ certificate, key, users, clients }: NonNullable<KafkaBrokerOptions['secured']>): string => {
  const plain = Object.entries(users).map(([name, password]) => ` user_${name}="${password}"`);
  const trusted =
    clients === undefined
      ? ''
      : `ssl.truststore.type=PEM
ssl.truststore.certificates=${pem(clients)}
listener.name.sasl_ssl.ssl.client.auth=requested
listener.name.ssl.ssl.client.auth=required
`;
  return `authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer
super.users=User:ANONYMOUS
ssl.keystore.type=PEM
ssl.keystore.certificate.chain=${pem(certificate)}
ssl.keystore.key=${pem(key)}
${trusted}sasl.enabled.mechanisms=PLAIN,${SCRAM}
listener.name.sasl_ssl.plain.sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required${plain.join('')};
listener.name.sasl_ssl.${SCRAM.toLowerCase()}.sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required;
`;
};

/** Settings of a single node. Topics are made by whoever owns them: a misspelt name must not become a topic. */
const settings = (
  dir: string,
  ports: { client: number; controller: number; secured: number | null; mutual: number | null },
): string => `process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:${ports.controller}
listeners=PLAINTEXT://127.0.0.1:${ports.client},CONTROLLER://127.0.0.1:${ports.controller}${listener('SASL_SSL', ports.secured)}${listener('SSL', ports.mutual)}
advertised.listeners=PLAINTEXT://127.0.0.1:${ports.client}${listener('SASL_SSL', ports.secured)}${listener('SSL', ports.mutual)}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,SASL_SSL:SASL_SSL,SSL:SSL
log.dirs=${join(dir, 'log')}
num.partitions=3
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
log.segment.bytes=67108864
log.cleaner.dedupe.buffer.size=33554432
`;

const answers = (port: number): Promise<boolean> =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });

/**
 * Starts a broker on the folder and waits until it answers. It ends with the process that started it, however that ends.
 * @throws Error with one sentence when the machine lacks something or the broker does not come up
 */
export async function startKafka({
  dir,
  port: given,
  heapMb = 512,
  light = false,
  secured,
}: KafkaBrokerOptions): Promise<KafkaBroker> {
  const gap = kafkaGap();
  if (gap !== undefined) throw new Error(gap);
  await fetchJars();
  mkdirSync(dir, { recursive: true });
  const port = given ?? (await choosePort(0));
  const controllerPort = await choosePort(0);
  const securedPort = secured === undefined ? null : await choosePort(0);
  const mutualPort = secured?.clients === undefined ? null : await choosePort(0);
  const file = join(dir, 'server.properties');
  const ports = { client: port, controller: controllerPort, secured: securedPort, mutual: mutualPort };
  writeFileSync(file, settings(dir, ports) + (secured === undefined ? '' : securedSettings(secured)), { mode: 0o600 });
  const classes = ['-cp', join(TOOLS, 'lib/*')];
  if (!existsSync(join(dir, 'log/meta.properties'))) {
    // One that began with a dash would be read as an option.
    const id = Buffer.from(crypto.randomUUID().replaceAll('-', ''), 'hex').toString('base64url').replace(/^-/, 'A');
    const names = Object.entries(secured?.users ?? {}).flatMap(([name, password]) => [
      '--add-scram',
      `${SCRAM}=[name=${name},password=${password}]`,
    ]);
    const args = [...classes, 'kafka.tools.StorageTool', 'format', '-t', id, '-c', file, ...names];
    const { code, output } = await outcomeOf(spawn(java(), args, { stdio: ['ignore', 'pipe', 'pipe'] }));
    if (code !== 0) throw new Error(`the folder of the broker could not be made: ${output.trim().slice(-300)}`);
  }
  const command = [java(), `-Xmx${heapMb}m`, ...(light ? LIGHT : []), ...classes, 'kafka.Kafka', file];
  const server = startOwned(command);
  const deadline = Date.now() + START_LIMIT_MS;
  while (server.isRunning() && !(await answers(port))) {
    if (Date.now() > deadline) await server.kill();
    await pause(100);
  }
  if (!server.isRunning())
    throw new Error(`Apache Kafka did not start: ${server.output().trim().slice(-600) || 'it said nothing'}`);
  return {
    brokers: `127.0.0.1:${port}`,
    secured: securedPort === null ? null : `localhost:${securedPort}`,
    mutual: mutualPort === null ? null : `localhost:${mutualPort}`,
    ended: server.ended,
    kill: server.kill,
    stop: server.stop,
  };
}

/** Client port that the folder's broker had last; 0 when there was none. Clients find it again there. */
export function lastKafkaPort(dir: string): number {
  const file = join(dir, 'server.properties');
  if (!existsSync(file) || !readdirSync(dir).includes('log')) return 0;
  return Number(/advertised\.listeners=PLAINTEXT:\/\/127\.0\.0\.1:(\d+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? 0);
}
