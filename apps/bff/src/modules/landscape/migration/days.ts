/** Dates of the house: Moscow, UTC+3 all year since 2014. */
const DAY_MS = 86_400_000;
const OFFSET_MS = 3 * 3_600_000;

/** `YYYY-MM-DD` of a moment, ms since the epoch. */
export const houseDate = (at: number): string => new Date(at + OFFSET_MS).toISOString().slice(0, 10);

/** First moment of the date that holds `at`, ms. */
export const startOfHouseDay = (at: number): number => Math.floor((at + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;

/** First moment of a date `YYYY-MM-DD`, ms. */
export const startOfDate = (date: string): number => Date.parse(`${date}T00:00:00Z`) - OFFSET_MS;
