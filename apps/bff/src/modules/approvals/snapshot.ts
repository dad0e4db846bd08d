import type { ApprovalKind } from '@pult/shared/contracts/approvals';
import type { Background, StoredLine } from './lines.ts';
import type { ElmaStage, Verdict } from './rules.ts';

export interface PersonFacts {
  readonly ref: string | null;
  readonly name: string;
  readonly email: string | null;
}

export interface OutcomeFacts {
  readonly verdict: Verdict;
  readonly by: PersonFacts | null;
  readonly at: number;
  readonly comment: string | null;
  /** Decision of Pult that the outcome carries; null when somebody else made it. */
  readonly pultDecisionId: string | null;
}

export interface DocumentFacts {
  readonly set: string;
  readonly ref: string;
  readonly type: string;
  readonly number: string;
  readonly date: number | null;
  readonly dataVersion: string | null;
  readonly customer: {
    readonly ref: string | null;
    readonly name: string;
    readonly inn: string | null;
    readonly segment: string | null;
  };
  readonly agreement: string | null;
  readonly comment: string | null;
  readonly amountWithoutVat: boolean;
  readonly lines: readonly StoredLine[];
}

/** What the base knows about a request. */
export interface UtSnapshot {
  readonly system: 'ut';
  readonly processRef: string;
  readonly processSet: string;
  readonly isReturn: boolean;
  readonly startedAt: number;
  readonly taskRef: string | null;
  readonly documentSet: string;
  readonly documentRef: string;
  /** Null: unchanged since it was read last. */
  readonly document: DocumentFacts | null;
  readonly initiator: PersonFacts;
  readonly reason: string | null;
  readonly background: Background | null;
  readonly outcome: OutcomeFacts | null;
  /** Read for comparison only: finished before Pult looked. */
  readonly history: boolean;
}

/** What the app with requests knows. */
export interface ElmaSnapshot {
  readonly system: 'elma';
  readonly processRef: string;
  readonly itemId: string;
  readonly itemVersion: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly stage: ElmaStage;
  readonly kind: ApprovalKind;
  readonly documentRef: string | null;
  readonly documentNumber: string;
  readonly customer: string;
  readonly customerInn: string | null;
  readonly initiator: PersonFacts;
  readonly reason: string | null;
  /** Kopecks. */
  readonly amount: bigint | null;
  /** Hundredths of п.п. */
  readonly deviationMax: number;
  readonly question: string | null;
  readonly answer: string | null;
  readonly outcome: OutcomeFacts | null;
  readonly history: boolean;
}
