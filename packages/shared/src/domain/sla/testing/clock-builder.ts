import type { Calendar } from '../calendar.ts';
import { FIVE_DAY_WEEK, russianCalendar } from '../calendars/russia.ts';
import { type CalendarBook, openClock, type SlaClock } from '../clock.ts';
import type { ClockFact, FactActor, PauseCause } from '../clock-facts.ts';

export const HOUR = 3_600_000;
export const MINUTE = 60_000;

/** Instant of an ISO time, ms since epoch. */
export const at = (iso: string): number => Temporal.Instant.from(iso).epochMilliseconds;

/** Moscow time `YYYY-MM-DD HH:MM`, ms since epoch. */
export const msk = (text: string): number => at(`${text.replace(' ', 'T')}:00+03:00`);

export const person = (name: string): FactActor => ({ kind: 'person', id: name, name });

export const MOSCOW = russianCalendar({ id: 'ru', version: 3, title: 'Россия 2026', zone: 'Europe/Moscow' });

/** Five-day week without a single holiday, in a zone without daylight saving time. */
export const PLAIN: Calendar = {
  id: 'plain',
  version: 1,
  title: 'Без праздников',
  zone: 'Asia/Yekaterinburg',
  week: FIVE_DAY_WEEK,
  overrides: {},
  years: [],
};

export const bookOf = (...calendars: Calendar[]): CalendarBook => {
  return ({ id, version }) => calendars.find((known) => known.id === id && known.version === version);
};

/** A fact without the fields that a test does not care about. */
export type FactSketch =
  | { kind: 'start'; at: number; goalMs: number; thresholds?: number[]; calendar?: Calendar; reason?: string }
  | { kind: 'pause'; at: number; cause?: PauseCause; actor?: FactActor; waitingFor?: FactActor; reason?: string }
  | { kind: 'resume'; at: number; cause?: PauseCause; actor?: FactActor }
  | { kind: 'stop' | 'cancel'; at: number }
  | { kind: 'retarget'; at: number; goalMs: number; thresholds?: number[] }
  | { kind: 'rebase'; at: number; calendar: Calendar; scope: 'whole' | 'ahead' };

export function factOf(sketch: FactSketch, sequence: number): ClockFact {
  const base = { at: sketch.at, sequence, reason: null, actor: null };
  switch (sketch.kind) {
    case 'start': {
      const { goalMs, thresholds = [50, 80, 100], calendar = MOSCOW, reason = null } = sketch;
      return { ...base, kind: 'start', goalMs, thresholds, calendar, reason, policy: null };
    }
    case 'pause': {
      const { cause = 'clarification', actor = null, waitingFor = null, reason = null } = sketch;
      return { ...base, kind: 'pause', cause, actor, waitingFor, reason };
    }
    case 'resume':
      return { ...base, kind: 'resume', cause: sketch.cause ?? null, actor: sketch.actor ?? null };
    case 'retarget':
      return {
        ...base,
        kind: 'retarget',
        goalMs: sketch.goalMs,
        thresholds: sketch.thresholds ?? [50, 80, 100],
        policy: null,
      };
    case 'rebase':
      return { ...base, kind: 'rebase', calendar: sketch.calendar, scope: sketch.scope };
    default:
      return { ...base, kind: sketch.kind };
  }
}

export const factsOf = (...sketches: FactSketch[]): ClockFact[] =>
  sketches.map((sketch, index) => factOf(sketch, index + 1));

/** Opens a clock; throws when a fact is refused, so that a test cannot pass on facts that never applied. */
export function clockOf(sketches: readonly FactSketch[], calendars: CalendarBook = bookOf(MOSCOW, PLAIN)): SlaClock {
  const { clock, refused } = openClock(factsOf(...sketches), calendars);
  if (clock === null || refused.length > 0)
    throw new Error(`facts refused: ${refused.map(({ fact, code }) => `${fact.kind} ${code}`).join(', ')}`);
  return clock;
}
