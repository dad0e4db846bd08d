import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { type ClientEvents, parseTopic, type ServerEvents, TOPICS, type Topic } from '@pult/shared/live/topics';
import { Server, type ServerOptions, type Socket } from 'socket.io';
import type { PersonActor } from '../actor.ts';
import { type Clock, systemClock } from '../clock.ts';
import { cookiesOf } from '../http/cookies.ts';
import { type Gatekeeper, type OpenSession, SESSION_COOKIE } from '../http/gate.ts';
import type { Logger } from '../telemetry/logger.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { createCoalescer } from './coalescer.ts';
import { createNumbersFeed } from './numbers-feed.ts';
import { createOutgoing, type Hint } from './outgoing.ts';

/** How modules say that something changed. */
export interface Live {
  /** Tells everybody who looks at the topic; at most three hints a second leave per topic. */
  announce(topic: Topic, ids?: readonly string[]): void;
}

export interface LiveServer extends Live {
  /** Says goodbye to every socket of a session that ended, in every instance. */
  endSession(sessionId: string): void;
  /** Rights of a session changed: its sockets leave what it may not see any more, in every instance. */
  refreshSession(sessionId: string): void;
  /** Tells everybody here to look again: hints of other instances may have been missed. */
  lookAgain(): void;
  /** Looks whether the sessions of all sockets still run; called by a timer too. */
  recheck(): Promise<void>;
  close(): Promise<void>;
}

interface LiveOptions {
  readonly server: HttpServer;
  readonly gatekeeper: Gatekeeper;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly publicUrl: string;
  /** Small numbers of a person, told to his windows when they change. */
  readonly numbersOf: (actor: PersonActor) => Promise<unknown>;
  readonly clock?: Clock;
  readonly recheckMs?: number;
  /** Connects this channel with those of other instances; without it this one is alone. */
  readonly fanOut?: ServerOptions['adapter'];
}

/** What instances tell each other. */
interface InstanceEvents {
  announced: (hints: readonly Hint[]) => void;
  sessionChanged: (sessionId: string) => void;
  sessionEnded: (sessionId: string) => void;
}

interface SocketData {
  secret: string;
  session: OpenSession;
}
type LiveSocket = Socket<ClientEvents, ServerEvents, InstanceEvents, SocketData>;

const MAX_TOPICS = 100;
const TOPIC_ROOM = 'topic/';
const topicRoom = (topic: string): string => TOPIC_ROOM + topic;
const sessionRoom = (sessionId: string): string => `session/${sessionId}`;

/** The live channel on an HTTP server: hints and small numbers, to people in a session, per topic by permission. */
export function createLive(options: LiveOptions): LiveServer {
  const { gatekeeper, log, metrics, clock = systemClock } = options;
  const io = new Server<ClientEvents, ServerEvents, InstanceEvents, SocketData>(options.server, {
    ...(options.fanOut ? { adapter: options.fanOut } : {}),
    path: '/socket.io',
    serveClient: false,
    transports: ['websocket', 'polling'],
    maxHttpBufferSize: 64 * 1024,
    allowRequest: (request, decide) => decide(null, sameOrigin(request, options.publicUrl)),
  });
  const coalescer = createCoalescer({
    emit: (topic, ids) => {
      metrics.liveHints.inc({ topic: parseTopic(topic)?.name ?? 'unknown' });
      const at = new Date(clock.now()).toISOString();
      io.local.to(topicRoom(topic)).emit('hint', { topic: topic as Topic, ids, at });
      numbers.stir();
    },
  });
  const numbers = createNumbersFeed<LiveSocket>({
    numbersOf: options.numbersOf,
    sockets: () => io.sockets.sockets.values(),
    actorOf: (socket) => socket.data.session.actor,
    send: (socket, told) => socket.emit('numbers', told),
    log,
  });
  // Each instance sends its own browsers few hints a second and topic, whoever announced; what goes to the other
  // instances is gathered before it leaves as well.
  const outgoing = createOutgoing({ send: (hints) => io.serverSideEmit('announced', hints) });
  io.on('announced', (hints) => {
    for (const [topic, ids] of hints) coalescer.announce(topic, ids);
  });
  io.on('sessionChanged', (sessionId) => refreshHere(sessionId));
  io.on('sessionEnded', (sessionId) => endHere(sessionId));

  io.use((socket, next) => {
    const secret = cookiesOf(socket.handshake.headers.cookie).get(SESSION_COOKIE) ?? '';
    gatekeeper.sessionOf(secret, { touch: false }).then(
      (session) => {
        if (session === null) return next(new Error('session.required'));
        socket.data = { secret, session };
        next();
      },
      (error: unknown) => {
        log.warn({ err: error }, 'live handshake');
        next(new Error('database.unavailable'));
      },
    );
  });

  const dismiss = (socket: LiveSocket): void => {
    socket.emit('bye', 'session_ended');
    socket.disconnect(true);
  };

  /** The session of a socket as it is now; null when it ended, and then the socket is gone too. */
  const refresh = async (socket: LiveSocket): Promise<OpenSession | null> => {
    const session = await gatekeeper.sessionOf(socket.data.secret, { touch: false });
    if (session === null) {
      dismiss(socket);
      return null;
    }
    socket.data.session = session;
    for (const room of socket.rooms)
      if (room.startsWith(TOPIC_ROOM) && !mayJoin(session, room.slice(TOPIC_ROOM.length))) await socket.leave(room);
    return session;
  };
  // Not by the adapter's own broadcast: two of its messages may overtake each other, and the goodbye comes first.
  const endHere = (sessionId: string): void => {
    const room = io.local.in(sessionRoom(sessionId));
    room.emit('bye', 'session_ended');
    room.disconnectSockets(true);
  };
  const refreshHere = (sessionId: string): void => {
    for (const socket of io.sockets.sockets.values()) {
      if (socket.data.session.actor.sessionId !== sessionId) continue;
      refresh(socket).then(
        (session) => session !== null && socket.emit('session'),
        (error: unknown) => log.warn({ err: error }, 'live session'),
      );
    }
  };

  const subscribe = async (socket: LiveSocket, topics: readonly string[]): Promise<string[]> => {
    const session = await refresh(socket);
    if (session === null) return [...topics];
    const refused = topics.filter((topic) => !mayJoin(session, topic));
    await socket.join(topics.filter((topic) => !refused.includes(topic)).map(topicRoom));
    return refused;
  };

  io.on('connection', (socket) => {
    metrics.liveSockets.inc();
    socket.once('disconnect', () => metrics.liveSockets.dec());
    void socket.join(sessionRoom(socket.data.session.actor.sessionId));
    // What changed between its first question and now was told to others.
    numbers.stir();
    socket.on('subscribe', (...args: unknown[]) => {
      const topics = topicsOf(args[0]);
      const done = typeof args[1] === 'function' ? args[1] : () => undefined;
      subscribe(socket, topics).then(
        (refused) => done(refused),
        (error: unknown) => {
          log.warn({ err: error }, 'live subscribe');
          done(topics);
        },
      );
    });
    socket.on('unsubscribe', (...args: unknown[]) => {
      for (const topic of topicsOf(args[0])) void socket.leave(topicRoom(topic));
    });
  });

  const recheck = async (): Promise<void> => {
    const checks = [...io.sockets.sockets.values()].map((socket) => refresh(socket));
    const failed = (await Promise.allSettled(checks)).filter((check) => check.status === 'rejected');
    // The database is away: nobody is thrown out for that, the next round looks again.
    if (failed.length > 0) log.warn({ sockets: failed.length }, 'live sessions could not be checked');
  };
  const timer = setInterval(() => void recheck(), options.recheckMs ?? 30_000);
  timer.unref();

  return {
    announce: (topic, ids) => {
      coalescer.announce(topic, ids);
      if (options.fanOut) outgoing.announce(topic, ids);
    },
    endSession: (sessionId) => {
      endHere(sessionId);
      io.serverSideEmit('sessionEnded', sessionId);
    },
    refreshSession: (sessionId) => {
      refreshHere(sessionId);
      io.serverSideEmit('sessionChanged', sessionId);
    },
    lookAgain: () => {
      for (const room of io.sockets.adapter.rooms.keys())
        if (room.startsWith(TOPIC_ROOM)) coalescer.announce(room.slice(TOPIC_ROOM.length));
    },
    recheck,
    close: async () => {
      clearInterval(timer);
      coalescer.stop();
      numbers.stop();
      outgoing.stop();
      await io.close();
    },
  };
}

function mayJoin(session: OpenSession, topic: string): boolean {
  const parsed = parseTopic(topic);
  return parsed !== null && session.actor.permissions.includes(TOPICS[parsed.name]);
}

/** Clients may send anything: only texts of a sane length count. */
const topicsOf = (value: unknown): string[] =>
  (Array.isArray(value) ? value : [])
    .filter((topic): topic is string => typeof topic === 'string' && topic.length <= 300)
    .slice(0, MAX_TOPICS);

/** A browser names the page that opens a socket; a page of another site may not ride on the session cookie. */
function sameOrigin(request: IncomingMessage, publicUrl: string): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return true;
  return (
    URL.canParse(origin) && (new URL(origin).host === host || new URL(origin).origin === new URL(publicUrl).origin)
  );
}
