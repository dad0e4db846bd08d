import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readCloudEvent } from './cloud-event.ts';

const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');
const headers = (all: Readonly<Record<string, string>>) =>
  Object.entries(all).map(([name, text]) => [name, bytes(text)] as const);

const event = fc.record({
  specversion: fc.constant('1.0'),
  id: fc.string({ minLength: 1 }),
  source: fc.constantFrom('ut', 'go-services'),
  type: fc.constant('exchange.applied'),
  time: fc.constant('2026-11-28T10:00:00Z'),
  data: fc.record({ flow: fc.string(), amount: fc.option(fc.integer()), lines: fc.array(fc.string()) }),
});
/** What JSON keeps of a value. */
const overJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('a record as a CloudEvent', () => {
  it('is the same event in structured and in binary mode', () => {
    fc.assert(
      fc.property(event, (one) => {
        fc.pre(one.id.isWellFormed() && !JSON.stringify(one).includes('\\u'));
        const { data, ...attributes } = one;
        const structured = readCloudEvent({
          value: bytes(JSON.stringify(one)),
          headers: headers({ 'content-type': 'application/cloudevents+json; charset=UTF-8' }),
        });
        const named = Object.fromEntries(Object.entries(attributes).map(([name, text]) => [`ce_${name}`, text]));
        const binary = readCloudEvent({
          value: bytes(JSON.stringify(data)),
          headers: headers({ ...named, 'content-type': 'application/json' }),
        });
        expect(structured).toEqual({ kind: 'event', event: overJson(one) });
        expect(binary).toEqual(structured);
      }),
    );
  });

  it('is understood without a content type, with a byte order mark, and with the names of HTTP', () => {
    const text = JSON.stringify({ specversion: '1.0', id: '1' });
    expect(readCloudEvent({ value: bytes(`\ufeff${text}`), headers: [] }).kind).toBe('event');
    expect(readCloudEvent({ value: bytes('{}'), headers: headers({ 'ce-specversion': '1.0', 'ce-id': '1' }) })).toEqual(
      { kind: 'event', event: { specversion: '1.0', id: '1', data: {} } },
    );
  });

  it.each([
    ['nothing', null, {}, 'no value'],
    ['no JSON', 'ЗК-1;1000', {}, 'no JSON'],
    ['half a record', '{"specversion":"1.0"', {}, 'no JSON'],
    ['JSON that is no event', '[1]', {}, 'neither'],
    ['a document without its envelope', '{"number":"ЗК-1"}', {}, 'neither'],
    ['binary data of another kind', 'x', { ce_specversion: '1.0', 'content-type': 'application/avro' }, 'avro'],
    ['brackets without end', '['.repeat(100_000), {}, 'no JSON'],
  ])('says why it cannot be read: %s', (_what, value, all, why) => {
    const read = readCloudEvent({ value: value === null ? null : bytes(value), headers: headers(all) });
    expect(read).toMatchObject({ kind: 'unreadable', message: expect.stringContaining(why) });
  });

  it('never throws and never lets a character through that the database refuses', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.string(), (value, header) => {
        readCloudEvent({ value: Buffer.from(value), headers: headers({ ce_specversion: '1.0', ce_id: header }) });
      }),
    );
    const read = readCloudEvent({ value: bytes('{"specversion":"1.0","id":"a\\u0000b"}'), headers: [] });
    expect(read).toMatchObject({ event: { id: 'a\ufffdb' } });
  });
});
