/**
 * Mutes and maintenance windows: while one holds, its alarms call nobody; what they say stays on the screen with the period
 * beside it. Expiry needs no job: whether a period holds follows from the clock. Pure; instants in ms since the epoch.
 */

/** `maintenance`: work on a system that was planned ahead, perhaps each week; `mute`: a person does not want to be reminded. */
export type QuietKind = 'mute' | 'maintenance';
export type QuietTarget =
  | { readonly kind: 'flow'; readonly id: string }
  | { readonly kind: 'system'; readonly id: string }
  /** One line of the attention list, by its id. */
  | { readonly kind: 'alarm'; readonly id: string };

export interface QuietSpan {
  readonly fromAt: number;
  readonly untilAt: number;
  /** Again each 7 days: Moscow has no summer time, the wall clock is the same. */
  readonly weekly: boolean;
  /** Last moment of a weekly period; null: until somebody ends it. */
  readonly weeklyUntilAt: number | null;
  /** Somebody ended it for good. */
  readonly endedAt: number | null;
  /** Somebody ended the occurrence that held then; later ones come. */
  readonly resumedAt: number | null;
}

export interface Occurrence {
  readonly from: number;
  readonly until: number;
}

const WEEK_MS = 7 * 86_400_000;

/** The occurrence that holds now or, failing that, comes next; null when there is none any more. */
export function occurrenceOf(span: QuietSpan, now: number): Occurrence | null {
  const { fromAt, untilAt, weekly, weeklyUntilAt, endedAt, resumedAt } = span;
  if (endedAt !== null && endedAt <= now) return null;
  if (weekly && weeklyUntilAt !== null && weeklyUntilAt <= now) return null;
  const length = untilAt - fromAt;
  const isOver = (from: number): boolean => from + length <= now || (resumedAt !== null && from <= resumedAt);
  if (!weekly) return isOver(fromAt) ? null : { from: fromAt, until: untilAt };
  let from = fromAt + Math.max(0, Math.floor((now - fromAt) / WEEK_MS)) * WEEK_MS;
  while (isOver(from)) from += WEEK_MS;
  if (weeklyUntilAt !== null && from >= weeklyUntilAt) return null;
  return { from, until: weeklyUntilAt === null ? from + length : Math.min(from + length, weeklyUntilAt) };
}

/** When a period held, within a span; what somebody ended early held until then. */
export function heldBetween(
  span: QuietSpan,
  { from, to }: { from: number; to: number },
): { from: number; to: number }[] {
  const { fromAt, untilAt, weekly, weeklyUntilAt, endedAt, resumedAt } = span;
  const ends = Math.min(endedAt ?? Number.POSITIVE_INFINITY, weeklyUntilAt ?? Number.POSITIVE_INFINITY);
  const first = weekly ? fromAt + Math.max(0, Math.floor((from - untilAt) / WEEK_MS)) * WEEK_MS : fromAt;
  const held: { from: number; to: number }[] = [];
  for (let start = first; start < Math.min(to, ends); start += WEEK_MS) {
    const until = start + untilAt - fromAt;
    const resumed = resumedAt !== null && resumedAt >= start && resumedAt < until ? resumedAt : until;
    const end = Math.min(resumed, ends);
    if (end > Math.max(start, from)) held.push({ from: start, to: end });
    if (!weekly) break;
  }
  return held;
}

export type QuietState = 'active' | 'planned' | 'ended';

export function quietStateOf(span: QuietSpan, now: number): QuietState {
  const occurrence = occurrenceOf(span, now);
  if (occurrence === null) return 'ended';
  return occurrence.from <= now ? 'active' : 'planned';
}

/** What an alarm is about. */
export interface AlarmSubject {
  /** Id of its line in the attention list; null for the whole of a flow or a system. */
  readonly alarmId: string | null;
  readonly flowId: string | null;
  /** Systems whose silence explains the alarm: its own, or those that no other one stands in for. */
  readonly systemIds: readonly string[];
}

export const coversAlarm = (target: QuietTarget, subject: AlarmSubject): boolean => {
  switch (target.kind) {
    case 'alarm':
      return target.id === subject.alarmId;
    case 'flow':
      return target.id === subject.flowId;
    case 'system':
      return subject.systemIds.includes(target.id);
  }
};

/** Of the periods that hold now and cover the subject, the one that lasts longest; null when an alarm may ring. */
export function quietFor<T extends QuietSpan & { readonly target: QuietTarget }>(
  periods: readonly T[],
  subject: AlarmSubject,
  now: number,
): { readonly period: T; readonly until: number } | null {
  let longest: { readonly period: T; readonly until: number } | null = null;
  for (const period of periods) {
    const occurrence = occurrenceOf(period, now);
    if (occurrence === null || occurrence.from > now || !coversAlarm(period.target, subject)) continue;
    if (longest === null || occurrence.until > longest.until) longest = { period, until: occurrence.until };
  }
  return longest;
}

/** Ends of a flow that a system decides alone: with three sources, one of them under maintenance explains nothing. */
export function decidingSystems(flow: { readonly from: readonly string[]; readonly to: readonly string[] }): string[] {
  return [flow.from, flow.to].flatMap((side) => (side.length === 1 ? side : []));
}
