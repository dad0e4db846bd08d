import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { shownText } from '@pult/shared/domain/delivery/open-words';
import type { DeliveryState } from '@pult/shared/domain/delivery/summary';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

/** Type of a message that carries a decision of one system to another. */
const DECISION = 'РешениеСогласования';

/** Which decision is meant: by the item that was decided where that is known, else by its document. */
export interface DecisionOf {
  readonly itemId: string | null;
  readonly documentRef: string | null;
  readonly documentNumber: string;
}

export interface DecisionMessage {
  readonly deliveryId: string;
  /** System of the landscape that it goes to. */
  readonly consumer: string;
  readonly state: DeliveryState;
  readonly at: Date;
  /** What the consumer said when it failed. */
  readonly error: string | null;
}

/** The newest message with the decision, to each system that it goes to. */
export async function decisionMessages(
  db: Db,
  flows: ReadonlyMap<string, FlowConfig>,
  { itemId, documentRef, documentNumber }: DecisionOf,
): Promise<DecisionMessage[]> {
  const { rows } = await sql<Omit<DecisionMessage, 'error'> & { flowId: string; error: { text: string } | null }>`
    select distinct on (d.consumer) d.id as "deliveryId", d.flow_id as "flowId", d.consumer, d.state, d.state_at as at,
      case when d.state = 'failed' then d.error end as error
    from delivery d
    where d.key_type = ${DECISION}
      and (d.message_id = ${itemId} or d.key_ref = ${documentRef} or d.key_number = ${documentNumber})
    order by d.consumer, (d.message_id = ${itemId}) desc nulls last, d.started_at desc, d.id`.execute(db);
  return rows.map(({ flowId, error, ...message }) => ({
    ...message,
    error: error === null ? null : shownText(error.text, flows.get(flowId)),
  }));
}
