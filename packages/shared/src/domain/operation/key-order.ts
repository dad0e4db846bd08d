import { type ItemState, isInFlight, isSuccess } from './item.ts';

export interface OrderedItem {
  /** Place in the frozen list: older messages first. */
  readonly position: number;
  readonly key: string;
  readonly state: ItemState;
  readonly doubtSettled: boolean;
  /** Left out because the target had it already. */
  readonly arrived?: boolean;
}

export type Turn =
  | { readonly kind: 'go' }
  /** An older message of the same document is not through yet. */
  | { readonly kind: 'wait'; readonly behind: number }
  /** An older message of the same document did not get through: this one must not overtake it. */
  | { readonly kind: 'skip'; readonly behind: number };

/** Whose turn an item is among the items of its own business key. `sameKey` may be in any order. */
export function turnOf(item: OrderedItem, sameKey: readonly OrderedItem[]): Turn {
  let wait: OrderedItem | null = null;
  for (const other of sameKey) {
    if (other.key !== item.key || other.position >= item.position) {
      // Whatever its place: never two messages of one document on their way at once.
      if (other.key === item.key && other.position !== item.position && isInFlight(other.state)) wait ??= other;
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
