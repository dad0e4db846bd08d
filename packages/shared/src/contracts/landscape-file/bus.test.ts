import { describe, expect, it } from 'vitest';
import { landscapeFile } from '../landscape-file.ts';

const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };
const system = (id: string, connector?: unknown) => ({
  id,
  title,
  kind: 'service',
  place,
  ...(connector ? { connector } : {}),
});
const kafka = (more: Record<string, unknown> = {}) =>
  system('kafka', { protocol: 'kafka', brokers: 'bus-1:9092, bus-2:9092', ...more });
const flow = (id: string, consumers: unknown[]) => ({
  id,
  title,
  what: title,
  from: ['ut'],
  to: ['shop', 'archive'],
  channel: 'kafka',
  topics: ['prices'],
  watched: true,
  consumers,
});
const shop = { system: 'shop', group: 'shop', retryTopic: 'shop.retry', deadLetterTopic: 'shop.dlq' };

function parse(bus: unknown, flows: unknown[] = [flow('prices', [shop])]) {
  return landscapeFile.safeParse({
    version: 1,
    systems: [system('ut'), system('shop'), system('archive'), bus],
    flows,
  });
}
const problemsOf = (...given: Parameters<typeof parse>): string[] =>
  parse(...given).error?.issues.map(({ path, message }) => `${path.join('.')}: ${message}`) ?? [];

describe('the bus of a landscape', () => {
  it('has several addresses, and one group of Pult', () => {
    const connector = parse(kafka()).data?.systems.find(({ id }) => id === 'kafka')?.connector;
    expect(connector).toMatchObject({ brokers: ['bus-1:9092', 'bus-2:9092'], groupId: 'pult', tls: false });
  });

  it('without an address is not connected, and neither are the flows over it', () => {
    const file = parse(kafka({ brokers: '' })).data;
    expect(file?.systems.find(({ id }) => id === 'kafka')).not.toHaveProperty('connector');
    expect(file?.flows[0]?.watched).toBe(false);
    expect(parse(kafka()).data?.flows[0]?.watched).toBe(true);
  });

  it('names its mistakes: an address with a name in it, half of the credentials, strangers on a topic', () => {
    expect(problemsOf(kafka({ brokers: 'user:secret@bus:9092' }))[0]).toContain('host:9092');
    expect(problemsOf(kafka({ userEnv: 'KAFKA_USER' }))[0]).toContain('userEnv and passwordEnv belong together');
    const eventTopics = [
      { topic: 'facts', sources: ['ut', 'nobody'] },
      { topic: 'facts', sources: ['ut'] },
    ];
    expect(problemsOf(kafka({ eventTopics }))).toEqual([
      'systems.3.connector.eventTopics.0.sources.1: unknown system «nobody»',
      'systems.3.connector.eventTopics.1.topic: topic «facts» is listed twice',
    ]);
  });
});

describe('consumers of a flow', () => {
  it.each([
    [{ ...shop, system: 'ut' }, '«ut» is no target'],
    [{ ...shop, topics: ['stock'] }, '«stock» is no topic'],
    [{ ...shop, retryTopic: 'prices' }, '«prices» is a topic that others read'],
    [{ ...shop, deadLetterTopic: 'shop.retry' }, 'would come back as a dead letter'],
  ])('get a record again on a topic of their own: %o', (consumer, problem) => {
    expect(problemsOf(kafka(), [flow('prices', [consumer])])[0]).toContain(problem);
  });

  it('say where their dead letters name the message, in one of the known ways', () => {
    const rules = (deadLetters: unknown, more: object = {}): string[] =>
      problemsOf(kafka(), [flow('prices', [{ ...shop, ...more, deadLetters }])]);
    expect(
      rules({
        messageId: { key: 'payload.id' },
        type: { text: 'ПакетЦен' },
        number: { json: 'lines.0.number' },
        recipient: { header: 'to' },
      }),
    ).toEqual([]);
    expect(rules({ messageId: { key: true } })).toEqual([]);
    expect(rules({ messageId: { key: true, as: 'int64' }, number: { header: 'no', as: 'int32' } })).toEqual([]);
    // What is in JSON says itself what it is.
    expect(rules({ messageId: { key: 'payload.id', as: 'int64' } })).toHaveLength(1);
    expect(rules({ messageId: { key: true, as: 'int16' } })).toHaveLength(1);
    expect(rules({ messageId: { json: 'order..id' } })[0]).toMatch(/^flows\.0\.consumers\.0\.deadLetters\.messageId/);
    expect(rules({ messageId: { header: 'a', json: 'b' } })).toHaveLength(1);
    expect(rules({ messageId: { text: 'always the same' } })).toHaveLength(1);
    expect(rules({ id: { key: true } })).toHaveLength(1);
    expect(rules({ messageId: { key: true } }, { deadLetterTopic: undefined })).toEqual([
      'flows.0.consumers.0.deadLetters: «shop» names no deadLetterTopic whose records are read so',
    ]);
  });

  it('of a flow that carries people take no number from the key of a record, which may be the one of an employee', () => {
    const problems = (number: unknown, personalData: boolean): string[] =>
      problemsOf(kafka(), [{ ...flow('prices', [{ ...shop, deadLetters: { number } }]), personalData }]);
    expect(problems({ key: true }, true)[0]).toMatch(/^flows\.0\.consumers\.0\.deadLetters: .* may name a person/);
    expect(problems({ key: true, as: 'int64' }, true)).toHaveLength(1);
    expect([problems({ key: true }, false), problems({ json: 'no' }, true)]).toEqual([[], []]);
  });

  it('share neither a retry topic nor a dead-letter topic', () => {
    const archive = { ...shop, system: 'archive', deadLetterTopic: 'archive.dlq' };
    expect(problemsOf(kafka(), [flow('prices', [shop, archive])])[0]).toContain('belongs to «archive» of «prices»');
  });
});
