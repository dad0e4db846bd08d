import type { AskAnswer, AskRequest } from '../port/ask.ts';
import { askSource } from '../port/ask-answer.ts';
import type { Connection } from '../port/connection.ts';
import { faultOfJsonApi, faultOfStatus } from '../port/json-fault.ts';
import { isHtml, jsonOf, type RawAnswer } from '../port/raw-answer.ts';
import type { SourceFault } from '../port/source-errors.ts';

export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A JSON API with a bearer token. 404 of a GET is an answer («not there»), not an error. */
export interface RestClient {
  readonly system: string;
  get(path: string, query?: Readonly<Record<string, string>>): Promise<RestAnswer>;
  post(path: string, body: unknown, options?: { idempotencyKey?: string }): Promise<RestAnswer>;
  /** Asks whether the API itself answers and takes the token; a document that is not there is an answer. @throws SourceError */
  check(probe: RestProbe): Promise<void>;
  ask(path: string, request: AskRequest): Promise<AskAnswer>;
}

/** A light question, and whether it is one about a document: there a page «not found» is of the web server in front. */
export interface RestProbe {
  readonly path: string;
  readonly isLookup: boolean;
}

/** Statuses by which an API says that it stands and does not take this question: a command asked with GET. */
const STANDS: ReadonlySet<number> = new Set([400, 404, 405, 415, 422]);

/** What the answer to a probe says against the system. Pure. */
export function restProbeFault(answer: RawAnswer, { isLookup }: Pick<RestProbe, 'isLookup'>): SourceFault | null {
  const { status: httpStatus } = answer;
  if (STANDS.has(httpStatus))
    return isLookup && isHtml(answer)
      ? { code: 'source.bad_answer', text: 'a page instead of the API', httpStatus, maybeSent: false }
      : null;
  // Every question would be refused like this one: for the work of the flows the system is closed.
  return faultOfStatus(answer, faultOfJsonApi(answer)?.text ?? '', { 403: 'source.unauthorized' });
}

export function createRestClient(options: { connection: Connection; url: string }): RestClient {
  const { connection } = options;
  const root = options.url.replace(/\/$/, '');
  const answered = (answer: RawAnswer): { value: RestAnswer } => ({
    value: { status: answer.status, body: answer.text.trim() === '' ? null : jsonOf(answer.text) },
  });
  const readOr = (answer: RawAnswer): { value: RestAnswer } | { fault: SourceFault } => {
    const fault = faultOfJsonApi(answer);
    return fault === null ? answered(answer) : { fault };
  };
  return {
    system: connection.system,
    get: (path, query = {}) => {
      const search = new URLSearchParams(query).toString();
      return connection.call<RestAnswer>({
        method: 'GET',
        url: `${root}${path}${search === '' ? '' : `?${search}`}`,
        intent: 'read',
        read: (answer) => (answer.status === 404 ? answered(answer) : readOr(answer)),
      });
    },
    post: (path, body, { idempotencyKey } = {}) =>
      connection.call<RestAnswer>({
        method: 'POST',
        url: `${root}${path}`,
        body,
        intent: idempotencyKey === undefined ? 'write' : 'keyed-write',
        ...(idempotencyKey === undefined ? {} : { headers: { 'idempotency-key': idempotencyKey } }),
        read: readOr,
      }),
    check: ({ path, isLookup }) =>
      connection.call<void>({
        method: 'GET',
        url: `${root}${path}`,
        intent: 'read',
        read: (answer) => {
          const fault = restProbeFault(answer, { isLookup });
          return fault === null ? { value: undefined } : { fault };
        },
      }),
    ask: (path, request) => askSource({ connection, url: `${root}${path}`, request, faultOf: faultOfJsonApi }),
  };
}
