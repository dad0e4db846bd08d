/**
 * Shortest time between two hints of one room. A window looks anew three times a second at most, so more would be frames
 * for nothing: with 500 windows each hint is 500 of them.
 */
export const HINT_INTERVAL_MS = 300;
/** More ids than this say no more than «look again». */
const MAX_IDS = 100;

export interface CoalescerOptions {
  readonly emit: (topic: string, ids: string[]) => void;
  readonly intervalMs?: number;
}

interface Room {
  /** Ids since the last hint; null = «look again», empty set never waits. */
  waiting: Set<string> | null | undefined;
  timer: NodeJS.Timeout;
}

/**
 * Merges announcements per topic: the first goes out at once, those of the following interval together at its end.
 * An announcement without ids, or too many ids, becomes a hint without ids.
 */
export function createCoalescer({ emit, intervalMs = HINT_INTERVAL_MS }: CoalescerOptions): {
  announce(topic: string, ids?: readonly string[]): void;
  stop(): void;
} {
  const rooms = new Map<string, Room>();
  const flush = (topic: string): void => {
    const room = rooms.get(topic);
    if (room === undefined) return;
    if (room.waiting === undefined) {
      rooms.delete(topic);
      return;
    }
    const ids = room.waiting === null ? [] : [...room.waiting];
    room.waiting = undefined;
    room.timer = setTimeout(flush, intervalMs, topic);
    emit(topic, ids);
  };
  return {
    announce: (topic, ids = []) => {
      const room = rooms.get(topic);
      if (room === undefined) {
        rooms.set(topic, { waiting: undefined, timer: setTimeout(flush, intervalMs, topic) });
        emit(topic, ids.length > MAX_IDS ? [] : [...new Set(ids)]);
        return;
      }
      if (ids.length === 0 || room.waiting === null) {
        room.waiting = null;
        return;
      }
      const merged = new Set([...(room.waiting ?? []), ...ids]);
      room.waiting = merged.size > MAX_IDS ? null : merged;
    },
    stop: () => {
      for (const room of rooms.values()) clearTimeout(room.timer);
      rooms.clear();
    },
  };
}
