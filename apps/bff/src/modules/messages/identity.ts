import { createHash } from 'node:crypto';

/** First 16 bytes of SHA-256 over the parts as a UUID: the same parts give the same id in every process, for ever. */
export function hashId(...parts: readonly string[]): string {
  const hex = createHash('sha256').update(parts.join('\u0000')).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

/** Identity of a delivery: flow, source message id, consumer (domain.md §1). */
export const deliveryId = (flow: string, messageId: string, consumer: string): string =>
  hashId(flow, messageId, consumer);
/** Identity of an event: its source and id identify it for ever. */
export const eventUid = (source: string, id: string): string => hashId('event', source, id);
export const causeId = (flow: string, errorClass: string, pattern: string): string =>
  hashId('cause', flow, errorClass, pattern);
