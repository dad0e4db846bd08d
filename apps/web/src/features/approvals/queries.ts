import {
  type ApprovalCard,
  type ApprovalKind,
  type ApprovalTab,
  approvalsAsk,
  approvalsClock,
  approvalsDecide,
  approvalsGet,
  approvalsList,
  approvalsUndo,
  type DecisionVerdict,
  type RejectReason,
} from '@pult/shared/contracts/approvals';
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { callEndpoint } from '../../lib/api/client.ts';

export interface InboxFilter {
  readonly tab: ApprovalTab;
  readonly kind: ApprovalKind | null;
  readonly minDeviation: number | null;
  readonly q: string;
}

export const inboxQuery = (filter: InboxFilter) =>
  infiniteQueryOptions({
    queryKey: ['approvals', 'list', filter],
    queryFn: ({ pageParam }) =>
      callEndpoint(approvalsList, {
        query: {
          tab: filter.tab,
          limit: 100,
          ...(filter.kind ? { kind: filter.kind } : {}),
          ...(filter.minDeviation === null ? {} : { minDeviation: filter.minDeviation }),
          ...(filter.q ? { q: filter.q } : {}),
          ...(pageParam ? { cursor: pageParam } : {}),
        },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: 20_000,
  });

export const cardQuery = (approvalId: string) =>
  queryOptions({
    queryKey: ['approvals', 'card', approvalId],
    queryFn: () => callEndpoint(approvalsGet, { params: { approvalId }, query: {} }),
    refetchInterval: (query) => (hasMovingDelivery(query.state.data) ? 2_000 : 20_000),
  });

export const clockQuery = (approvalId: string) =>
  queryOptions({
    queryKey: ['approvals', 'clock', approvalId],
    queryFn: () => callEndpoint(approvalsClock, { params: { approvalId }, query: {} }),
    refetchInterval: 30_000,
  });

const hasMovingDelivery = (card: ApprovalCard | undefined): boolean =>
  card?.decision?.deliveries.some(({ state }) => state === 'pending' || state === 'delivering' || state === 'failed') ??
  false;

/** Commands of one request; each answers with the card as it stands now. */
export function useApprovalCommands(approvalId: string) {
  const client = useQueryClient();
  const params = { approvalId };
  const settle = {
    onSuccess: (card: ApprovalCard) => client.setQueryData(cardQuery(approvalId).queryKey, card),
    // Also after a refusal: somebody else may have been first, and the card must say who.
    onSettled: () => client.invalidateQueries({ queryKey: ['approvals'] }),
  };
  return {
    decide: useMutation({
      mutationFn: (body: { decision: DecisionVerdict; version: number; reasonCode?: RejectReason; comment?: string }) =>
        callEndpoint(approvalsDecide, { params, body }),
      ...settle,
    }),
    undo: useMutation({
      mutationFn: (decisionId: string) => callEndpoint(approvalsUndo, { params, body: { decisionId } }),
      ...settle,
    }),
    ask: useMutation({
      mutationFn: (body: { text: string; version: number }) => callEndpoint(approvalsAsk, { params, body }),
      ...settle,
    }),
  };
}
