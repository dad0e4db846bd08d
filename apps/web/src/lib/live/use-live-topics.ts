import { parseTopic, type Topic, type TopicName } from '@pult/shared/live/topics';
import { type Query, type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect, useSyncExternalStore } from 'react';
import { FAILED_PAUSE_MS, isFailure } from '../api/failed-query.ts';
import { type LiveState, liveChannel } from './socket.ts';

/** First part of the query keys that a hint of the topic makes stale. */
const QUERY_ROOTS: Readonly<Record<TopicName, readonly string[]>> = {
  landscape: ['landscape'],
  sources: ['landscape'],
  // What automatic retry does changes with the messages and with its operations.
  messages: ['messages', 'automatic'],
  delivery: ['messages', 'automatic'],
  operations: ['operations', 'automatic'],
  operation: ['operations', 'automatic'],
  approvals: ['approvals'],
  approval: ['approvals'],
};

/** A turn begins this long after the hint that caused it: hints of one cause come together. */
const LEAD_MS = 50;
/** Turns are at least this far apart, so that no window asks more than three times a second. */
const TURN_MS = 300;

declare module '@tanstack/react-query' {
  interface Register {
    queryMeta: {
      /** Hints ask anew at most so often, ms: what shows hours gains nothing from being drawn three times a second. */
      readonly paceMs?: number;
    };
  }
}

/**
 * Makes queries stale at most once per turn; the first hint after a quiet time hardly waits. A root whose answer is still on its way waits for the next turn: neither
 * is the running request thrown away over and over under a stream of hints, nor is a hint during it lost. A query with a
 * pace of its own is asked when that is over.
 */
export class Refresher {
  readonly #client: QueryClient;
  readonly #pending = new Set<string>();
  /** Queries on screen that a hint concerned before their pace was over. */
  readonly #early = new Set<Query>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #turnAt = 0;

  constructor(client: QueryClient) {
    this.#client = client;
  }

  mark(roots: readonly string[]): void {
    for (const root of roots) this.#pending.add(root);
    this.#timer ??= setTimeout(() => this.#turn(), Math.max(LEAD_MS, this.#turnAt + TURN_MS - Date.now()));
  }

  #turn(): void {
    this.#timer = undefined;
    this.#turnAt = Date.now();
    const cache = this.#client.getQueryCache();
    for (const root of this.#pending) {
      if (this.#client.isFetching({ queryKey: [root] }) > 0) continue;
      this.#pending.delete(root);
      for (const query of cache.findAll({ queryKey: [root], type: 'active' }))
        if (!isDue(query)) this.#early.add(query);
      void this.#client.invalidateQueries({ queryKey: [root], predicate: (query) => !this.#early.has(query) });
    }
    for (const query of this.#early) {
      if (!isDue(query) || query.state.fetchStatus !== 'idle') continue;
      this.#early.delete(query);
      void this.#client.invalidateQueries({ queryKey: query.queryKey, exact: true });
    }
    if (this.#pending.size + this.#early.size > 0) this.#timer = setTimeout(() => this.#turn(), TURN_MS);
  }
}

/** An answer that failed is one, too: what cannot be answered is not asked three times a second, and can be read. */
const isDue = (query: Query): boolean => {
  const { meta, state } = query;
  const pace = Math.max(meta?.paceMs ?? 0, isFailure(query) ? FAILED_PAUSE_MS : 0);
  return Date.now() - Math.max(state.dataUpdatedAt, state.errorUpdatedAt) >= pace;
};

const refreshers = new WeakMap<QueryClient, Refresher>();

function refresherOf(client: QueryClient): Refresher {
  const found = refreshers.get(client) ?? new Refresher(client);
  refreshers.set(client, found);
  return found;
}

/**
 * Subscribes to topics while mounted; a hint makes the queries stale whose key begins with the area of the topic
 * (`['messages', …]` for `messages` and `delivery:<id>`).
 */
export function useLiveTopics(topics: readonly Topic[]): void {
  const client = useQueryClient();
  const key = topics.join(' ');
  useEffect(() => {
    const wanted = key.split(' ') as Topic[];
    const leave = liveChannel.join(wanted);
    const off = liveChannel.onHint((hint) => {
      const name = parseTopic(hint.topic)?.name;
      if (name && wanted.includes(hint.topic)) refresherOf(client).mark(QUERY_ROOTS[name]);
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
