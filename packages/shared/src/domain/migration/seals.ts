/** Values that are compared and never shown: each stands as a seal, and what is kept of a difference says only that there was one. */
import type { Difference } from './compare.ts';

const MARK = '\u2022';
const SEAL = new RegExp(`${MARK}[0-9a-f]{16}`, 'g');
/** What is kept in the place of a hidden value. */
export const HIDDEN = MARK.repeat(3);

/** The seal of a value, from a keyed hash of it in hexadecimal. */
export const sealOf = (hash: string): string => `${MARK}${hash.slice(0, 16)}`;

const opened = <T>(value: T): T | string => (typeof value === 'string' ? value.replace(SEAL, HIDDEN) : value);

/** The difference as it may be kept: seals are of one comparison only and mean nothing after it. */
export const withoutSeals = ({ path, field, old, bus }: Difference): Difference => ({
  path: path.replace(SEAL, HIDDEN),
  field,
  old: opened(old),
  bus: opened(bus),
});
