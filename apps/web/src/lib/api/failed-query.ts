import type { Query } from '@tanstack/react-query';

/**
 * Least time that a failure stands on the screen, ms. Without an answer to show, a query that is asked anew takes its failure
 * away until the next one: hints and intervals would leave no time to read it or to press «Повторить».
 */
export const FAILED_PAUSE_MS = 15_000;

/** Failed, and there is nothing older to show. */
export const isFailure = ({ state }: Pick<Query, 'state'>): boolean =>
  state.status === 'error' && state.data === undefined;

/** An interval of asking anew, ms, for `refetchInterval`: a failure stands for its time. */
export const pollEvery =
  (ms: number) =>
  (query: Pick<Query, 'state'>): number =>
    isFailure(query) ? Math.max(ms, FAILED_PAUSE_MS) : ms;
