export type InboxGroup = 'breached' | 'breaching_today' | 'today' | 'later' | 'waiting_others' | 'decided';

/** Order on screen; `breached` stands first and only when it has rows. */
export const INBOX_GROUPS: readonly InboxGroup[] = [
  'breached',
  'breaching_today',
  'today',
  'later',
  'waiting_others',
  'decided',
];

export interface GroupFacts {
  readonly state: 'open' | 'clarification' | 'decided';
  readonly breached: boolean;
  /** Null while the clock stands. */
  readonly dueAt: number | null;
  /** Working time left, ms. */
  readonly remainingMs: number;
  /** Elapsed share of the goal. */
  readonly percent: number;
  /** End of the current local date in the zone of the calendar, exclusive. */
  readonly todayEndsAt: number;
}

/** From here on a request due today needs a decision at once. */
export const SOON_PERCENT = 80;
export const SOON_MS = 90 * 60_000;

/** Where a request stands in the inbox. */
export function inboxGroup(facts: GroupFacts): InboxGroup {
  if (facts.state === 'decided') return 'decided';
  if (facts.state === 'clarification') return 'waiting_others';
  if (facts.breached) return 'breached';
  if (facts.dueAt === null || facts.dueAt >= facts.todayEndsAt) return 'later';
  return facts.percent >= SOON_PERCENT || facts.remainingMs <= SOON_MS ? 'breaching_today' : 'today';
}

/** Order of two rows: by group, then by due, those without a due by what is left. */
export function compareUrgency(
  a: { group: InboxGroup; dueAt: number | null; remainingMs: number },
  b: { group: InboxGroup; dueAt: number | null; remainingMs: number },
): number {
  const groups = INBOX_GROUPS.indexOf(a.group) - INBOX_GROUPS.indexOf(b.group);
  if (groups !== 0) return groups;
  if (a.dueAt !== null && b.dueAt !== null) return a.dueAt - b.dueAt;
  if (a.dueAt === null && b.dueAt === null) return a.remainingMs - b.remainingMs;
  return a.dueAt === null ? 1 : -1;
}
