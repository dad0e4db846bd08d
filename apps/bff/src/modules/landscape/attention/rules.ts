/** In which order things call for a person. Pure. */
import type { AttentionItem } from '@pult/shared/contracts/landscape';
import { SEVERITY } from '../picture/rules.ts';

/** What stops the most stands first; what waits for a clerk's hour, last. */
const URGENCY: Readonly<Record<AttentionItem['kind'], number>> = {
  system_down: 1,
  handler_silent: 2,
  no_consumer: 3,
  // New and returned causes are the same work.
  cause_new: 4,
  cause_growing: 4,
  silence: 5,
  handler_missing: 6,
  stuck: 7,
  in_doubt: 8,
  sla: 9,
  undecided: 10,
  exchange_failing: 11,
  exchange_lag: 12,
  exchange_problems: 13,
  quarantine: 14,
  stale: 15,
};

/**
 * What needs a person now, one line per root cause: a system that is down, causes, silence, doubt, SLA, then the rest; among
 * equals the worse, then the older.
 */
export function sortAttention(items: readonly AttentionItem[]): AttentionItem[] {
  return [...items].sort(
    (a, b) =>
      URGENCY[a.kind] - URGENCY[b.kind] ||
      SEVERITY.indexOf(a.status) - SEVERITY.indexOf(b.status) ||
      a.since.localeCompare(b.since) ||
      a.id.localeCompare(b.id),
  );
}
