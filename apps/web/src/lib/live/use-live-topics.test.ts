import { QueryClient } from '@tanstack/react-query';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Refresher } from './use-live-topics.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Refresher', () => {
  it('asks once for a burst of hints', async () => {
    const client = new QueryClient();
    const invalidate = vi.spyOn(client, 'invalidateQueries');
    const refresher = new Refresher(client);
    for (let hint = 0; hint < 20; hint += 1) refresher.mark(['messages', 'counters']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(invalidate.mock.calls.map(([filter]) => filter?.queryKey)).toEqual([['messages'], ['counters']]);
  });

  it('keeps a hint that came while the answer was on its way, and does not throw that answer away', async () => {
    const client = new QueryClient();
    const invalidate = vi.spyOn(client, 'invalidateQueries');
    const answer = Promise.withResolvers<number>();
    const running = client.fetchQuery({ queryKey: ['messages', 'list'], queryFn: () => answer.promise });
    const refresher = new Refresher(client);
    refresher.mark(['messages']);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(invalidate).not.toHaveBeenCalled();
    answer.resolve(1);
    await running;
    await vi.advanceTimersByTimeAsync(1_000);
    expect(invalidate).toHaveBeenCalledTimes(1);
  });
});
