import type { ApprovalCard, ApprovalSystem } from '@pult/shared/contracts/approvals';
import type { DeliveryState } from '@pult/shared/domain/delivery/summary';
import type { ApprovalContext } from './context.ts';
import type { DecisionRow } from './decision-store.ts';
import type { RequestRow } from './store.ts';

type Carried = ApprovalCard['carried'][number];

const STATE: Readonly<Record<DeliveryState, Carried['state']>> = {
  accepted: 'on_way',
  sent: 'on_way',
  delivered: 'on_way',
  retrying: 'on_way',
  applied: 'arrived',
  failed: 'failed',
  in_doubt: 'in_doubt',
  discarded: 'discarded',
};

/** How far a decision made in one system got to the other. Decisions of Pult leave through its own outbox. */
export async function carriedOf(
  { carried, systems }: Pick<ApprovalContext, 'carried' | 'systems'>,
  request: Pick<RequestRow, 'elmaItemId' | 'documentRef' | 'documentNumber'>,
  decision: Pick<DecisionRow, 'decidedIn'>,
): Promise<Carried[]> {
  if (carried === undefined || decision.decidedIn === 'pult') return [];
  const messages = await carried({
    itemId: request.elmaItemId,
    documentRef: request.documentRef,
    documentNumber: request.documentNumber,
  });
  const nameOf = (id: string): ApprovalSystem | undefined =>
    (['ut', 'elma'] as const).find((name) => systems[name]?.system === id);
  return messages.flatMap(({ consumer, deliveryId, state, at, error }) => {
    const system = nameOf(consumer);
    if (system === undefined || system === decision.decidedIn) return [];
    return [{ system, state: STATE[state], at: at.toISOString(), error, deliveryId }];
  });
}
