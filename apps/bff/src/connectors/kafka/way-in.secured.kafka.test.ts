import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AclOperations,
  AclPermissionTypes,
  type Admin,
  ResourcePatternTypes,
  ResourceTypes,
} from '@platformatic/kafka';
import type { CheckFault } from '@pult/shared/contracts/connection-checks';
import { type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { type Connectors, createConnectors } from '../registry.ts';
import { openTestBus, type TestBus } from '../testing/bus.ts';
import {
  CLIENT_CERTIFICATE,
  CLIENT_KEY,
  CLIENT_KEY_ENCRYPTED,
  CLIENT_KEY_PASSWORD,
  ENDED_CLIENT_CERTIFICATE,
  RENEWED_CLIENT_CERTIFICATE,
  RENEWED_CLIENT_KEY,
  SECURED_USERS,
  STRANGER_CERTIFICATE,
  STRANGER_KEY,
  TEST_CERTIFICATE,
} from '../testing/certificates.ts';
import type { ReadRecord } from './reader.ts';

/** The bus behind TLS, a login or a client certificate, and access rules, as a company runs it. */

const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };
const OWN_HEADERS = [
  ['retry-attempt', '2'],
  ['retry-operation', 'operation'],
  ['retry-idempotency-key', 'key'],
];
const open: Connectors[] = [];
let bus: TestBus;
let anonymous: Admin;
let folder: string;
let caFile: string;
let facts: string;
let letters: string;
let retries: string;
let prices: string;
/** Groups of others: they need not be there to be asked about. */
let feed: string;
let notices: string;

const KINDS = { topic: ResourceTypes.TOPIC, group: ResourceTypes.GROUP, cluster: ResourceTypes.CLUSTER } as const;
type Rule = readonly [keyof typeof KINDS, string, keyof typeof AclOperations];

/** What docs/protocols/kafka.md says that the account needs. */
const documented = (): Rule[] => [
  ['group', bus.config.groupId, 'READ'],
  ['topic', facts, 'READ'],
  ['topic', letters, 'READ'],
  ['topic', retries, 'WRITE'],
  ['topic', prices, 'DESCRIBE'],
  ['group', feed, 'DESCRIBE'],
  ['group', notices, 'DESCRIBE'],
];

/** Allows the account what is said, on topics and groups of this test alone. */
async function allow(rules: readonly Rule[], principal = 'User:pult') {
  await anonymous.createAcls({
    creations: rules.map(([kind, name, operation]) => ({
      resourceType: KINDS[kind],
      resourceName: name,
      resourcePatternType: ResourcePatternTypes.LITERAL,
      principal,
      host: '*',
      operation: AclOperations[operation],
      permissionType: AclPermissionTypes.ALLOW,
    })),
  });
}

const landscape = (connector: object): LandscapeFile =>
  landscapeFile.parse({
    version: 1,
    systems: [
      {
        id: 'kafka',
        title,
        kind: 'bus',
        place,
        connector: {
          protocol: 'kafka',
          brokers: inject('securedBrokers'),
          groupId: bus.config.groupId,
          tls: true,
          caFile,
          userEnv: 'KAFKA_USER',
          passwordEnv: 'KAFKA_PASSWORD',
          eventTopics: [{ topic: facts, sources: ['go'] }],
          limits: { concurrency: 2, timeoutMs: '10s', pollMs: '10s' },
          ...connector,
        },
      },
      { id: 'go', title, kind: 'service', place, consumerGroups: [feed, notices] },
    ],
    flows: [
      {
        id: 'over-bus',
        title,
        what: title,
        from: ['kafka'],
        to: ['go'],
        era: 'to-be',
        channel: 'kafka',
        consumers: [{ system: 'go', group: feed, retryTopic: retries, deadLetterTopic: letters }],
        topics: [prices],
      },
    ],
  });

function connect(connector: object = {}, secrets: Readonly<Record<string, string>> = {}): Connectors {
  const connectors = createConnectors({
    landscape: landscape(connector),
    secrets: { KAFKA_USER: 'pult', KAFKA_PASSWORD: SECURED_USERS.pult, ...secrets },
    clock: systemClock,
  });
  open.push(connectors);
  return connectors;
}

function pemFile(name: string, text: string): string {
  const file = join(folder, `${name}.pem`);
  writeFileSync(file, text);
  return file;
}

async function walk(connectors: Connectors): Promise<{ done: string; fault: CheckFault | null }> {
  const done: string[] = [];
  for (const step of connectors.checkSteps('kafka') ?? []) {
    const outcome = await step.run();
    done.push(step.id);
    if (!outcome.ok) return { done: done.join(' '), fault: outcome.fault };
  }
  return { done: done.join(' '), fault: null };
}

beforeAll(async () => {
  bus = openTestBus(inject('kafkaBrokers'));
  anonymous = bus.admin;
  folder = mkdtempSync(join(tmpdir(), 'pult-ca-'));
  caFile = pemFile('authority', TEST_CERTIFICATE);
  [feed, notices] = [bus.topic('site-feed'), bus.topic('notices')];
  [facts, letters, retries, prices] = await Promise.all([
    bus.make('facts'),
    bus.make('go.dlq'),
    bus.make('go.retry'),
    bus.make('prices'),
  ]);
});
afterAll(async () => {
  await Promise.all(open.map((one) => one.close()));
  await bus.close();
});

describe('a check of the bus behind TLS and a login', () => {
  it('says that the certificate is of an authority that Pult does not know', async () => {
    const outcome = await walk(connect({ caFile: undefined }));
    expect(outcome).toMatchObject({ done: 'dns connect', fault: { code: 'certificate_untrusted' } });
  });

  it('compares the certificate of a broker that is known by its address with the address', async () => {
    const client = connect({ brokers: inject('securedBrokers').replace('localhost', '127.0.0.1'), caFile }).kafka(
      'kafka',
    );
    await expect(client.check()).rejects.toMatchObject({
      code: 'source.unreachable',
      message: expect.stringContaining('127.0.0.1'),
    });
  });

  it('says that the port wants encryption', async () => {
    const outcome = await walk(connect({ tls: false, caFile: undefined }));
    expect(outcome).toMatchObject({ done: 'dns connect login', fault: { code: 'tls_wanted' } });
  });

  it('says that the bus seems to want a login', async () => {
    const outcome = await walk(connect({ userEnv: undefined, passwordEnv: undefined }));
    expect(outcome).toMatchObject({ done: 'dns connect login', fault: { code: 'login_wanted' } });
  });

  it.each(['PLAIN', 'SCRAM-SHA-512'])('says that the password is wrong: %s', async (sasl) => {
    const outcome = await walk(connect({ sasl }, { KAFKA_PASSWORD: 'неверный' }));
    expect(outcome).toMatchObject({
      done: 'dns connect login',
      fault: { code: 'wrong_password', data: { user: 'pult' } },
    });
    expect(JSON.stringify(outcome)).not.toContain('неверный');
  });

  it('sends a refused password no second time', async () => {
    const connectors = connect({}, { KAFKA_PASSWORD: 'неверный' });
    await expect(connectors.check('kafka')).rejects.toMatchObject({ code: 'source.unauthorized' });
    await expect(connectors.check('kafka')).rejects.toMatchObject({ code: 'source.circuit_open' });
    expect(connectors.state('kafka')).toMatchObject({ circuit: 'open', login: { refusals: 1 } });
  });

  it('says that the broker knows no such way of login', async () => {
    const outcome = await walk(connect({ sasl: 'SCRAM-SHA-256' }));
    expect(outcome).toMatchObject({ fault: { code: 'sasl_mechanism', data: { mechanism: 'SCRAM-SHA-256' } } });
  });

  it('asks nothing without a password', async () => {
    const outcome = await walk(connect({}, { KAFKA_PASSWORD: '' }));
    expect(outcome).toMatchObject({ done: 'dns connect login', fault: { code: 'no_credentials' } });
  });

  it('names every right that the account lacks, first all, then those that are left', async () => {
    const { fault } = await walk(connect());
    expect(fault).toMatchObject({ code: 'bus_rights', data: { user: 'pult' } });
    expect(fault?.data.objects).toEqual([
      `Read group ${bus.config.groupId}`,
      `Describe group ${feed}`,
      `Describe group ${notices}`,
      `Read topic ${facts}`,
      `Describe topic ${prices}`,
      `Read topic ${letters}`,
      `Write topic ${retries}`,
    ]);
    // Seen is not enough: who may describe a topic may not write to it.
    await allow([
      ['group', bus.config.groupId, 'DESCRIBE'],
      ['topic', facts, 'READ'],
      ['topic', letters, 'DESCRIBE'],
      ['topic', retries, 'DESCRIBE'],
      ['topic', prices, 'DESCRIBE'],
      ['group', feed, 'DESCRIBE'],
    ]);
    await expect
      .poll(async () => (await walk(connect())).fault?.data.objects, { timeout: 15_000 })
      .toEqual([
        `Read group ${bus.config.groupId}`,
        `Describe group ${notices}`,
        `Read topic ${letters}`,
        `Write topic ${retries}`,
      ]);
  });
});

describe('the bus behind TLS and a login, with the rights of the documentation', () => {
  beforeAll(async () => {
    await allow(documented());
  });

  it.each(['PLAIN', 'SCRAM-SHA-512'])('passes its check: %s', async (sasl) => {
    await expect
      .poll(() => walk(connect({ sasl })), { timeout: 15_000 })
      .toEqual({ done: 'dns connect login rights objects', fault: null });
  });

  it('says what the page of the bus does not show without the right to the cluster, and nothing with it', async () => {
    const rights = async () => {
      const outcome = await connect()
        .checkSteps('kafka')
        ?.find(({ id }) => id === 'rights')
        ?.run();
      return outcome?.ok === true ? outcome.facts : expect.unreachable();
    };
    expect(await rights()).toEqual({ objects: 7, unseen: ['Describe cluster'] });
    await allow([['cluster', 'kafka-cluster', 'DESCRIBE']]);
    await expect.poll(rights, { timeout: 15_000 }).toEqual({ objects: 7 });
  });

  it('passes while one of several brokers is down, and names it', async () => {
    const brokers = `localhost:1, ${inject('securedBrokers')}`;
    expect(await walk(connect({ brokers }))).toEqual({ done: 'dns connect login rights objects', fault: null });
    const door = await connect({ brokers })
      .checkSteps('kafka')
      ?.find(({ id }) => id === 'connect')
      ?.run();
    expect(door).toMatchObject({ ok: true, facts: { encrypted: true, down: ['localhost:1'] } });
  });

  it('is read from, commits what was read, and takes a record for a retry', async () => {
    const client = connect().kafka('kafka');
    await bus.write(facts, [{ key: 'РТ-1', value: '{}' }]);
    const read: ReadRecord[] = [];
    const reader = client.reader({ topics: [facts, letters], effect: async (records) => void read.push(...records) });
    reader.start();
    await expect.poll(() => read.map(({ key }) => key?.toString()), { timeout: 15_000 }).toEqual(['РТ-1']);
    await reader.stop();
    expect(await bus.committed(facts)).toEqual([1n]);

    await connect().redrive('kafka', {
      topic: retries,
      record: { key: Buffer.from('РТ-1'), value: Buffer.from('{}'), headers: [] },
      attempt: 2,
      operationId: 'operation',
      idempotencyKey: 'key',
    });
    expect(await bus.read(retries)).toMatchObject([{ key: 'РТ-1', headers: OWN_HEADERS }]);
  });

  it('tells a record that it may not write from one that it could not', async () => {
    const refused = connect().redrive('kafka', {
      topic: facts,
      record: { key: null, value: Buffer.from('{}'), headers: [] },
      attempt: 2,
      operationId: 'operation',
      idempotencyKey: 'key',
    });
    await expect(refused).rejects.toMatchObject({ code: 'source.forbidden' });
  });
});

describe('the bus behind a client certificate', () => {
  const NO_LOGIN = { userEnv: undefined, passwordEnv: undefined };
  const own = () => ({
    certFile: pemFile('client', CLIENT_CERTIFICATE),
    keyFile: pemFile('client-key', CLIENT_KEY),
  });
  const mutual = (more: object, secrets: Readonly<Record<string, string>> = {}) =>
    connect({ brokers: inject('mutualBrokers'), ...NO_LOGIN, ...more }, secrets);

  it('says that the bus wants one', async () => {
    const { fault } = await walk(mutual({}));
    expect(fault).toMatchObject({ code: 'client_certificate_wanted' });
  });

  it('says that the bus does not trust the one that is shown, and takes it for no wrong password', async () => {
    const connectors = mutual({
      certFile: pemFile('stranger', STRANGER_CERTIFICATE),
      keyFile: pemFile('stranger-key', STRANGER_KEY),
    });
    expect((await walk(connectors)).fault).toMatchObject({ code: 'client_certificate_refused' });
    await expect(connectors.check('kafka')).rejects.toMatchObject({ code: 'source.unreachable' });
  });

  it('lets Pult in by the name of its subject, with its rights alone', async () => {
    await expect
      .poll(async () => (await walk(mutual(own()))).fault, { timeout: 15_000 })
      .toMatchObject({ code: 'bus_rights' });
    await allow(documented(), 'User:CN=pult');
    await expect
      .poll(() => walk(mutual(own())), { timeout: 15_000 })
      .toEqual({ done: 'dns connect login rights objects', fault: null });
  });

  it('takes a key behind a password', async () => {
    const keyFile = pemFile('client-key-encrypted', CLIENT_KEY_ENCRYPTED);
    const connectors = mutual({ ...own(), keyFile, keyPasswordEnv: 'KEY' }, { KEY: CLIENT_KEY_PASSWORD });
    await expect(connectors.check('kafka')).resolves.toBeUndefined();
  });

  it('takes on a renewed certificate at the next connection: questions, sending and reading come back by themselves', async () => {
    const files = {
      certFile: pemFile('renewed', ENDED_CLIENT_CERTIFICATE),
      keyFile: pemFile('renewed-key', CLIENT_KEY),
    };
    const connectors = mutual(files);
    const client = connectors.kafka('kafka');
    await expect(connectors.check('kafka')).rejects.toMatchObject({ code: 'source.unreachable' });
    await bus.write(facts, [{ key: 'после', value: '{}' }]);
    const read: ReadRecord[] = [];
    const troubles: string[] = [];
    const reader = client.reader({
      topics: [facts],
      effect: async (records) => void read.push(...records),
      onTrouble: ({ what }) => void troubles.push(what),
    });
    reader.start();
    await expect.poll(() => troubles, { timeout: 15_000 }).toContain('bus');
    expect(read).toEqual([]);

    // A renewal writes two files; between them neither fits the other.
    pemFile('renewed', RENEWED_CLIENT_CERTIFICATE);
    expect((await walk(connectors)).fault).toMatchObject({ code: 'client_certificate_refused' });
    pemFile('renewed-key', RENEWED_CLIENT_KEY);
    expect(await walk(connectors)).toEqual({ done: 'dns connect login rights objects', fault: null });
    await expect.poll(() => read.map(({ key }) => key?.toString()), { timeout: 30_000 }).toContain('после');
    await expect.poll(() => client.check().then(() => true), { timeout: 15_000 }).toBe(true);
    await connectors.redrive('kafka', {
      topic: retries,
      record: { key: Buffer.from('РТ-2'), value: null, headers: [] },
      attempt: 2,
      operationId: 'operation',
      idempotencyKey: 'key',
    });
    await reader.stop();
  });

  it('goes together with a login where the broker asks for both', async () => {
    await expect(connect(own()).check('kafka')).resolves.toBeUndefined();
  });
});
