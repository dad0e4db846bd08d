/** Login of ELMA3: an AuthToken for fifteen minutes and a SessionToken that renews it (protocols D2). */
import { SourceError } from '@pult/shared/errors/app-error';
import type { Clock } from '../../platform/clock.ts';
import type { Connection } from '../port/connection.ts';
import { faultOfStatus } from '../port/json-fault.ts';
import { createLoginDoor, type LoginDoor } from '../port/login-door.ts';
import { createLoginHold } from '../port/login-hold.ts';
import { isRecord, jsonOf, type RawAnswer, shortText } from '../port/raw-answer.ts';
import { type SourceFault, sourceError } from '../port/source-errors.ts';

export interface Tokens {
  readonly auth: string;
  readonly session: string;
}

/** A token is renewed this long before ELMA forgets it: a call under way must not meet the end. */
const RENEW_AFTER_MS = 12 * 60_000;

/** Nothing behind the first refusal, which may have meant the session token that was sent along. */
export const SESSION_PAUSES_MS = [0, 15 * 60_000, 60 * 60_000];

export interface Elma3Session {
  /** Tokens that hold now; calls at the same time share one login or renewal. @throws SourceError */
  tokens(): Promise<Tokens>;
  /** ELMA refused these tokens: the next call gets other ones. Tokens that were replaced meanwhile stay. */
  drop(tokens: Tokens): void;
}

export interface Elma3Credentials {
  readonly user: string;
  readonly password: string;
  readonly applicationToken: string;
}

export function createElma3Session(options: {
  readonly connection: Pick<Connection, 'call' | 'system'>;
  readonly url: string;
  readonly credentials: () => Elma3Credentials;
  readonly clock: Clock;
  readonly login?: LoginDoor;
}): Elma3Session {
  const { connection, clock, credentials } = options;
  const door =
    options.login ?? createLoginDoor({ hold: createLoginHold(clock, { pausesMs: SESSION_PAUSES_MS }), clock });
  let known: { readonly tokens: Tokens; readonly at: number } | null = null;
  /** Survives the AuthToken: a login that carries it goes on with the session instead of opening another one. */
  let lastSession: string | null = null;
  let pending: Promise<Tokens> | null = null;
  let refused: { readonly of: string; readonly error: SourceError } | null = null;

  const keep = (tokens: Tokens): Tokens => {
    known = { tokens, at: clock.now() };
    lastSession = tokens.session;
    return tokens;
  };
  /** Another instance was refused, or this one before it was restarted: the words of ELMA are not known here. */
  const heldBack = (): SourceError => {
    const until = door.state()?.until ?? null;
    const retryAfterMs = until === null ? null : Math.max(0, until - clock.now());
    const fault = { code: 'source.circuit_open', text: '', maybeSent: false, retryAfterMs } as const;
    return sourceError(connection.system, fault, { intent: 'read' });
  };
  /** @throws SourceError the refusal itself, also in place of a login that would be one too many */
  const ask = async (session: string | null): Promise<Tokens> => {
    const secrets = credentials();
    const of = JSON.stringify(secrets);
    if (refused !== null && refused.of !== of) await door.release();
    const turn = await door.enter('login');
    if (turn === null) throw refused?.error ?? heldBack();
    try {
      const tokens = await connection.call({
        ...loginRequest(options.url, secrets, session),
        intent: 'read',
        read: readTokens,
      });
      await turn.accepted();
      refused = null;
      return tokens;
    } catch (error) {
      if (error instanceof SourceError && REFUSALS.has(error.code)) {
        await turn.refused({ code: error.code, text: String(error.data.text ?? '') });
        refused = { of, error };
      }
      throw error;
    } finally {
      await turn.end();
    }
  };
  const logIn = async (): Promise<Tokens> => {
    if (lastSession === null) return keep(await ask(null));
    try {
      return keep(await ask(lastSession));
    } catch (error) {
      // ELMA has forgotten the session, after a restart for example. The password was good before: a new session is opened.
      if (!(error instanceof SourceError && REFUSALS.has(error.code))) throw error;
      lastSession = null;
      return keep(await ask(null));
    }
  };
  const checkToken = async (tokens: Tokens): Promise<Tokens | null> =>
    connection.call<Tokens | null>({
      method: 'GET',
      url: `${options.url}/API/REST/Authorization/CheckToken?token=${encodeURIComponent(tokens.auth)}`,
      headers: tokenHeaders(tokens),
      intent: 'read',
      read: (answer) => {
        // Refused: the token is gone and a login has to follow. That is an answer, no failure of ELMA.
        if (answer.status === 400 || answer.status === 401 || answer.status === 403) return { value: null };
        return readTokens(answer);
      },
    });
  const renew = async (): Promise<Tokens> => {
    const held = known?.tokens ?? null;
    const renewed = held === null ? null : await checkToken(held);
    return renewed === null ? logIn() : keep(renewed);
  };

  return {
    tokens: () => {
      if (pending !== null) return pending;
      if (known !== null && clock.now() - known.at < RENEW_AFTER_MS) return Promise.resolve(known.tokens);
      pending = renew().finally(() => {
        pending = null;
      });
      return pending;
    },
    drop: (tokens) => {
      if (known?.tokens.auth === tokens.auth) known = null;
    },
  };
}

/** ELMA says so of a wrong password by 400, 401 or 403. */
const REFUSALS: ReadonlySet<string> = new Set(['source.unauthorized', 'source.rejected']);

export const tokenHeaders = ({ auth, session }: Tokens): Readonly<Record<string, string>> => ({
  AuthToken: auth,
  SessionToken: session,
});

/** `LoginWith`: the password is a JSON string, quotes included. */
export function loginRequest(
  url: string,
  { user, password, applicationToken }: Elma3Credentials,
  sessionToken: string | null,
): { method: 'POST'; url: string; headers: Readonly<Record<string, string>>; body: string } {
  return {
    method: 'POST',
    url: `${url}/API/REST/Authorization/LoginWith?username=${encodeURIComponent(user)}`,
    headers: {
      ApplicationToken: applicationToken,
      ...(sessionToken === null ? {} : { SessionToken: sessionToken }),
    },
    body: password,
  };
}

/** Tokens of an answer to a login, or the fault in it. */
export function readTokens(answer: RawAnswer): { readonly value: Tokens } | { readonly fault: SourceFault } {
  const fault = faultOfElma3(answer);
  if (fault !== null) return { fault };
  const body = jsonOf(answer.text);
  if (isRecord(body) && typeof body.AuthToken === 'string' && typeof body.SessionToken === 'string')
    return { value: { auth: body.AuthToken, session: body.SessionToken } };
  return {
    fault: { code: 'source.bad_answer', text: 'no tokens', httpStatus: answer.status, maybeSent: false },
  };
}

/** ELMA3 refuses a token with 403, too, and has no conflict that would be one of versions. */
const OWN_MEANING = { 403: 'source.unauthorized', 409: 'source.rejected', 412: 'source.rejected' } as const;

/** The fault in an answer of ELMA3 by its status; its bodies of errors are `{ Message | ErrorCode }`, JSON or XML. */
export const faultOfElma3 = (answer: RawAnswer): SourceFault | null =>
  faultOfStatus(answer, messageOf(answer), OWN_MEANING);

function messageOf(answer: RawAnswer): string {
  const body = jsonOf(answer.text);
  if (isRecord(body))
    for (const field of ['Message', 'InnerMessage', 'ErrorMessage', 'Reason'])
      if (typeof body[field] === 'string' && body[field] !== '') return shortText(body[field]);
  return shortText(answer.text);
}
