import type { LiveHint } from '@pult/shared/live/topics';
import { QueryClient, QueryClientProvider, QueryObserver } from '@tanstack/react-query';
import { cleanup, renderHook } from '@testing-library/react';
import { createElement, type ReactNode } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { liveChannel } from './socket.ts';
import { Refresher, useLiveTopics } from './use-live-topics.ts';

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
    for (let hint = 0; hint < 20; hint += 1) refresher.mark(['messages', 'landscape']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(invalidate.mock.calls.map(([filter]) => filter?.queryKey)).toEqual([['messages'], ['landscape']]);
  });

  it('hardly waits after a quiet time, and asks three times a second at most under a stream of hints', async () => {
    const client = new QueryClient();
    const invalidate = vi.spyOn(client, 'invalidateQueries');
    const refresher = new Refresher(client);
    refresher.mark(['messages']);
    await vi.advanceTimersByTimeAsync(60);
    expect(invalidate).toHaveBeenCalledTimes(1);
    for (let hint = 0; hint < 100; hint += 1) {
      refresher.mark(['messages']);
      await vi.advanceTimersByTimeAsync(30);
    }
    expect(invalidate.mock.calls.length).toBeLessThanOrEqual(11);
    expect(invalidate.mock.calls.length).toBeGreaterThan(8);
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

  it('asks what has a pace of its own not before that is over, and once, however many hints came', async () => {
    const client = new QueryClient();
    const asked = { list: 0, chart: 0 };
    const watch = (name: 'list' | 'chart', meta?: { paceMs: number }) =>
      new QueryObserver(client, {
        queryKey: ['messages', name],
        queryFn: () => {
          asked[name] += 1;
          return asked[name];
        },
        staleTime: 2_000,
        ...(meta ? { meta } : {}),
      }).subscribe(() => undefined);
    watch('list');
    const leave = watch('chart', { paceMs: 5_000 });
    await vi.advanceTimersByTimeAsync(0);
    const refresher = new Refresher(client);
    for (let second = 0; second < 4; second += 1) {
      refresher.mark(['messages']);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(asked).toEqual({ list: 5, chart: 1 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(asked).toEqual({ list: 5, chart: 2 });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(asked).toEqual({ list: 5, chart: 2 });
    leave();
    client.clear();
  });

  it('leaves a failure to be read before it asks anew', async () => {
    const client = new QueryClient();
    let asked = 0;
    const leave = new QueryObserver(client, {
      queryKey: ['landscape', 'bus'],
      queryFn: () => {
        asked += 1;
        return asked === 1 ? Promise.reject(new Error('down')) : 'answer';
      },
      retry: false,
    }).subscribe(() => undefined);
    const refresher = new Refresher(client);
    const status = () => client.getQueryState(['landscape', 'bus'])?.status;
    for (let second = 0; second < 14; second += 1) {
      refresher.mark(['landscape']);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect([asked, status()]).toEqual([1, 'error']);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([asked, status()]).toEqual([2, 'success']);
    leave();
    client.clear();
  });
});

describe('useLiveTopics', () => {
  afterEach(() => {
    cleanup();
    vi.restoreAllMocks();
  });

  it.each(['messages', 'operations'] as const)('asks about automatic retry again after a hint of %s', async (topic) => {
    const listeners: ((hint: LiveHint) => void)[] = [];
    vi.spyOn(liveChannel, 'onHint').mockImplementation((listener) => {
      listeners.push(listener);
      return () => undefined;
    });
    const client = new QueryClient();
    const invalidate = vi.spyOn(client, 'invalidateQueries');
    renderHook(() => useLiveTopics([topic]), {
      wrapper: ({ children }: { readonly children: ReactNode }) =>
        createElement(QueryClientProvider, { client }, children),
    });
    for (const listener of listeners) listener({ topic, ids: [], at: '2026-11-29T10:00:00.000Z' });
    await vi.advanceTimersByTimeAsync(60);
    expect(invalidate.mock.calls.map(([filter]) => filter?.queryKey)).toEqual([[topic], ['automatic']]);
  });
});
