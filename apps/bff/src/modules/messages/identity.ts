import { createHash } from 'node:crypto';

/**
 * First 16 bytes of SHA-256 over the parts as a UUID of version 8 (RFC 9562, made from a hash): the same parts give the same
 * id in every process, for ever. Version and variant are set, because readers check that an id is a UUID.
 */
export function hashId(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(parts.join('\u0000')).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Identity of a delivery: flow, source message id, consumer (domain.md §1). */
export const deliveryId = (flow: string, messageId: string, consumer: string): string =>
  hashId(flow, messageId, consumer);
/** Identity of an event: its source and id identify it for ever. */
export const eventUid = (source: string, id: string): string => hashId('event', source, id);
export const causeId = (flow: string, errorClass: string, pattern: string): string =>
  hashId('cause', flow, errorClass, pattern);
