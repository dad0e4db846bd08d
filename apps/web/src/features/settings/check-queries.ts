import {
  type CheckStepId,
  type ConnectionCheck,
  connectionCheckAll,
  connectionCheckStart,
  connectionChecks,
} from '@pult/shared/contracts/connection-checks';
import { landscapeConnections } from '@pult/shared/contracts/landscape';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';
import { callEndpoint } from '../../lib/api/client.ts';

/** A running check moves several times a second; hints of the room `sources` come too, this is the fallback. */
const RUNNING_MS = 1_500;
const CALM_MS = 5_000;

export const connectionsQuery = () =>
  queryOptions({
    queryKey: ['landscape', 'connections'],
    queryFn: () => callEndpoint(landscapeConnections, {}),
    refetchInterval: CALM_MS,
  });

export const checksQuery = (systemId: string) =>
  queryOptions({
    queryKey: ['landscape', 'connections', systemId, 'checks'],
    queryFn: () => callEndpoint(connectionChecks, { params: { systemId } }),
    refetchInterval: (query) => (query.state.data?.checks[0]?.state === 'running' ? RUNNING_MS : false),
  });

/** Starts a check, or joins the one that runs. */
export function useCheck(systemId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (from: CheckStepId | null) =>
      callEndpoint(connectionCheckStart, { params: { systemId }, body: from === null ? {} : { from } }),
    onSettled: () => client.invalidateQueries({ queryKey: ['landscape', 'connections'] }),
  });
}

export function useCheckAll() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => callEndpoint(connectionCheckAll, { body: {} }),
    onSettled: () => client.invalidateQueries({ queryKey: ['landscape', 'connections'] }),
  });
}

/** Where a check stopped; undefined while it goes on or when all went well. */
export const failedStepOf = (check: ConnectionCheck) => check.steps.find(({ state }) => state === 'failed');

/** How long the steps took together, ms. */
export const tookMs = (check: ConnectionCheck): number =>
  check.steps.reduce((total, { ms, state }) => total + (state === 'kept' ? 0 : (ms ?? 0)), 0);
