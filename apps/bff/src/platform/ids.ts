import { hash, randomUUIDv7 } from 'node:crypto';

/** A new id, UUID version 7: later ids sort behind earlier ones, which keeps indexes compact. */
export const newId = (): string => randomUUIDv7();

/**
 * An id made of its parts, UUID version 8 (RFC 9562, 5.8) over SHA-256: the same parts give the same id in every process,
 * for ever. Parts are kept apart, so that «ab»,«c» and «a»,«bc» differ.
 */
export function hashedId(...parts: readonly string[]): string {
  const hex = hash('sha256', parts.join('\u0000'), 'hex');
  const variant = VARIANTS[Number.parseInt(hex.charAt(16), 16) & 0x3];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The digit that holds the variant of RFC 9562, by its two free bits. */
const VARIANTS = '89ab';
