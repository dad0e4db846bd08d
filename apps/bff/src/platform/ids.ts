import { createHash, randomUUIDv7 } from 'node:crypto';

/** A new id, UUID version 7: later ids sort behind earlier ones, which keeps indexes compact. */
export const newId = (): string => randomUUIDv7();

/**
 * An id made of its parts, UUID version 8 (RFC 9562, 5.8) over SHA-256: the same parts give the same id in every process,
 * for ever. Parts are kept apart, so that «ab»,«c» and «a»,«bc» differ.
 */
export function hashedId(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(parts.join('\u0000')).digest().subarray(0, 16);
  bytes[6] = 0x80 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
