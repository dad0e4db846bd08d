/** How much of a flow is usual at this time of the day: like is compared with like. */

import type { ExchangeActivity, WorkingTime } from '../ports.ts';
import type { AllNumbers } from './picture.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Four weeks: as many of each weekday, and no month of another season. */
const DAYS_BACK = 28;
/** Fewer like days say nothing about what is usual. */
const LEAST_DAYS = 3;
/** The past changes by late facts and by history that is being taken over. */
const KEEP_MS = MINUTE_MS;

export interface LikeDays {
  /** End of the hour in question, on each like day, newest first, ms. */
  readonly ends: readonly number[];
  /** Hours that any of these sixty minutes touches, ms. */
  readonly hours: readonly number[];
}

const floorTo = (at: number, step: number): number => Math.floor(at / step) * step;

/**
 * The sixty minutes that end at `until`, on the days of the last four weeks that were worked when this day is, or off when it
 * is (screens.md: working days are compared with working days). Days of the house are 24 hours long.
 */
export function likeDays(until: number, isWorking: (at: number) => boolean): LikeDays {
  const kind = isWorking(until - MINUTE_MS);
  const ends = Array.from({ length: DAYS_BACK }, (_, index) => until - (index + 1) * DAY_MS).filter(
    (end) => isWorking(end - MINUTE_MS) === kind,
  );
  const hours = ends.flatMap((end) => [floorTo(end - HOUR_MS, HOUR_MS), floorTo(end, HOUR_MS)]);
  return { ends, hours: [...new Set(hours)] };
}

/**
 * Mean of the sixty minutes over the like days on which the flow was seen from their beginning; an hour that is only partly
 * among them counts by its part. @returns null for fewer than three such days
 */
export function usualHour(
  ends: readonly number[],
  seenSince: number | null,
  appliedIn: (hour: number) => number,
): number | null {
  if (seenSince === null) return null;
  const days = ends.filter((end) => end - HOUR_MS >= seenSince);
  if (days.length < LEAST_DAYS) return null;
  const sum = days.reduce((total, end) => {
    const hour = floorTo(end, HOUR_MS);
    const part = (end - hour) / HOUR_MS;
    return total + appliedIn(hour) * part + appliedIn(hour - HOUR_MS) * (1 - part);
  }, 0);
  return Math.round((sum / days.length) * 10) / 10;
}

/** Flow → mean of the last whole hour on like days; null of a flow that was not seen on enough of them. */
export type Usual = (now: number, numbers: AllNumbers) => Promise<ReadonlyMap<string, number | null>>;

/** Reads the hours of the past at most once a minute, and with each new hour. */
export function createUsual(deps: {
  readonly activity: Pick<ExchangeActivity, 'appliedInHours'>;
  readonly working: Pick<WorkingTime, 'dayOf'>;
}): Usual {
  type Book = ReadonlyMap<string, ReadonlyMap<number, number>>;
  let kept: { readonly hours: string; readonly at: number; readonly book: Promise<Book> } | null = null;

  const read = async (hours: readonly number[]): Promise<Book> => {
    const rows = await deps.activity.appliedInHours(hours);
    const groups = Map.groupBy(rows, ({ flowId }) => flowId);
    return new Map([...groups].map(([id, own]) => [id, new Map(own.map(({ hour, applied }) => [hour, applied]))]));
  };
  const bookOf = (now: number, hours: readonly number[]): Promise<Book> => {
    const key = hours.join();
    if (kept !== null && kept.hours === key && now >= kept.at && now - kept.at < KEEP_MS) return kept.book;
    const book = read(hours);
    const mine = { hours: key, at: now, book };
    kept = mine;
    // What failed is asked again.
    book.catch(() => {
      if (kept === mine) kept = null;
    });
    return book;
  };

  return async (now, numbers) => {
    const { ends, hours } = likeDays(floorTo(now, MINUTE_MS), (at) => deps.working.dayOf(at).working);
    const book = await bookOf(now, hours);
    return new Map(
      [...numbers].map(([id, { seenSince }]) => [
        id,
        usualHour(ends, seenSince, (hour) => book.get(id)?.get(hour) ?? 0),
      ]),
    );
  };
}
