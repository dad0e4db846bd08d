/** What analytics asks of other modules, wired in main. */
import type { HourFigures, HourLatency } from './rules.ts';

export interface RangeOf {
  readonly from: number;
  readonly to: number;
  readonly flowIds: readonly string[] | null;
}

export interface FailureFigures {
  readonly at: number;
  readonly causeId: string;
  readonly flowId: string;
  readonly errorClass: string;
  readonly titleRu: string;
  readonly titleEn: string;
  readonly pattern: string;
  readonly count: number;
}

/** A day of the house calendar. */
export interface WorkingDay {
  readonly working: boolean;
  /** Name of the holiday; null on ordinary days. */
  readonly holiday: string | null;
}

/** A closed cycle of an approval clock. */
export interface ClosedApproval {
  readonly kind: 'discount' | 'order' | 'return';
  readonly goalMs: number;
  /** Working time without pauses. */
  readonly elapsedMs: number;
  readonly inTime: boolean;
  readonly decidedBy: string;
}

export interface AnalyticsSources {
  hours(range: RangeOf): Promise<HourFigures[]>;
  latencies(range: RangeOf): Promise<HourLatency[]>;
  failures(range: RangeOf): Promise<FailureFigures[]>;
  state(): Promise<{
    inDoubt: number;
    quarantine: number;
    freshAt: number | null;
    /** Of the first figures there are. */
    since: number | null;
    now: number;
  }>;
  closedApprovals(from: number, to: number): Promise<ClosedApproval[]>;
  openBreached(): Promise<number>;
  /** The day that begins at this moment in Moscow. */
  dayOf(startsAt: number): WorkingDay;
}
