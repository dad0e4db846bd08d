import { landscapeBus } from '@pult/shared/contracts/bus';
import { exchangeRegisters } from '@pult/shared/contracts/exchange-registers';
import { landscapeDay, landscapeFlow, landscapeOverview } from '@pult/shared/contracts/landscape';
import { causesList } from '@pult/shared/contracts/messages';
import { flowRhythm } from '@pult/shared/contracts/rhythm';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { callEndpoint } from '../../lib/api/client.ts';
import { pollEvery } from '../../lib/api/failed-query.ts';

/** The whole landscape; hints of the rooms `landscape` and `sources` refresh it, the interval is the fallback. */
export const overviewQuery = () =>
  queryOptions({
    queryKey: ['landscape', 'overview'],
    queryFn: () => callEndpoint(landscapeOverview, {}),
    refetchInterval: pollEvery(10_000),
  });

export const dayQuery = () =>
  queryOptions({
    queryKey: ['landscape', 'day'],
    queryFn: () => callEndpoint(landscapeDay, {}),
    refetchInterval: 30_000,
    meta: { paceMs: 5_000 },
  });

export const flowQuery = (flowId: string) =>
  queryOptions({
    queryKey: ['landscape', 'flow', flowId],
    queryFn: () => callEndpoint(landscapeFlow, { params: { flowId } }),
    refetchInterval: pollEvery(10_000),
  });

/** Asked for under the name of the messages: their hints refresh it. */
export const flowCausesQuery = (flowId: string) =>
  queryOptions({
    queryKey: ['messages', 'causes-of-flow', flowId],
    queryFn: () => callEndpoint(causesList, { query: { flow: [flowId] } }),
    refetchInterval: 15_000,
    meta: { paceMs: 1_000 },
  });

/** The bus moves while one looks: its lag is read anew each five seconds. */
export const busQuery = () =>
  queryOptions({
    queryKey: ['landscape', 'bus'],
    queryFn: () => callEndpoint(landscapeBus, {}),
    refetchInterval: pollEvery(5_000),
  });

export const registersQuery = (skipped: 'true' | 'false') =>
  queryOptions({
    queryKey: ['landscape', 'registers', skipped],
    queryFn: () => callEndpoint(exchangeRegisters, { query: { skipped } }),
    placeholderData: keepPreviousData,
    refetchInterval: 60_000,
  });

/** Refreshed with the landscape: a message that comes late mends a mark of an hour ago. */
export const rhythmQuery = (flowId: string) =>
  queryOptions({
    queryKey: ['landscape', 'rhythm', flowId],
    queryFn: () => callEndpoint(flowRhythm, { params: { flowId } }),
    refetchInterval: 30_000,
    meta: { paceMs: 5_000 },
  });
