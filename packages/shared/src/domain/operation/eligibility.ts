export type OperationVerb = 'resend' | 'reExport' | 'discard' | 'restore';

export type IneligibleReason =
  | 'in_operation'
  | 'state_not_retriable'
  | 'already_applied'
  | 'verb_unsupported'
  | 'no_record'
  | 'no_retry_topic'
  | 'no_file'
  | 'refused_to_chain'
  | 'flow_not_connected'
  | 'not_found'
  | 'changed_since_plan'
  | 'previous_failed';

export type DeliveryState =
  | 'accepted'
  | 'sent'
  | 'delivered'
  | 'applied'
  | 'failed'
  | 'retrying'
  | 'in_doubt'
  | 'discarded';

/**
 * What keeps a message from being put again by Pult itself, as a record of the bus or as a file; null where nothing does, or a
 * source is asked. `refused_to_chain`: a person has refused the order to the chain that sent it.
 */
export type ResendObstacle = 'no_record' | 'no_retry_topic' | 'no_file' | 'refused_to_chain' | null;

/** What of a flow decides whether a verb is possible. */
export interface FlowAbility {
  readonly watched: boolean;
  readonly resend: boolean;
  readonly reExport: boolean;
}

/**
 * Why a delivery cannot be part of an operation; null when it can. Accepted and sent ones are still on their way:
 * sending them again would be the duplicate that this module exists to prevent. So is a delivered one, until the target has
 * kept it longer than the flow allows (`overdue`): a document that lies there unposted needs a way out.
 */
export function whyNot(
  verb: OperationVerb,
  delivery: {
    readonly state: DeliveryState;
    readonly claimed: boolean;
    readonly overdue: boolean;
    readonly obstacle?: ResendObstacle;
  },
  flow: FlowAbility | undefined,
): IneligibleReason | null {
  if (delivery.claimed || delivery.state === 'retrying') return 'in_operation';
  if (delivery.state === 'applied') return 'already_applied';
  if (verb === 'restore') return delivery.state === 'discarded' ? null : 'state_not_retriable';
  if (verb === 'discard') return isRetriable(delivery) ? null : 'state_not_retriable';
  if (flow === undefined || !flow.watched) return 'flow_not_connected';
  if (!flow[verb]) return 'verb_unsupported';
  if (!isRetriable(delivery)) return 'state_not_retriable';
  return verb === 'resend' ? (delivery.obstacle ?? null) : null;
}

const isRetriable = ({ state, overdue }: { readonly state: DeliveryState; readonly overdue: boolean }): boolean =>
  state === 'failed' || state === 'in_doubt' || (state === 'delivered' && overdue);

/** Above this many items the person types the number. */
export const TYPED_COUNT_ABOVE = 100;
