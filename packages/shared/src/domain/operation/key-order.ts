import { type ItemState, isInFlight, isSuccess } from './item.ts';

export interface OrderedItem {
  /** Place in the frozen list: older messages first. */
  readonly position: number;
  /** What it is about and what it goes by: of items that share any of them one is on its way at a time, oldest first. */
  readonly keys: readonly string[];
  readonly state: ItemState;
  readonly doubtSettled: boolean;
  /** Left out because the target had it already, or a newer one goes in its place. */
  readonly arrived?: boolean;
}

export type Turn =
  | { readonly kind: 'go' }
  /** An older message of the same document or key is not through yet. */
  | { readonly kind: 'wait'; readonly behind: number }
  /** An older message of the same document or key did not get through: this one must not overtake it. */
  | { readonly kind: 'skip'; readonly behind: number };

/**
 * Whose turn an item is among those that share a key with it; others are passed over. `among` may be in any order, and of each
 * key three are enough: the nearest older one that is open, the nearest older one that stopped short, a newer one on its way.
 */
export function turnOf(item: OrderedItem, among: readonly OrderedItem[]): Turn {
  let open: OrderedItem | null = null;
  let short: OrderedItem | null = null;
  let newer: OrderedItem | null = null;
  for (const other of among) {
    if (other.position === item.position || !other.keys.some((key) => item.keys.includes(key))) continue;
    if (other.position > item.position) {
      // Whatever its place: never two messages of one document on their way at once.
      if (isInFlight(other.state)) newer = nearer(newer, other, item);
    } else if (isSuccess(other.state) || other.arrived === true) continue;
    else if (stoppedShort(other)) short = nearer(short, other, item);
    else open = nearer(open, other, item);
  }
  if (short !== null) return { kind: 'skip', behind: short.position };
  const before = open ?? newer;
  return before === null ? { kind: 'go' } : { kind: 'wait', behind: before.position };
}

const nearer = (known: OrderedItem | null, other: OrderedItem, { position }: OrderedItem): OrderedItem =>
  known !== null && Math.abs(known.position - position) <= Math.abs(other.position - position) ? known : other;

const stoppedShort = ({ state, doubtSettled }: OrderedItem): boolean =>
  state === 'failed' || state === 'skipped' || state === 'returned' || (state === 'in_doubt' && doubtSettled);
