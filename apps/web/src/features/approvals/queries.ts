import {
  type ApprovalCard,
  type ApprovalKind,
  type ApprovalTab,
  approvalsAsk,
  approvalsClock,
  approvalsDecide,
  approvalsDecideBatch,
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
  readonly segment: string | null;
  readonly q: string;
  readonly by: 'anyone' | 'me';
}

export const inboxQuery = (filter: InboxFilter) =>
  infiniteQueryOptions({
    queryKey: ['approvals', 'list', filter],
    queryFn: ({ pageParam }) =>
      callEndpoint(approvalsList, {
        query: {
          tab: filter.tab,
          decidedBy: filter.by,
          limit: 100,
          ...(filter.kind ? { kind: filter.kind } : {}),
          ...(filter.minDeviation === null ? {} : { minDeviation: filter.minDeviation }),
          ...(filter.segment ? { segment: filter.segment } : {}),
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

/** The card for the check of a batch: it does not count as looked at. */
export const checkQuery = (approvalId: string) =>
  queryOptions({
    // Not below `approvals`: live hints must not change figures that are being read; the version guards the decision.
    queryKey: ['approvals-check', approvalId],
    queryFn: () => callEndpoint(approvalsGet, { params: { approvalId }, query: { seen: 'false' } }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });

/** The person's own last decisions, for the screen after a decision. */
export const ownDecisionsQuery = () =>
  queryOptions({
    queryKey: ['approvals', 'own-decisions'],
    queryFn: () => callEndpoint(approvalsList, { query: { tab: 'decided', decidedBy: 'me', limit: 4 } }),
  });

export const clockQuery = (approvalId: string) =>
  queryOptions({
    queryKey: ['approvals', 'clock', approvalId],
    queryFn: () => callEndpoint(approvalsClock, { params: { approvalId }, query: {} }),
    refetchInterval: 30_000,
  });

const hasMovingDelivery = (card: ApprovalCard | undefined): boolean =>
  (card?.carried.some(({ state }) => state === 'on_way') ||
    card?.decision?.deliveries.some(
      ({ state }) => state === 'pending' || state === 'delivering' || state === 'failed',
    )) ??
  false;

export interface DecisionBody {
  readonly decision: DecisionVerdict;
  readonly version: number;
  readonly reasonCode?: RejectReason;
  readonly comment?: string;
}

/** Commands of one request; each answers with the card as it stands now. */
export function useApprovalCommands(approvalId: string) {
  const client = useQueryClient();
  const params = { approvalId };
  const settle = {
    onSuccess: (card: ApprovalCard) => client.setQueryData(cardQuery(approvalId).queryKey, card),
    // Also after a refusal: somebody else may have been first, and the card must say who. The outcome does not wait for
    // what is read again.
    onSettled: () => {
      void client.invalidateQueries({ queryKey: ['approvals'] });
    },
  };
  return {
    decide: useMutation({
      mutationFn: (body: DecisionBody) => callEndpoint(approvalsDecide, { params, body }),
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
export type ApprovalCommands = ReturnType<typeof useApprovalCommands>;

/** Approval of several requests and the way back. */
export function useBatchCommands() {
  const client = useQueryClient();
  const onSettled = () => {
    void client.invalidateQueries({ queryKey: ['approvals'] });
  };
  return {
    decide: useMutation({
      mutationFn: (items: { approvalId: string; version: number }[]) =>
        callEndpoint(approvalsDecideBatch, { body: { decision: 'approve', items } }),
      onSettled,
    }),
    undo: useMutation({
      mutationFn: async (decided: readonly { approvalId: string; decisionId: string | null }[]) => {
        for (const { approvalId, decisionId } of decided)
          if (decisionId !== null) await callEndpoint(approvalsUndo, { params: { approvalId }, body: { decisionId } });
      },
      onSettled,
    }),
  };
}
