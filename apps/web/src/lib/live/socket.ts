import type { ClientEvents, LiveHint, ServerEvents, Topic } from '@pult/shared/live/topics';
import type { Socket } from 'socket.io-client';

export type LiveState = 'connecting' | 'online' | 'offline';
type Listener = (hint: LiveHint) => void;

export interface ChannelEvents {
  /** The session ended. */
  readonly onBye: () => void;
  /** What was said meanwhile was not heard. */
  readonly onResync: () => void;
  /** Answer of `landscape.counters`, as the endpoint would give it now. */
  readonly onNumbers: (numbers: unknown) => void;
}

/**
 * The live channel of this browser: counts who listens to which topic, subscribes again after a reconnect and says
 * when it is back so that the caller can resync.
 */
export class LiveChannel {
  #socket: Socket<ServerEvents, ClientEvents> | null = null;
  #counts = new Map<Topic, number>();
  #listeners = new Set<Listener>();
  #states = new Set<(state: LiveState) => void>();
  #state: LiveState = 'connecting';

  get state(): LiveState {
    return this.#state;
  }

  /** Opens the channel; the library comes after the first paint. The returned function closes it. */
  start(events: ChannelEvents): () => void {
    let stopped = false;
    import('socket.io-client').then(
      ({ io }) => {
        if (!stopped) this.#open(io({ transports: ['websocket'], reconnectionDelayMax: 10_000 }), events);
      },
      () => this.#set('offline'),
    );
    return () => {
      stopped = true;
      this.#socket?.disconnect();
      this.#socket = null;
    };
  }

  #open(socket: Socket<ServerEvents, ClientEvents>, { onBye, onResync, onNumbers }: ChannelEvents): void {
    this.#socket = socket;
    let wasOnline = false;
    socket.on('connect', () => {
      const topics = [...this.#counts.keys()];
      if (topics.length > 0) socket.emit('subscribe', topics, () => undefined);
      this.#set('online');
      // Hints that came while the line was down are lost: everything on screen is asked for again.
      if (wasOnline) onResync();
      wasOnline = true;
    });
    socket.on('disconnect', () => this.#set('offline'));
    socket.on('connect_error', () => this.#set('offline'));
    socket.on('hint', (hint) => {
      for (const listener of this.#listeners) listener(hint);
    });
    socket.on('numbers', onNumbers);
    socket.on('bye', onBye);
    // Other roles open and close other data: everything is asked for again, the session among it.
    socket.on('session', onResync);
  }

  /** Listens to topics until the returned function is called. */
  join(topics: readonly Topic[]): () => void {
    const fresh: Topic[] = [];
    for (const topic of topics) {
      const count = this.#counts.get(topic) ?? 0;
      if (count === 0) fresh.push(topic);
      this.#counts.set(topic, count + 1);
    }
    if (fresh.length > 0 && this.#socket?.connected) this.#socket.emit('subscribe', fresh, () => undefined);
    return () => {
      const gone: Topic[] = [];
      for (const topic of topics) {
        const count = (this.#counts.get(topic) ?? 1) - 1;
        if (count > 0) this.#counts.set(topic, count);
        else {
          this.#counts.delete(topic);
          gone.push(topic);
        }
      }
      if (gone.length > 0 && this.#socket?.connected) this.#socket.emit('unsubscribe', gone);
    };
  }

  onHint(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  onState(listener: (state: LiveState) => void): () => void {
    this.#states.add(listener);
    return () => this.#states.delete(listener);
  }

  #set(state: LiveState): void {
    if (state === this.#state) return;
    this.#state = state;
    for (const listener of this.#states) listener(state);
  }
}

export const liveChannel = new LiveChannel();
