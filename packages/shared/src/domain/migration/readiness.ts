/** Whether a flow may go on to its next stage: conditions, each with its fact. Pure; the clock and the calendar come in. */
import type { Stage } from './stages.ts';

/** One date of the house in which both channels were compared. */
export interface ComparedDay {
  /** `YYYY-MM-DD` of the house. */
  readonly date: string;
  readonly working: boolean;
  /** The whole date lies within the stage, is over, and none of its messages is waited for any more. */
  readonly full: boolean;
  /** Pairs with an outcome; those still waiting and those that no channel brought are none. */
  readonly pairs: number;
  /** The same, or explained by a person. */
  readonly good: number;
  /** The bus did not bring them, explained or not. */
  readonly lost: number;
}

export interface ReadinessRules {
  /** Working days that the comparison must have run, and that must each show the share. */
  readonly days: number;
  /** Least share of good pairs, 0…1. */
  readonly share: number;
  /** Working days without a loss. */
  readonly lossDays: number;
  /** How long both flows must have been healthy, ms. */
  readonly healthyMs: number;
}

export interface ReadinessFacts {
  readonly stage: Stage;
  readonly now: number;
  readonly rules: ReadinessRules;
  /** Oldest first, without gaps, the present date last; empty before the first pair. */
  readonly days: readonly ComparedDay[];
  /** Messages whose wait is over and whose outcome is not known yet: any of them may be a loss. */
  readonly unjudged: number;
  /** Differences of any kind without a reason since the stage began. */
  readonly unexplained: number;
  readonly differing: number;
  /** Since when both flows are healthy, ms; null while one is not. */
  readonly healthySince: number | null;
  readonly busConnected: boolean;
  readonly latency: { readonly oldP95Ms: number | null; readonly busP95Ms: number | null };
  readonly rollback: { readonly at: number; readonly by: string } | null;
  /** Topic through which one consumer alone can be fed again. */
  readonly retryTopic: string | null;
  /** Next dates of the house that are worked, from the present one on, for «когда выполнится». */
  readonly workingAhead: readonly string[];
}

export const CONDITIONS = [
  'connected',
  'healthy',
  'unexplained',
  'losses',
  'days',
  'share',
  'speed',
  'rollback',
  'refeed',
] as const;
export type ConditionCode = (typeof CONDITIONS)[number];

export interface Condition {
  readonly code: ConditionCode;
  readonly met: boolean;
  readonly data: Readonly<Record<string, string | number | null>>;
}

/** Conditions of the next stage; none for a flow that has arrived. */
export function conditionsOf(facts: ReadinessFacts): Condition[] {
  switch (facts.stage) {
    case 'point-to-point':
      return [{ code: 'connected', met: facts.busConnected, data: {} }, refeed(facts)];
    case 'shadow':
    case 'cut-over':
      return [
        healthy(facts),
        unexplained(facts),
        losses(facts),
        days(facts),
        share(facts),
        speed(facts),
        rollback(facts),
        refeed(facts),
      ];
    case 'bus':
      return [];
  }
}

const healthy = ({ healthySince, now, rules }: ReadinessFacts): Condition => ({
  code: 'healthy',
  met: healthySince !== null && now - healthySince >= rules.healthyMs,
  data: { forMs: healthySince === null ? null : now - healthySince, needMs: rules.healthyMs },
});

const unexplained = (facts: ReadinessFacts): Condition => ({
  code: 'unexplained',
  met: facts.unexplained === 0,
  data: { count: facts.unexplained, of: facts.differing },
});

const fullDays = (all: readonly ComparedDay[]): ComparedDay[] => all.filter(({ working, full }) => working && full);

/** The date at whose end `missing` more working days are over; null when none are missing or the calendar ends. */
function doneOn(facts: ReadinessFacts, missing: number, from: 'today' | 'tomorrow'): string | null {
  const ahead = from === 'today' ? facts.workingAhead : facts.workingAhead.filter((date) => date !== today(facts));
  return missing <= 0 ? null : (ahead[missing - 1] ?? null);
}
const today = ({ days: all }: ReadinessFacts): string | undefined => all.at(-1)?.date;

function losses(facts: ReadinessFacts): Condition {
  const last = facts.days.findLast(({ lost }) => lost > 0) ?? null;
  const clean = fullDays(facts.days).filter(({ date }) => last === null || date > last.date).length;
  const missing = facts.rules.lossDays - clean;
  // A date with a loss will not be a clean one, the present date is one until a loss comes.
  const from = last !== null && last.date === today(facts) ? 'tomorrow' : 'today';
  return {
    code: 'losses',
    met: facts.days.length > 0 && missing <= 0 && facts.unjudged === 0,
    data: {
      clean,
      need: facts.rules.lossDays,
      lost: last?.lost ?? 0,
      lostOn: last?.date ?? null,
      unjudged: facts.unjudged,
      doneOn: doneOn(facts, missing, from),
    },
  };
}

function days(facts: ReadinessFacts): Condition {
  const full = fullDays(facts.days).length;
  return {
    code: 'days',
    met: full >= facts.rules.days,
    data: { full, need: facts.rules.days, doneOn: doneOn(facts, facts.rules.days - full, 'today') },
  };
}

/** A day without pairs shows nothing, so it is no good day. */
function share({ days: all, rules }: ReadinessFacts): Condition {
  const last = fullDays(all).slice(-rules.days);
  const goodDays = last.filter(({ pairs, good }) => pairs > 0 && good / pairs >= rules.share).length;
  const worst = last
    .filter(({ pairs }) => pairs > 0)
    .reduce<ComparedDay | null>((low, day) => (low && low.good / low.pairs <= day.good / day.pairs ? low : day), null);
  const pairs = last.reduce((sum, day) => sum + day.pairs, 0);
  const good = last.reduce((sum, day) => sum + day.good, 0);
  return {
    code: 'share',
    met: last.length >= rules.days && goodDays === last.length,
    data: {
      share: pairs === 0 ? null : good / pairs,
      need: rules.share,
      goodDays,
      days: rules.days,
      worst: worst === null ? null : worst.good / worst.pairs,
      worstOn: worst?.date ?? null,
    },
  };
}

const speed = ({ latency }: ReadinessFacts): Condition => ({
  code: 'speed',
  met: latency.oldP95Ms !== null && latency.busP95Ms !== null && latency.busP95Ms <= latency.oldP95Ms,
  data: { oldMs: latency.oldP95Ms, busMs: latency.busP95Ms },
});

const rollback = (facts: ReadinessFacts): Condition => ({
  code: 'rollback',
  met: facts.rollback !== null,
  data: {
    at: facts.rollback === null ? null : new Date(facts.rollback.at).toISOString(),
    by: facts.rollback?.by ?? null,
  },
});

const refeed = ({ retryTopic }: ReadinessFacts): Condition => ({
  code: 'refeed',
  met: retryTopic !== null,
  data: { topic: retryTopic },
});

/** The earliest date of the next stage as far as days alone decide; null when none is missing. */
export const notBefore = (conditions: readonly Condition[]): string | null =>
  conditions
    .map(({ met, data }) => (met ? null : data.doneOn))
    .filter((date) => typeof date === 'string')
    .sort()
    .at(-1) ?? null;
