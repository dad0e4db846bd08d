import { parseTopic, type Topic } from '@pult/shared/live/topics';
import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { type LiveState, liveChannel } from './socket.ts';

/** First part of the query keys that a hint of the topic makes stale. */
const QUERY_ROOTS: Readonly<Record<string, readonly string[]>> = {
  landscape: ['landscape', 'counters'],
  sources: ['landscape'],
  messages: ['messages', 'counters'],
  delivery: ['messages'],
  operations: ['operations', 'counters'],
  operation: ['operations'],
  approvals: ['approvals', 'counters'],
  approval: ['approvals'],
};

/** Subscribes to topics while mounted; a hint makes the matching queries stale. */
export function useLiveTopics(topics: readonly Topic[]): void {
  const client = useQueryClient();
  const key = topics.join(' ');
  useEffect(() => {
    const wanted = key.split(' ') as Topic[];
    const leave = liveChannel.join(wanted);
    const off = liveChannel.onHint((hint) => {
      if (!wanted.includes(hint.topic)) return;
      for (const root of QUERY_ROOTS[parseTopic(hint.topic)?.name ?? ''] ?? [])
        void client.invalidateQueries({ queryKey: [root] });
    });
    return () => {
      off();
      leave();
    };
  }, [client, key]);
}

/** State of the live channel. */
export const useLiveState = (): LiveState =>
  useSyncExternalStore(
    (listener) => liveChannel.onState(listener),
    () => liveChannel.state,
  );
