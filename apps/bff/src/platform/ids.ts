import { randomUUIDv7 } from 'node:crypto';

/** A new id, UUID version 7: later ids sort behind earlier ones, which keeps indexes compact. */
export const newId = (): string => randomUUIDv7();
