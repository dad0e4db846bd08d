import { QueryClient, QueryObserver } from '@tanstack/react-query';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { pollEvery } from './failed-query.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('an interval lets a failure stand, and is kept again as soon as there is an answer', async () => {
  const client = new QueryClient();
  const ask = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error('down')).mockResolvedValue('answer');
  const options = { queryKey: ['bus'], queryFn: ask, retry: false, refetchInterval: pollEvery(5_000) } as const;
  const leave = new QueryObserver(client, options).subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(14_000);
  expect([ask.mock.calls.length, client.getQueryState(['bus'])?.status]).toEqual([1, 'error']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([ask.mock.calls.length, client.getQueryData(['bus'])]).toEqual([2, 'answer']);
  // What is stale can still be read: then it is asked as before.
  ask.mockRejectedValue(new Error('down'));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(ask).toHaveBeenCalledTimes(4);
  leave();
  client.clear();
});
