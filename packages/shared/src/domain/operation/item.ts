/** Life of one item of an operation (domain.md §2; the words are in docs/glossary.md). */
export type ItemState =
  | 'pending'
  | 'waiting_previous'
  | 'verifying'
  | 'sending'
  | 'sent'
  | 'applied'
  | 'already_applied'
  | 'done'
  | 'failed'
  | 'in_doubt'
  | 'skipped'
  | 'returned';

/**
 * What may happen to an item.
 * - `wait` / `admit`: an older message of the same document is on its way / is through
 * - `verify`: the target is asked first; `absent`: it does not have the document
 * - `found`: the target has the document
 * - `send`: attempt number and key are stored, the request goes out
 * - `hold`: the request certainly did not leave (circuit open, connection refused): the turn is given back
 * - `accepted`: the source took the request; `refused`: it certainly did not and never will
 * - `confirmed` / `rejected`: the target says so by an event of this attempt or a later one
 * - `timed_out`: nobody knows
 * - `give_up`: time to look for a doubtful one is over and the target does not have it
 * - `skip`: must not be sent any more; `return`: cancelled before it left; `close`: discard or restore took effect
 */
export type ItemStep =
  | 'wait'
  | 'admit'
  | 'verify'
  | 'absent'
  | 'found'
  | 'send'
  | 'hold'
  | 'accepted'
  | 'refused'
  | 'confirmed'
  | 'rejected'
  | 'timed_out'
  | 'give_up'
  | 'skip'
  | 'return'
  | 'close';

const TABLE: Readonly<Record<ItemState, Partial<Record<ItemStep, ItemState>>>> = {
  pending: {
    wait: 'waiting_previous',
    verify: 'verifying',
    send: 'sending',
    skip: 'skipped',
    return: 'returned',
    close: 'done',
    refused: 'failed',
    confirmed: 'already_applied',
  },
  waiting_previous: { admit: 'pending', skip: 'skipped', return: 'returned', confirmed: 'already_applied' },
  verifying: {
    found: 'already_applied',
    absent: 'pending',
    hold: 'pending',
    refused: 'failed',
    return: 'returned',
    confirmed: 'already_applied',
  },
  sending: {
    accepted: 'sent',
    refused: 'failed',
    hold: 'pending',
    confirmed: 'applied',
    found: 'applied',
    rejected: 'failed',
    timed_out: 'in_doubt',
  },
  sent: { confirmed: 'applied', found: 'applied', rejected: 'failed', timed_out: 'in_doubt' },
  in_doubt: { confirmed: 'applied', found: 'applied', rejected: 'failed', give_up: 'failed' },
  // Late news: the target speaks up after the item was given up. Success is never lost.
  failed: { confirmed: 'applied', found: 'applied' },
  applied: {},
  already_applied: {},
  done: {},
  skipped: {},
  returned: {},
};

/** The next state; null when the step means nothing in this state (old news, a race that somebody else won). */
export const nextItemState = (state: ItemState, step: ItemStep): ItemState | null => TABLE[state][step] ?? null;

export const ITEM_STATES = Object.keys(TABLE) as ItemState[];

const IN_FLIGHT: ReadonlySet<ItemState> = new Set(['verifying', 'sending', 'sent']);
const SUCCESS: ReadonlySet<ItemState> = new Set(['applied', 'already_applied', 'done']);
const NOT_STARTED: ReadonlySet<ItemState> = new Set(['pending', 'waiting_previous']);

/** Between the first request about it and its outcome: at most one per business key. */
export const isInFlight = (state: ItemState): boolean => IN_FLIGHT.has(state);
export const isSuccess = (state: ItemState): boolean => SUCCESS.has(state);
export const isNotStarted = (state: ItemState): boolean => NOT_STARTED.has(state);

/** `doubtSettled`: the time to look for the document is over; the item stays «unknown» for this operation. */
export interface ItemProgress {
  readonly state: ItemState;
  readonly doubtSettled: boolean;
}

/** Whether the operation still has something to do for the item. */
export const isOpen = ({ state, doubtSettled }: ItemProgress): boolean =>
  isNotStarted(state) || isInFlight(state) || (state === 'in_doubt' && !doubtSettled);
