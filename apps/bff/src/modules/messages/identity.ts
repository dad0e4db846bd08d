import { hashedId } from '../../platform/ids.ts';

/** Identity of a delivery: flow, source message id, consumer (domain.md §1). */
export const deliveryId = (flow: string, messageId: string, consumer: string): string =>
  hashedId(flow, messageId, consumer);
/** Identity of an event: its source and id identify it for ever. */
export const eventUid = (source: string, id: string): string => hashedId('event', source, id);
export const causeId = (flow: string, errorClass: string, pattern: string): string =>
  hashedId('cause', flow, errorClass, pattern);
