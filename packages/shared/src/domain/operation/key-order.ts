import { type ItemState, isInFlight, isSuccess } from './item.ts';

export interface OrderedItem {
  /** Place in the frozen list: older messages first. */
  readonly position: number;
  /** What it is about and what it goes by: of items that share any of them one is on its way at a time, oldest first. */
  readonly keys: readonly string[];
  readonly state: ItemState;
  readonly doubtSettled: boolean;
  /** Left out because the target had it already. */
  readonly arrived?: boolean;
}

export type Turn =
  | { readonly kind: 'go' }
  /** An older message of the same document or key is not through yet. */
  | { readonly kind: 'wait'; readonly behind: number }
  /** An older message of the same document or key did not get through: this one must not overtake it. */
  | { readonly kind: 'skip'; readonly behind: number };

/** Whose turn an item is among those that share a key with it; others are passed over. `among` may be in any order. */
export function turnOf(item: OrderedItem, among: readonly OrderedItem[]): Turn {
  let wait: OrderedItem | null = null;
  for (const other of among) {
    if (other.position === item.position || !other.keys.some((key) => item.keys.includes(key))) continue;
    if (other.position > item.position) {
      // Whatever its place: never two messages of one document on their way at once.
      if (isInFlight(other.state)) wait ??= other;
      continue;
    }
    if (isSuccess(other.state) || other.arrived === true) continue;
    if (stoppedShort(other)) return { kind: 'skip', behind: other.position };
    if (wait === null || other.position > wait.position) wait = other;
  }
  return wait === null ? { kind: 'go' } : { kind: 'wait', behind: wait.position };
}

const stoppedShort = ({ state, doubtSettled }: OrderedItem): boolean =>
  state === 'failed' || state === 'skipped' || state === 'returned' || (state === 'in_doubt' && doubtSettled);
