/** What one reading of the exchange registers of a base says; instants in ms. */
import type { ExchangeProblemKind, ExchangeRunResult } from '@pult/shared/contracts/exchange-registers';
import type { ConnectorConfig } from '@pult/shared/contracts/landscape-file';
import type { SourceError } from '@pult/shared/errors/app-error';
import type { OnecClient } from '../../../connectors/onec-odata/client.ts';
import type { TargetKinds } from './mapping.ts';
import type { NamingMemory } from './naming.ts';

/** What is kept of the words of a base. */
export const MAX_REASON = 4_000;

export type NodeMappings = Pick<
  Extract<ConnectorConfig, { protocol: 'onec-odata' }>,
  'exchangeNodes' | 'exchangeTargets'
>;

export type RegisterClient = Pick<OnecClient, 'system' | 'list' | 'pages'>;

export interface RunFacts {
  readonly result: ExchangeRunResult;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly succeededAt: number | null;
}
/** An exchange plan that the landscape watches for a flow. */
export interface WatchedPlan {
  readonly set: string;
  readonly flow: string;
}
export interface NodeFacts {
  readonly ref: string;
  readonly code: string;
  readonly name: string;
  readonly sentNo: number | null;
  readonly receivedNo: number | null;
  readonly plan: string | null;
  readonly flowId: string | null;
  readonly exchangedAt: number | null;
  readonly runs: Readonly<Partial<Record<'export' | 'import', RunFacts>>>;
}
export interface ProblemFacts {
  readonly id: string;
  readonly nodeRef: string | null;
  /** Plan and code of the node; null for objects of the integration register. */
  readonly node: { readonly plan: string; readonly code: string } | null;
  readonly kind: ExchangeProblemKind;
  /** ТипПроблемы as the base writes it. */
  readonly type: string | null;
  readonly metadata: string;
  /** What the object is where `metadata` says to whom it did not get: «Документ.Отпуск», or as the base calls it. */
  readonly objectType: string | null;
  readonly objectRef: string | null;
  /** Identifier of the object as the integration register has it. */
  readonly objectId?: string;
  readonly presentation: string;
  readonly number: string | null;
  readonly documentAt: number | null;
  readonly reason: string;
  readonly comment: string | null;
  readonly skipped: boolean;
  /** Null: the register keeps no time, the first reading that saw it counts. */
  readonly raisedAt: number | null;
}
export interface RegisterReading {
  readonly nodes: readonly NodeFacts[];
  readonly problems: readonly ProblemFacts[];
  /** Ids of problems that the base lists with a time that cannot be read: nothing else is known of them. */
  readonly unread: readonly string[];
  readonly unpublished: readonly string[];
  readonly truncated: boolean;
}

export interface ReadingOptions {
  readonly zone: string;
  /** Registers of БСП are read. */
  readonly registers: boolean;
  readonly plans: readonly WatchedPlan[];
  /** Systems to which objects are integrated, with the kinds of documents that go there. */
  readonly targets?: readonly (Pick<NodeMappings['exchangeTargets'][number], 'name'> & TargetKinds)[];
  /** How objects are named that their rows do not name; without it they stay nameless. */
  readonly naming?: {
    /** Problems of which an earlier reading has found out what their objects are. */
    readonly named: ReadonlySet<string>;
    readonly memory: NamingMemory;
    readonly now: number;
    /** A kind that could not be asked. */
    readonly onFailure?: (kind: string, error: SourceError) => void;
  };
}
