import { recordSize } from '../../../connectors/port/bus-record.ts';
import { cleanText, cutText } from '../../../platform/http/clean-text.ts';

/** The content of a record as quarantine keeps it: text where it is text, base64 where it is not. */
type KeptBytes = string | { readonly base64: string } | { readonly bytes: number } | null;
export interface KeptRecord {
  readonly key: KeptBytes;
  readonly value: KeptBytes;
  readonly headers: readonly (readonly [string, KeptBytes])[];
  /** ms */
  readonly timestamp: number;
  /** Of the whole record, kept or not; rows of earlier versions have none. */
  readonly sizeBytes?: number;
}

interface Content {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers: readonly (readonly [string, Buffer])[];
  readonly timestamp: number;
}

/** More of one value is not kept: a producer of nonsense must not fill the disk. */
const MAX_VALUE = 128 * 1024;
const MAX_HEADER = 4 * 1024;
const MAX_HEADERS = 20;

const keep = (bytes: Buffer | null, limit: number): KeptBytes => {
  if (bytes === null) return null;
  if (bytes.length > limit) return { bytes: bytes.length };
  const text = bytes.toString('utf8');
  // What the database cannot hold as text comes back to the byte, too.
  return Buffer.from(text, 'utf8').equals(bytes) && cleanText(text) === text
    ? text
    : { base64: bytes.toString('base64') };
};

const restore = (kept: KeptBytes | undefined): Buffer | null => {
  if (kept === null || kept === undefined) return null;
  if (typeof kept === 'string') return Buffer.from(kept, 'utf8');
  return 'base64' in kept ? Buffer.from(kept.base64, 'base64') : null;
};

export const keptRecord = ({ key, value, headers, timestamp }: Content): KeptRecord => ({
  key: keep(key, MAX_HEADER),
  value: keep(value, MAX_VALUE),
  headers: [
    ...headers.slice(0, MAX_HEADERS).map(([name, text]) => [cutText(name, 200), keep(text, MAX_HEADER)] as const),
    // How many there were, in the place of those that were left out.
    ...(headers.length > MAX_HEADERS ? [['…', { bytes: headers.length }] as const] : []),
  ],
  timestamp,
  sizeBytes: recordSize({ key, value, headers }),
});

/** Whether a part of the record was too large to be kept. */
export const isCutRecord = ({ key, value, headers }: KeptRecord): boolean =>
  [key, value, ...headers.map(([, text]) => text)].some(
    (kept) => kept !== null && typeof kept === 'object' && 'bytes' in kept,
  );

/** The record again, as far as it was kept. */
export const restoredRecord = ({ key, value, headers, timestamp }: KeptRecord): Content => ({
  key: restore(key),
  value: restore(value),
  headers: headers.map(([name, text]) => [name, restore(text) ?? Buffer.alloc(0)] as const),
  timestamp,
});

export const isKeptRecord = (raw: unknown): raw is KeptRecord =>
  typeof raw === 'object' && raw !== null && Array.isArray((raw as { headers?: unknown }).headers) && 'value' in raw;
