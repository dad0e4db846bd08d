import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, shouldRetryQuery } from '../lib/api/api-error.ts';
import { goToLogin } from '../lib/session.ts';

const onError = (error: unknown): void => {
  if (error instanceof ApiError && error.code === 'session.required') goToLogin();
};

/** Queries of the whole console: repeated by the policy of the API client, mutations never. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  defaultOptions: {
    queries: { retry: shouldRetryQuery, staleTime: 2_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
