import type { AskAnswer, AskRequest } from '../port/ask.ts';
import { askSource } from '../port/ask-answer.ts';
import type { Connection } from '../port/connection.ts';
import { faultOfJsonApi } from '../port/json-fault.ts';
import { jsonOf, type RawAnswer } from '../port/raw-answer.ts';
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
  ask(path: string, request: AskRequest): Promise<AskAnswer>;
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
    ask: (path, request) => askSource({ connection, url: `${root}${path}`, request, faultOf: faultOfJsonApi }),
  };
}
