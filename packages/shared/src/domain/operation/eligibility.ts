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
  | 'replaced'
  | 'overtaken'
  | 'no_message'
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
 * What keeps a message from being sent again as it was; null where nothing does. Pult itself puts records of the bus and files
 * again. A source is asked for what it has reported: of an object that only an exchange register names there was no message.
 * `refused_to_chain`: a person has refused the order to the chain that sent it. `replaced`: the chain has sent a newer one.
 */
export type ResendObstacle =
  | 'no_record'
  | 'no_retry_topic'
  | 'no_file'
  | 'refused_to_chain'
  | 'replaced'
  | 'no_message'
  | null;

/** Obstacles by which somebody has decided about the message: it must not leave any more, even where an operation holds it. */
export const mustNotLeave = (obstacle: ResendObstacle): obstacle is 'refused_to_chain' | 'replaced' =>
  obstacle === 'refused_to_chain' || obstacle === 'replaced';

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
