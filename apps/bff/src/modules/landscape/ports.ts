/** What the landscape asks of other modules; each is one narrow answer, wired in main. */

import type { Actor } from '../../platform/actor.ts';
import type { SharedAnswer } from '../../platform/shared-answers.ts';

/** Numbers of one flow; instants in ms since the epoch. */
export interface FlowNumbers {
  readonly failed: number;
  readonly failedLastHour: number;
  readonly inDoubt: number;
  readonly stuck: number;
  readonly oldestFailedAt: number | null;
  readonly oldestInDoubtAt: number | null;
  readonly oldestStuckAt: number | null;
  /** Amounts in roubles, decimal strings. */
  readonly failedAmount: string;
  readonly inDoubtAmount: string;
  readonly stuckAmount: string;
  readonly waiting: number;
  /** Roubles, decimal string. */
  readonly waitingAmount: string;
  /** Of the whole minutes before `wholeUntil`. */
  readonly accepted: { readonly fiveMinutes: number; readonly hour: number };
  readonly applied: { readonly fiveMinutes: number; readonly hour: number };
  /** First minute with anything in it; null before there was one. */
  readonly seenSince: number | null;
  readonly wholeUntil: number;
  readonly appliedLast5Min: number;
  readonly appliedLastHour: number;
  readonly lastAcceptedAt: number | null;
  readonly lastAppliedAt: number | null;
  readonly lastEventAt: number | null;
  readonly latencyP95Ms: number | null;
  readonly usualLatencyP95Ms: number | null;
  /** Applied per minute, the last 30 minutes, oldest first. */
  readonly spark: readonly number[];
}

export interface VolumeBucket {
  readonly at: number;
  readonly applied: number;
  readonly failed: number;
}

export interface OldestOpen {
  readonly id: string;
  readonly number: string;
  readonly amount: string | null;
  readonly state: string;
  readonly since: number;
}

export interface NewCause {
  readonly id: string;
  readonly flowId: string;
  readonly title: { readonly ru: string; readonly en: string };
  readonly count: number;
  /** Roubles, decimal string. */
  readonly amount: string;
  readonly firstSeenAt: number;
  readonly kind: 'new' | 'regressed';
}

/** Internal read model of the messages module. */
export interface ExchangeActivity {
  flowNumbers(now: number): Promise<SharedAnswer<ReadonlyMap<string, FlowNumbers>>>;
  volume(query: { from: number; to: number; bucketMs: number; flowId?: string }): Promise<VolumeBucket[]>;
  /** Applied in each of some hours (their starts, ms), by flow; hours with none are left out. */
  appliedInHours(
    hours: readonly number[],
  ): Promise<readonly { readonly flowId: string; readonly hour: number; readonly applied: number }[]>;
  oldestOpen(flowId: string, limit: number): Promise<OldestOpen[]>;
  /** Causes first seen (or seen again after a quiet day) within the last 24 hours and still open. */
  newCauses(now: number, limit: number): Promise<NewCause[]>;
  quarantined(): Promise<number>;
  /** What waits because of each system that is down since a moment, ms; asks nothing while none is. Amounts in roubles. */
  waitingFor(down: readonly { readonly systemId: string; readonly since: number }[]): Promise<
    ReadonlyMap<
      string,
      {
        readonly count: number;
        readonly amount: string;
        /** Flow → how many of them are of it. */
        readonly flows: ReadonlyMap<string, number>;
      }
    >
  >;
  /** Dead letter topic → deliveries with a record in it that are not settled yet. */
  openDeadLetters(): Promise<ReadonlyMap<string, number>>;
  /** System → newest event or heartbeat of it. */
  lastReports(): Promise<ReadonlyMap<string, number>>;
}

/** Health of one outbound connection, as the connector keeps it. */
export interface ConnectionState {
  readonly lastOkAt: number | null;
  readonly lastErrorAt: number | null;
  readonly lastError: { readonly code: string; readonly text: string } | null;
  /** First failure since the last success while the connection counts as down; null when it works. */
  readonly downSince: number | null;
  readonly circuit: 'closed' | 'open' | 'half_open';
  readonly nextProbeAt: number | null;
  /** The system refuses the login: not sent again before `until`. */
  readonly login: { readonly since: number; readonly until: number; readonly refusals: number } | null;
  readonly inFlight: number;
  readonly requestsPerMinute: number;
  readonly latencyP95Ms: number | null;
  readonly busyShare: number;
}

export interface Connections {
  state(systemId: string): ConnectionState | null;
}

/** Approvals that wait for one person; how many of them are near or past their term. */
export interface WaitingApprovals {
  readonly waiting: number;
  readonly breaching: number;
  readonly breached: number;
  /** ms since the epoch. */
  readonly nextDueAt: number | null;
}

export interface WorkCounters {
  openOperations(): Promise<number>;
  approvals(actor: Actor): Promise<WaitingApprovals>;
}

/** The house calendar: working intervals in a span of time, ms since the epoch, and the holiday that a date is. */
export interface WorkingTime {
  intervals(from: number, to: number): { from: number; to: number }[];
  dayOf(at: number): { readonly working: boolean; readonly holiday: string | null };
}

/** When messages of the flows with a cadence came; instants in ms since the epoch. */
export interface Arrivals {
  /** First and last message of each pair that has spoken. */
  spans(
    pairs: readonly { readonly flowId: string; readonly source: string }[],
  ): Promise<
    readonly { readonly flowId: string; readonly source: string; readonly firstAt: number; readonly lastAt: number }[]
  >;
  /** Messages of the sources of a flow since a moment, at most one a minute. */
  since(flowId: string, from: number): Promise<readonly { readonly source: string; readonly at: number }[]>;
}

/** What reaches Pult from one system without being asked; instants in ms since the epoch. */
export interface ReportDoor {
  /** Credentials of the system, never the keys themselves. */
  keys(
    systemId: string,
  ): Promise<
    readonly { readonly label: string; readonly lastUsedAt: number | null; readonly revokedAt: number | null }[]
  >;
  /** Newest event or heartbeat in its name. */
  lastAt(systemId: string): Promise<number | null>;
  /** Its events that wait in quarantine. */
  quarantined(systemId: string): Promise<number>;
}
