import {
  type OperationDetail,
  operationsCancel,
  operationsCreate,
  operationsGet,
  operationsItems,
  operationsList,
  operationsPause,
  operationsRate,
  operationsResume,
  operationsSeries,
  operationsStart,
} from '@pult/shared/contracts/operations';
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { callEndpoint } from '../../lib/api/client.ts';
import { pollEvery } from '../../lib/api/failed-query.ts';

const FINISHED = new Set(['completed', 'completed_with_failures', 'cancelled', 'expired']);
export const isFinished = (state: string): boolean => FINISHED.has(state);

/** Who opened the operations of the list. */
export type Origin = 'all' | 'pult' | 'people';
const AUTOMATIC = { all: {}, pult: { automatic: 'true' }, people: { automatic: 'false' } } as const;

export const operationsQuery = ({ open, by }: { readonly open: boolean; readonly by: Origin }) =>
  infiniteQueryOptions({
    queryKey: ['operations', 'list', open, by],
    queryFn: ({ pageParam }) =>
      callEndpoint(operationsList, {
        query: {
          ...(open ? { open: 'true' as const } : {}),
          ...AUTOMATIC[by],
          ...(pageParam ? { cursor: pageParam } : {}),
          limit: 50,
        },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    refetchInterval: pollEvery(10_000),
  });

/** One operation; while it runs the interval backs the live hints up. */
export const operationQuery = (operationId: string) =>
  queryOptions({
    queryKey: ['operations', 'one', operationId],
    queryFn: () => callEndpoint(operationsGet, { params: { operationId } }),
    refetchInterval: (query) =>
      query.state.data && isFinished(query.state.data.state) ? false : pollEvery(2_000)(query),
  });

export type ItemSort = 'position' | 'trouble';

export const itemsQuery = (
  operationId: string,
  { outcome, search, sort }: { outcome: string | null; search: string; sort: ItemSort },
) =>
  infiniteQueryOptions({
    queryKey: ['operations', 'one', operationId, 'items', outcome, search, sort],
    queryFn: ({ pageParam }) =>
      callEndpoint(operationsItems, {
        params: { operationId },
        query: {
          ...(outcome ? { outcome: outcome as never } : {}),
          ...(search ? { search } : {}),
          sort,
          ...(pageParam ? { cursor: pageParam } : {}),
          limit: 100,
        },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

/** How the sending went; every few seconds while it goes on. */
export const seriesQuery = (operationId: string, finished: boolean) =>
  queryOptions({
    queryKey: ['operations', 'one', operationId, 'series', finished],
    queryFn: () => callEndpoint(operationsSeries, { params: { operationId } }),
    placeholderData: keepPreviousData,
    refetchInterval: finished ? false : pollEvery(2_000),
  });

const VERBS = { pause: operationsPause, resume: operationsResume, cancel: operationsCancel } as const;

/** The commands of one operation; every answer replaces the cached operation. */
export function useOperationCommands(operationId: string) {
  const client = useQueryClient();
  const keep = (operation: OperationDetail) => {
    client.setQueryData(operationQuery(operationId).queryKey, operation);
    void client.invalidateQueries({ queryKey: ['operations'] });
    void client.invalidateQueries({ queryKey: ['messages'] });
  };
  const params = { operationId };
  return {
    start: useMutation({
      mutationFn: (body: { reason: string; confirmCount?: number }) => callEndpoint(operationsStart, { params, body }),
      onSuccess: keep,
    }),
    control: useMutation({
      mutationFn: (verb: keyof typeof VERBS) => callEndpoint(VERBS[verb], { params, body: {} }),
      onSuccess: keep,
    }),
    rate: useMutation({
      mutationFn: (ratePerSecond: number) => callEndpoint(operationsRate, { params, body: { ratePerSecond } }),
      onSuccess: keep,
    }),
    retryFailed: useMutation({
      mutationFn: (verb: 'resend' | 'reExport') =>
        callEndpoint(operationsCreate, {
          body: { verb, selection: { operationId, outcomes: ['failed', 'in_doubt', 'skipped', 'returned'] } },
        }),
    }),
    /** Plans another export of what could not be sent as it was: there was no message. */
    exportInstead: useMutation({
      mutationFn: () =>
        callEndpoint(operationsCreate, {
          body: {
            verb: 'reExport',
            selection: { operationId, outcomes: ['ineligible'], reasons: ['no_message'] },
          },
        }),
    }),
  };
}
