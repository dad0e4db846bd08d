import { ediAnswer, ediOrder, ediPreview } from '@pult/shared/contracts/edi';
import {
  causeGet,
  causesList,
  causeTriage,
  type MessagesFilter,
  messageGet,
  messagePayload,
  messageReveal,
  messagesList,
  messagesSummary,
  messagesVolume,
  quarantineDiscard,
  quarantineList,
  quarantineReplay,
} from '@pult/shared/contracts/messages';
import { deliveryVerify, operationsCreate } from '@pult/shared/contracts/operations';
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { callEndpoint } from '../../lib/api/client.ts';
import { pollEvery } from '../../lib/api/failed-query.ts';
import { paths } from '../../lib/paths.ts';

export type Verb = 'resend' | 'reExport' | 'discard' | 'restore';
export type Selection = { causeIds: string[] } | { deliveryIds: string[] } | { filter: Record<string, unknown> };

export const summaryQuery = (filter: MessagesFilter) =>
  queryOptions({
    queryKey: ['messages', 'summary', filter],
    queryFn: () => callEndpoint(messagesSummary, { query: filter }),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
    meta: { paceMs: 1_000 },
  });

export const volumeQuery = (filter: MessagesFilter) =>
  queryOptions({
    queryKey: ['messages', 'volume', filter],
    queryFn: () => callEndpoint(messagesVolume, { query: { ...filter, buckets: 96 } }),
    placeholderData: keepPreviousData,
    refetchInterval: 30_000,
    meta: { paceMs: 5_000 },
  });

export const causesQuery = (filter: MessagesFilter) =>
  queryOptions({
    queryKey: ['messages', 'causes', filter],
    queryFn: () => callEndpoint(causesList, { query: filter }),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });

export const causeQuery = (causeId: string) =>
  queryOptions({
    queryKey: ['messages', 'cause', causeId],
    queryFn: () => callEndpoint(causeGet, { params: { causeId } }),
  });

export type Sort = 'newest' | 'oldest' | 'amount';

export const listQuery = (filter: MessagesFilter, sort: Sort) =>
  infiniteQueryOptions({
    queryKey: ['messages', 'list', filter, sort],
    queryFn: ({ pageParam }) =>
      callEndpoint(messagesList, {
        query: { ...filter, sort, limit: 50, ...(pageParam ? { cursor: pageParam } : {}) },
      }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });

export const quarantineQuery = () =>
  infiniteQueryOptions({
    queryKey: ['messages', 'quarantine'],
    queryFn: ({ pageParam }) =>
      callEndpoint(quarantineList, { query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } }),
    initialPageParam: '',
    getNextPageParam: (page) => page.nextCursor ?? undefined,
  });

export const messageQuery = (deliveryId: string) =>
  queryOptions({
    queryKey: ['messages', 'one', deliveryId],
    queryFn: () => callEndpoint(messageGet, { params: { deliveryId } }),
    refetchInterval: pollEvery(10_000),
  });

export const payloadQuery = (deliveryId: string, revision: number) =>
  queryOptions({
    queryKey: ['messages', 'payload', deliveryId, revision],
    queryFn: () => callEndpoint(messagePayload, { params: { deliveryId }, query: { revision } }),
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Makes the plan of an operation and opens it; a single message with a reason starts at once. */
export function useOperation() {
  const client = useQueryClient();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (input: { verb: Verb; selection: Selection; reason?: string }) =>
      callEndpoint(operationsCreate, {
        body: {
          verb: input.verb,
          selection: input.selection,
          ...(input.reason === undefined ? {} : { start: { reason: input.reason } }),
        },
      }),
    onSuccess: ({ operation }) => {
      void client.invalidateQueries({ queryKey: ['messages'] });
      void navigate(paths.operation(operation.id));
    },
  });
}

/** Content with personal data; the answer is not kept in the cache. */
export function useReveal(deliveryId: string) {
  return useMutation({
    mutationFn: (body: { revision: number; reason: string }) =>
      callEndpoint(messageReveal, { params: { deliveryId }, body }),
    gcTime: 0,
  });
}

export function useVerify(deliveryId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => callEndpoint(deliveryVerify, { params: { deliveryId } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['messages'] }),
  });
}

export interface Triage {
  readonly causeIds: readonly string[];
  readonly owner?: 'take' | 'release';
  readonly snoozeUntil?: string | null;
  readonly note?: string;
}

/** Takes, releases, snoozes or annotates causes, one after the other: each is a command of its own in the audit. */
export function useTriage() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ causeIds, ...body }: Triage) => {
      for (const causeId of causeIds) {
        const detail = await callEndpoint(causeTriage, { params: { causeId }, body });
        client.setQueryData(causeQuery(causeId).queryKey, detail);
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: ['messages', 'causes'] }),
  });
}

export function useQuarantineAction() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ eventId, verb }: { eventId: string; verb: 'replay' | 'discard' }) =>
      callEndpoint(verb === 'replay' ? quarantineReplay : quarantineDiscard, { params: { eventId }, body: {} }),
    onSettled: () => client.invalidateQueries({ queryKey: ['messages'] }),
  });
}

/** Order of a chain behind a message, with its answers. */
export const ediQuery = (deliveryId: string) =>
  queryOptions({
    queryKey: ['messages', 'edi', deliveryId],
    queryFn: () => callEndpoint(ediOrder, { params: { deliveryId } }),
    refetchInterval: 15_000,
  });

type AnswerBody = NonNullable<Parameters<typeof callEndpoint<typeof ediAnswer>>[1]>['body'];

export function useEdiPreview(deliveryId: string) {
  return useMutation({
    mutationFn: (body: NonNullable<AnswerBody>) => callEndpoint(ediPreview, { params: { deliveryId }, body }),
  });
}

export function useEdiAnswer(deliveryId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: NonNullable<AnswerBody>) => callEndpoint(ediAnswer, { params: { deliveryId }, body }),
    onSuccess: (view) => client.setQueryData(ediQuery(deliveryId).queryKey, view),
    onSettled: () => client.invalidateQueries({ queryKey: ['messages'] }),
  });
}
