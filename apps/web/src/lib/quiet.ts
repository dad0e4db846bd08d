import type { EndpointCall } from '@pult/shared/contracts/endpoint';
import { quietChange, quietCreate, quietEnd, quietList } from '@pult/shared/contracts/quiet';
import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query';

import { callEndpoint } from './api/client.ts';

/** Mutes and maintenance windows; hints of the room `landscape` refresh them. */
export const quietQuery = () =>
  queryOptions({
    queryKey: ['landscape', 'quiet'],
    queryFn: () => callEndpoint(quietList, {}),
    refetchInterval: 30_000,
  });

/** Everything of the landscape may look different after one of these. */
function useRefresh() {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ['landscape'] });
}

type Create = NonNullable<EndpointCall<typeof quietCreate>['body']>;
type End = NonNullable<EndpointCall<typeof quietEnd>['body']>;
type Change = NonNullable<EndpointCall<typeof quietChange>['body']>;

export function useCreateQuiet() {
  const refresh = useRefresh();
  return useMutation({ mutationFn: (body: Create) => callEndpoint(quietCreate, { body }), onSuccess: refresh });
}

export function useEndQuiet() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ quietId, ...body }: End & { quietId: string }) =>
      callEndpoint(quietEnd, { params: { quietId }, body }),
    onSettled: refresh,
  });
}

export function useChangeQuiet() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ quietId, ...body }: Change & { quietId: string }) =>
      callEndpoint(quietChange, { params: { quietId }, body }),
    onSettled: refresh,
  });
}
