import { withoutPeople } from '@pult/shared/domain/delivery/open-words';
import Bottleneck from 'bottleneck';
import { type CircuitOptions, createCircuit } from './circuit.ts';
import type { ConnectionState } from './connection-health.ts';
import { assertOutbound } from './outbound-guard.ts';
import type { RawAnswer } from './raw-answer.ts';
import { faultOfTransport, type Intent, type SourceFault, sourceError } from './source-errors.ts';
import { isWithoutWords } from './without-words.ts';

/** Turns at a system: connections that share them share its limit of requests at once. */
export type Turns = Bottleneck;
export const createTurns = (concurrency: number): Turns => new Bottleneck({ maxConcurrent: concurrency });

export interface ConnectionOptions extends CircuitOptions {
  readonly turns: Turns;
  readonly timeoutMs: number;
  readonly origins: ReadonlySet<string>;
  readonly headers: () => Readonly<Record<string, string>>;
}

export interface ConnectionRequest<T> {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly intent: Intent;
  /** Decides what an answer means: its value, or the fault in it. */
  readonly read: (answer: RawAnswer) => { readonly value: T } | { readonly fault: SourceFault };
}

/** The only way out of Pult towards one system: few requests at once, long time-outs, a circuit in front. */
export interface Connection {
  readonly system: string;
  /** @throws SourceError; it never repeats a request by itself */
  call<T>(request: ConnectionRequest<T>): Promise<T>;
  /**
   * One request of a check of the connection: under the same limits, yet neither stopped by the circuit nor counted in it, and
   * without a verdict about the answer. @throws SourceError when no answer came
   */
  probe(request: ProbeRequest): Promise<RawAnswer>;
  state(): ConnectionState;
}

export interface ProbeRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Requests that may wait for their turn; beyond it the caller hears «overloaded» instead of filling the memory. */
const MAX_WAITING = 500;
const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export function createConnection(options: ConnectionOptions): Connection {
  const { system, turns } = options;
  const circuit = createCircuit(options);
  return {
    system,
    call: async (request) => {
      assertOutbound(system, request.url, options.origins);
      if (turns.queued() >= MAX_WAITING)
        throw sourceError(
          system,
          { code: 'source.overloaded', text: 'too many requests wait for their turn', maybeSent: false },
          { intent: request.intent },
        );
      const heard = isWithoutWords() ? { ...request, read: muted(request.read) } : request;
      return turns.schedule(() => circuit.run(() => exchange(heard, options), request.intent));
    },
    probe: (request) => {
      assertOutbound(system, request.url, options.origins);
      return turns.schedule(() => answerTo({ ...request, intent: 'read' }, options));
    },
    state: circuit.state,
  };
}

/** The refusal with those of its words that name nobody. */
const muted =
  <T>(read: ConnectionRequest<T>['read']): ConnectionRequest<T>['read'] =>
  (answer) => {
    const result = read(answer);
    return 'fault' in result ? { fault: { ...result.fault, text: withoutPeople(result.fault.text) } } : result;
  };

async function exchange<T>(request: ConnectionRequest<T>, options: ConnectionOptions): Promise<T> {
  const { system } = options;
  const answer = await answerTo(request, options);
  const result = answer.status >= 300 && answer.status < 400 ? redirected(answer) : request.read(answer);
  if ('fault' in result) throw sourceError(system, result.fault, { intent: request.intent });
  return result.value;
}

type PlainRequest = Omit<ConnectionRequest<unknown>, 'read'>;

async function answerTo(request: PlainRequest, options: ConnectionOptions): Promise<RawAnswer> {
  const { system } = options;
  const built = requestOf(request, options);
  let answer: RawAnswer | null;
  try {
    answer = await rawAnswer(await fetch(built));
  } catch (error) {
    throw sourceError(system, faultOfTransport(error), { intent: request.intent, cause: error });
  }
  if (answer === null) throw sourceError(system, TOO_LARGE, { intent: request.intent });
  return answer;
}

/** @throws SourceError without its cause: the platform puts the refused header or address, secret included, into the message */
function requestOf(request: PlainRequest, options: ConnectionOptions): Request {
  try {
    return new Request(request.url, {
      method: request.method,
      headers: {
        accept: 'application/json',
        ...options.headers(),
        ...request.headers,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json; charset=utf-8' }),
      },
      ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
      // A redirect could lead out of the landscape, with the password in the header.
      redirect: 'manual',
      signal: AbortSignal.timeout(options.timeoutMs),
    });
  } catch {
    const text = 'no request can be built with this address and these credentials';
    throw sourceError(
      options.system,
      { code: 'source.unreachable', text, maybeSent: false },
      { intent: request.intent },
    );
  }
}

const redirected = (answer: RawAnswer): { fault: SourceFault } => ({
  fault: { code: 'source.bad_answer', text: 'redirect', httpStatus: answer.status, maybeSent: false },
});

const TOO_LARGE: SourceFault = { code: 'source.bad_answer', text: 'answer larger than 32 MB', maybeSent: true };

/** Null when the answer is too large: it is not read further, whatever a compressed one would still unpack to. */
async function rawAnswer(response: Response): Promise<RawAnswer | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) return null;
    chunks.push(chunk);
  }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN);
  return {
    status: response.status,
    contentType: (response.headers.get('content-type') ?? '').toLowerCase(),
    // The decoder drops a byte order mark.
    text: new TextDecoder().decode(Buffer.concat(chunks)),
    retryAfterMs: Number.isFinite(retryAfter) ? retryAfter * 1000 : null,
  };
}
