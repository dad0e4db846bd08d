/**
 * How fast something goes, said only as far as it was watched: a rate names a unit that lies inside a window seen from end
 * to end; what was watched for less is a count with its time. Pure.
 */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** The short window: a busy flow is read by it. */
export const SHORT_WINDOW_MINUTES = 5;
/** From one a minute on people count by the minute. */
const BUSY_AN_HOUR = 60;

/** What came in the last whole minutes. */
export interface Traffic {
  /** In the five whole minutes before this one. */
  readonly fiveMinutes: number;
  /** In the sixty whole minutes before this one, or in as many of them as were watched. */
  readonly hour: number;
  /** From the first that was ever seen to the end of the last whole minute, ms; null before there was anything. */
  readonly seenMs: number | null;
  /** Mean of the same sixty minutes on like days before; null while too few of them were watched. */
  readonly usualHour: number | null;
}

export type Pace =
  | {
      readonly kind: 'rate';
      readonly per: 'minute' | 'hour';
      readonly value: number;
      /** In the same unit; null when not known. */
      readonly usual: number | null;
    }
  | { readonly kind: 'count'; readonly count: number; readonly minutes: number }
  | { readonly kind: 'unknown' };

const minutesOf = (seenMs: number | null): number => Math.floor(Math.min(seenMs ?? 0, HOUR_MS) / MINUTE_MS);

const isBusy = ({ hour, seenMs, usualHour }: Traffic): boolean =>
  (hour > 0 && hour >= minutesOf(seenMs)) || (usualHour ?? 0) >= BUSY_AN_HOUR;

/**
 * A busy flow by the mean of five whole minutes, others by the count of a whole hour. Nothing is made larger than it was seen:
 * four in five minutes are not forty-eight an hour. What stands beside it to be compared shares the unit.
 */
export function paceOf(traffic: Traffic, beside: readonly Traffic[] = []): Pace {
  const { fiveMinutes, hour, seenMs, usualHour } = traffic;
  const minutes = minutesOf(seenMs);
  if (minutes === 0) return { kind: 'unknown' };
  if ([traffic, ...beside].some(isBusy) && minutes >= SHORT_WINDOW_MINUTES)
    return {
      kind: 'rate',
      per: 'minute',
      value: fiveMinutes / SHORT_WINDOW_MINUTES,
      usual: usualHour === null ? null : usualHour / 60,
    };
  if (minutes < 60) return { kind: 'count', count: hour, minutes };
  return { kind: 'rate', per: 'hour', value: hour, usual: usualHour };
}

/** Several as one; it was watched as long as the one of them that was watched longest, before which the others had nothing. */
export function sumTraffic(parts: readonly Traffic[]): Traffic {
  const sum = (pick: (part: Traffic) => number): number => parts.reduce((total, part) => total + pick(part), 0);
  const seen = parts.flatMap(({ seenMs }) => (seenMs === null ? [] : [seenMs]));
  return {
    fiveMinutes: sum((part) => part.fiveMinutes),
    hour: sum((part) => part.hour),
    seenMs: seen.length === 0 ? null : Math.max(...seen),
    // One that is not known makes the sum unknown: what is usual of some is not what is usual of all.
    usualHour:
      parts.length > 0 && parts.every(({ usualHour }) => usualHour !== null) ? sum((p) => p.usualHour ?? 0) : null,
  };
}
