/** Local time of the bases: Moscow, written without a zone. */
const OFFSET_MS = 3 * 3_600_000;

export const localOf = (at: number): string => new Date(at + OFFSET_MS).toISOString().slice(0, 19);
export const localNow = (): string => localOf(Date.now());
