import { analyticsApprovals, analyticsFailures, analyticsFlows } from '@pult/shared/contracts/analytics';
import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { callEndpoint } from '../../lib/api/client.ts';
import type { Range } from './range.ts';

export interface AnalyticsFilter extends Range {
  readonly flow: readonly string[];
  readonly workingDaysOnly: boolean;
}

const queryOf = ({ flow, workingDaysOnly, ...range }: AnalyticsFilter) => ({
  ...range,
  ...(flow.length > 0 ? { flow: [...flow] } : {}),
  ...(workingDaysOnly ? { workingDaysOnly: 'true' as const } : {}),
});

export const flowsQuery = (filter: AnalyticsFilter) =>
  queryOptions({
    queryKey: ['analytics', 'flows', filter],
    queryFn: () => callEndpoint(analyticsFlows, { query: queryOf(filter) }),
    placeholderData: keepPreviousData,
  });

export const failuresQuery = (filter: AnalyticsFilter) =>
  queryOptions({
    queryKey: ['analytics', 'failures', filter],
    queryFn: () => callEndpoint(analyticsFailures, { query: queryOf(filter) }),
    placeholderData: keepPreviousData,
  });

export const approvalsQuery = ({ from, to, compareFrom, compareTo }: AnalyticsFilter) =>
  queryOptions({
    queryKey: ['analytics', 'approvals', from, to],
    queryFn: () => callEndpoint(analyticsApprovals, { query: { from, to, compareFrom, compareTo } }),
    placeholderData: keepPreviousData,
  });
