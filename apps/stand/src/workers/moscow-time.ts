/** Times of the 1С bases: Moscow, without a zone. */
const OFFSET_MS = 3 * 3_600_000;
const DAY_MS = 86_400_000;

export const localOf = (instant: string | number): string =>
  new Date((typeof instant === 'number' ? instant : Date.parse(instant)) + OFFSET_MS).toISOString().slice(0, 19);
export const instantOf = (local: string): string => new Date(Date.parse(`${local}Z`) - OFFSET_MS).toISOString();

export const startOfMoscowDay = (at: number): number => Math.floor((at + OFFSET_MS) / DAY_MS) * DAY_MS - OFFSET_MS;

/** Day of the week (0 is Sunday), hour and minute of the day in Moscow. */
export function moscowDay(at: number): { weekday: number; hour: number; minuteOfDay: number } {
  const local = new Date(at + OFFSET_MS);
  const hour = local.getUTCHours();
  return { weekday: local.getUTCDay(), hour, minuteOfDay: hour * 60 + local.getUTCMinutes() };
}
