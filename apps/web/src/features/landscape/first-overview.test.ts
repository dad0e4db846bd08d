import { QueryClient } from '@tanstack/react-query';
import { expect, it, vi } from 'vitest';
import { FIRST_OVERVIEW } from './first-overview.ts';
import { dayQuery, overviewQuery } from './queries.ts';

it('what is asked for before any script is what the overview asks', async () => {
  const fetched = vi.spyOn(globalThis, 'fetch').mockImplementation(async () => new Response('{}', { status: 500 }));
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  await Promise.all([client.prefetchQuery(overviewQuery()), client.prefetchQuery(dayQuery())]);
  expect(fetched.mock.calls.map(([address]) => address)).toEqual(FIRST_OVERVIEW);
});
