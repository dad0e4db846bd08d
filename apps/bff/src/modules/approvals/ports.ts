import type { DeliveryState } from '@pult/shared/domain/delivery/summary';
import type { OnecClient } from '../../connectors/onec-odata/client.ts';
import type { RequestApp } from '../../connectors/port/request-app.ts';
import type { ConnectionState } from '../landscape/index.ts';

/** What the module needs of the base with orders and processes. */
export type UtClient = Pick<OnecClient, 'get' | 'list' | 'pages' | 'fetch' | 'balance' | 'patch' | 'executeTask'>;
/** What the module needs of the app with requests. */
export type ElmaApp = Pick<RequestApp, 'list' | 'get' | 'update' | 'setStatus'>;

export interface ApprovalConnectors {
  onec(systemId: string): UtClient;
  elma(systemId: string): ElmaApp;
  state(systemId: string): Pick<ConnectionState, 'circuit' | 'nextProbeAt' | 'login'> | null;
}

/** A message of an exchange that carries a decision on; `consumer` is a system of the landscape. */
export interface CarriedDecision {
  readonly deliveryId: string;
  readonly consumer: string;
  readonly state: DeliveryState;
  readonly at: Date;
  readonly error: string | null;
}
/** Messages with the decision about an item or, where none is known, a document. */
export type CarriedDecisions = (of: {
  readonly itemId: string | null;
  readonly documentRef: string | null;
  readonly documentNumber: string;
}) => Promise<readonly CarriedDecision[]>;

/** Which systems of the landscape hold requests. */
export interface ApprovalSystems {
  readonly ut: {
    readonly system: string;
    readonly zone: string;
    readonly pollMs: number;
    /** Name of the price kind with planned cost in Catalog_ВидыЦен. */
    readonly costPriceKind: string;
  } | null;
  readonly elma: { readonly system: string; readonly app: string; readonly pollMs: number } | null;
}
