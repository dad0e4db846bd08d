import type { EndpointCall } from '@pult/shared/contracts/endpoint';
import {
  migrationGet,
  migrationRollbackCheck,
  migrationStage,
  type ShadowPeriod,
  shadowExplain,
  shadowPairs,
  shadowReport,
  shadowUnexplain,
} from '@pult/shared/contracts/migration';
import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useMutation,
  useQueryClient,
} from '@tanstack/react-query';
import { callEndpoint } from '../../../lib/api/client.ts';

/** Asked for under the name of the landscape: its hints refresh it. */
export const migrationQuery = (flowId: string) =>
  queryOptions({
    queryKey: ['landscape', 'migration', flowId],
    queryFn: () => callEndpoint(migrationGet, { params: { flowId } }),
    refetchInterval: 15_000,
  });

export const shadowQuery = (flowId: string, period: ShadowPeriod) =>
  queryOptions({
    queryKey: ['landscape', 'shadow', flowId, period],
    queryFn: () => callEndpoint(shadowReport, { params: { flowId }, query: { period } }),
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });

export type PairsQuery = Omit<NonNullable<EndpointCall<typeof shadowPairs>['query']>, 'cursor' | 'limit'>;

export const pairsQuery = (flowId: string, query: PairsQuery) =>
  infiniteQueryOptions({
    queryKey: ['landscape', 'pairs', flowId, query],
    queryFn: ({ pageParam }) =>
      callEndpoint(shadowPairs, {
        params: { flowId },
        query: { ...query, limit: 50, ...(pageParam === null ? {} : { cursor: pageParam }) },
      }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: keepPreviousData,
  });

/** Decisions about a migration; each shows at once what it changed. */
export function useMigrationCommands(flowId: string) {
  const client = useQueryClient();
  const onSettled = () => client.invalidateQueries({ queryKey: ['landscape'] });
  const params = { flowId };
  return {
    stage: useMutation({
      mutationFn: (body: EndpointCall<typeof migrationStage>['body'] & object) =>
        callEndpoint(migrationStage, { params, body }),
      onSettled,
    }),
    rollback: useMutation({
      mutationFn: (reason: string) => callEndpoint(migrationRollbackCheck, { params, body: { reason } }),
      onSettled,
    }),
    explain: useMutation({
      mutationFn: (body: EndpointCall<typeof shadowExplain>['body'] & object) =>
        callEndpoint(shadowExplain, { params, body }),
      onSettled,
    }),
    unexplain: useMutation({
      mutationFn: ({ explanationId, reason }: { explanationId: string; reason: string }) =>
        callEndpoint(shadowUnexplain, { params: { flowId, explanationId }, body: { reason } }),
      onSettled,
    }),
  };
}
export type MigrationCommands = ReturnType<typeof useMigrationCommands>;
