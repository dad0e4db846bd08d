import type { ClockView } from '@pult/shared/contracts/sla';
import { epochDayOf, intervalsOn } from '@pult/shared/domain/sla/calendar';
import { openClock } from '@pult/shared/domain/sla/clock';
import { workingSegments } from '@pult/shared/domain/sla/working-segments';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import { createSlaBook, type SlaBook } from './book.ts';
import { clockFactOf, countedFacts, createSlaClocks, readFacts, type SlaClocks } from './clocks.ts';
import { createSlaRoutes } from './routes.ts';
import { type ClosedCycle, closedCycles, factsOf, marksOf, openBreached, type StoredMark } from './store.ts';
import { clockView } from './view.ts';

export type { SlaBook } from './book.ts';
export type { ReadClock, SlaClocks } from './clocks.ts';
export type { ClosedCycle, StoredMark } from './store.ts';
export { markView, summaryOf as clockSummaryOf } from './view.ts';

export interface SlaModule {
  readonly routes: Route[];
  readonly book: SlaBook;
  readonly clocks: SlaClocks;
  /** The clock opened into its tape as of `now`; null when there is no such clock. */
  view(db: Db, clockId: string, now: number): Promise<ClockView | null>;
  marks(db: Db, clockId: string): Promise<StoredMark[]>;
  /** Cycles that ended within a span: what compliance is counted over. */
  closedCycles(from: number, to: number): Promise<ClosedCycle[]>;
  /** Open clocks of requests past their due now. */
  openBreached(): Promise<number>;
  /** Working intervals of the house calendar within a span, ms since the epoch. */
  intervals(from: number, to: number): { from: number; to: number }[];
  /** The date of the house calendar that holds this moment: whether it is worked, and which holiday it is. */
  dayOf(at: number): { working: boolean; holiday: string | null };
  /** Records thresholds as they pass; `onMarks` gets the subjects. */
  start(ticker: Ticker, onMarks?: (subjectIds: readonly string[]) => void): void;
}

const MARKS_ROUND_MS = 2_000;

export function createSlaModule(deps: { db: Db; clock: Clock; book?: SlaBook }): SlaModule {
  const { db, clock } = deps;
  const book = deps.book ?? createSlaBook();
  const clocks = createSlaClocks({ db, book, clock });
  return {
    routes: createSlaRoutes({ book, clock }),
    book,
    clocks,
    view: async (inner, clockId, now) => {
      const facts = (await factsOf(inner, [clockId])).get(clockId) ?? [];
      const read = readFacts(book, facts, now);
      if (read === null) return null;
      const { refused } = openClock(countedFacts(facts).map(clockFactOf), book.calendarOf);
      const codes = new Map(refused.map(({ fact, code }) => [fact.sequence, code] as const));
      return clockView(book, read, { facts, marks: await marksOf(inner, clockId), refused: codes });
    },
    marks: marksOf,
    closedCycles: (from, to) => closedCycles(db, from, to),
    openBreached: () => openBreached(db, clock.now(), ['discount', 'order', 'return']),
    intervals: (from, to) => {
      const inside: { from: number; to: number }[] = [];
      for (const segment of workingSegments(book.house, from)) {
        if (segment.from >= to) break;
        inside.push({ from: Math.max(from, segment.from), to: Math.min(to, segment.to) });
      }
      return inside;
    },
    dayOf: (at) => {
      const date = Temporal.Instant.fromEpochMilliseconds(at)
        .toZonedDateTimeISO(book.house.zone)
        .toPlainDate()
        .toString();
      const working = intervalsOn(book.house, epochDayOf(date) ?? 0).length > 0;
      const reason = book.house.overrides[date]?.reason ?? null;
      return { working, holiday: working ? null : (reason?.title ?? null) };
    },
    start: (ticker, onMarks) => {
      ticker.alone(MARKS_ROUND_MS, 'sla.marks', async () => {
        const subjects = await clocks.recordMarks();
        if (subjects.length > 0) onMarks?.(subjects);
      });
    },
  };
}
