/** A record of the bus as a CloudEvent: structured and binary mode of the Kafka protocol binding of CloudEvents 1.0. */
import { cleanJson, cleanText, isTooDeep, mayNeedCleaning } from '../../../platform/http/clean-text.ts';

/** The parts of a record that a CloudEvent is read from. */
export interface RecordContent {
  readonly value: Buffer | null;
  /** In their order; of a name that stands there twice the last one counts. */
  readonly headers: readonly (readonly [string, Buffer])[];
}

export type ReadCloudEvent =
  | { readonly kind: 'event'; readonly event: Readonly<Record<string, unknown>> }
  | { readonly kind: 'unreadable'; readonly message: string };

/** Beyond it nothing is parsed: brokers carry 1 MB by default, and a fact is a few kilobytes. */
const MAX_VALUE_BYTES = 4 * 1024 * 1024;

/** Binary mode: an attribute per header `ce_…`, data in the value. Some producers write `ce-…`, as over HTTP. */
const ATTRIBUTE = /^ce[_-]([a-z0-9]+)$/;

/** Never throws: what is no event says why. Characters that the database refuses come back replaced. */
export function readCloudEvent({ value, headers }: RecordContent): ReadCloudEvent {
  if (value === null || value.length === 0) return unreadable('the record has no value');
  if (value.length > MAX_VALUE_BYTES)
    return unreadable(`the value has ${value.length} bytes, ${MAX_VALUE_BYTES} are read`);
  const byName = new Map(headers.map(([name, text]) => [name.toLowerCase(), text.toString('utf8')]));
  const contentType = (byName.get('content-type') ?? '').toLowerCase();
  const attributes = attributesOf(byName);
  if (!contentType.startsWith('application/cloudevents') && attributes.specversion !== undefined)
    return binary(attributes, value, contentType);
  const body = jsonOf(value);
  if (body === undefined) return unreadable('the value is no JSON');
  if (typeof body !== 'object' || body === null || Array.isArray(body) || !('specversion' in body))
    return unreadable('neither a structured CloudEvent in the value nor ce_… headers');
  return { kind: 'event', event: body as Record<string, unknown> };
}

const unreadable = (message: string): ReadCloudEvent => ({ kind: 'unreadable', message });

function attributesOf(headers: ReadonlyMap<string, string>): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, text] of headers) {
    const attribute = ATTRIBUTE.exec(name)?.[1];
    if (attribute !== undefined) found[attribute] = cleanText(text);
  }
  return found;
}

function binary(attributes: Record<string, string>, value: Buffer, contentType: string): ReadCloudEvent {
  // Facts are JSON; a producer that names no type means it.
  const isJson = contentType === '' || /[/+]json\b/.test(contentType);
  const data = isJson ? jsonOf(value) : undefined;
  if (data === undefined) return unreadable(isJson ? 'the value is no JSON' : `data of the type ${contentType}`);
  return { kind: 'event', event: { ...attributes, data } };
}

/** One for all records: to make one costs as much as to read a record with it. */
const UTF8 = new TextDecoder();

/** Undefined when the bytes are no JSON that may be parsed. */
function jsonOf(value: Buffer): unknown {
  if (isTooDeep(value)) return undefined;
  try {
    // Windows producers like to begin with a byte order mark.
    const parsed: unknown = JSON.parse(UTF8.decode(value));
    return mayNeedCleaning(value) ? cleanJson(parsed) : parsed;
  } catch {
    return undefined;
  }
}
