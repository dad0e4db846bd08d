/** Business hours by which the demonstration makes its requests: Monday to Friday, 9–18 Moscow, lunch at 13, without holidays. */
import type { Random } from './random.ts';

const OFFSET_MS = 3 * 3_600_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const DAY = 86_400_000;
const OPENS = 9;
/** Before and after lunch, hours. */
const SHIFTS = [
  [14, 18],
  [OPENS, 13],
] as const;

const isWorkday = (local: number): boolean => ![0, 6].includes(new Date(local).getUTCDay());
const startOfDay = (local: number): number => Math.floor(local / DAY) * DAY;

/** The moment that lies `minutes` of business hours before `now`. */
export function workingMinutesBefore(now: number, minutes: number): number {
  let left = minutes * MINUTE;
  let day = startOfDay(now + OFFSET_MS);
  let until = now + OFFSET_MS;
  for (;;) {
    for (const [from, to] of isWorkday(day) ? SHIFTS : []) {
      const start = day + from * HOUR;
      const end = Math.min(until, day + to * HOUR);
      if (end <= start) continue;
      if (end - start >= left) return end - left - OFFSET_MS;
      left -= end - start;
    }
    day -= DAY;
    until = day + DAY;
  }
}

/** A moment of a working day near the given one. */
export function workingMoment(random: Random, near: number): number {
  let day = startOfDay(near + OFFSET_MS);
  while (!isWorkday(day)) day += DAY;
  return day + random.int(OPENS, 15) * HOUR + random.int(0, 59) * MINUTE + random.int(0, 59) * 1_000 - OFFSET_MS;
}
