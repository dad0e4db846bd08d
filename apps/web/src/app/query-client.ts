import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError, shouldRetryQuery } from '../lib/api/api-error.ts';
import { goToLogin } from '../lib/session.ts';

/** Queries of the whole console: repeated by the policy of the API client, mutations never. */
export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) goToLogin();
    },
  }),
  defaultOptions: {
    queries: { retry: shouldRetryQuery, staleTime: 2_000, refetchOnWindowFocus: true },
    mutations: { retry: false },
  },
});
