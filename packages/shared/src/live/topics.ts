import type { Permission } from '../domain/identity/permissions.ts';

/**
 * Rooms of the live channel. A socket carries hints (which entity changed) and the few numbers of the rail. Data comes
 * through HTTP, where the permissions are. `operation:<id>`, `approval:<id>` and `delivery:<id>` are rooms of one object.
 */
export const TOPICS = {
  landscape: 'landscape.read',
  messages: 'messages.read',
  delivery: 'messages.read',
  operations: 'operations.read',
  operation: 'operations.read',
  approvals: 'approvals.read',
  approval: 'approvals.read',
  sources: 'landscape.read',
} as const satisfies Record<string, Permission>;
export type TopicName = keyof typeof TOPICS;
export type Topic = TopicName | `${'operation' | 'approval' | 'delivery'}:${string}`;

/** One coalesced message to a room: ids that changed since the last one (empty = «look again»). */
export interface LiveHint {
  readonly topic: Topic;
  readonly ids: readonly string[];
  readonly at: string;
}

/** Splits a topic into its name and the id of its object; null for an unknown name. */
export function parseTopic(topic: string): { name: TopicName; id: string | null } | null {
  const [name = '', ...rest] = topic.split(':');
  if (!Object.hasOwn(TOPICS, name)) return null;
  return { name: name as TopicName, id: rest.length > 0 ? rest.join(':') : null };
}

/** Client → server events. */
export interface ClientEvents {
  subscribe: (topics: string[], done: (refused: string[]) => void) => void;
  unsubscribe: (topics: string[]) => void;
}
/** Server → client events. */
export interface ServerEvents {
  hint: (hint: LiveHint) => void;
  /** Answer of `landscape.counters` for this person, when it differs from the one before. */
  numbers: (counters: unknown) => void;
  bye: (reason: 'session_ended') => void;
  /** The roles of this session changed: what the page knows about them is to be read again. */
  session: () => void;
}
