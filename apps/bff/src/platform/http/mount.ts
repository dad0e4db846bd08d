import type { IncomingMessage } from 'node:http';
import type { EndpointContract, EndpointInput, EndpointReply } from '@pult/shared/contracts/endpoint';
import type { Permission } from '@pult/shared/domain/identity/permissions';
import { AppError } from '@pult/shared/errors/app-error';
import express, { type Request, type RequestHandler, type Response, type Router } from 'express';
import { z } from 'zod';
import type { Actor } from '../actor.ts';
import { createSharing, SharedAnswer } from '../shared-answers.ts';
import type { Metrics } from '../telemetry/metrics.ts';
import { cleanJson, isTooDeep, mayNeedCleaning } from './clean-text.ts';
import { admit, type Gatekeeper } from './gate.ts';
import { contextOf, type RequestContext } from './request-context.ts';

/** An answer with a status of its own (when the contract declares several), headers or a body that is no JSON. */
export class Reply<T = unknown> {
  readonly status: number;
  readonly body: T;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, body: T, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export type HandlerInput<E extends EndpointContract> = EndpointInput<E> & { actor: Actor; request: RequestContext };
export type Handler<E extends EndpointContract> = (
  input: HandlerInput<E>,
) => Promise<EndpointReply<E> | Reply<EndpointReply<E>> | SharedAnswer<EndpointReply<E>>>;

export interface Route {
  readonly endpoint: EndpointContract;
  readonly handle: (input: GuardedInput) => Promise<unknown>;
}

interface GuardedInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly actor: Actor;
  readonly request: RequestContext;
}

/** Binds a handler to its contract. */
export function route<const E extends EndpointContract>(endpoint: E, handler: Handler<E>): Route {
  // The guard parses with the schemas of this very endpoint, so the input has its types.
  return { endpoint, handle: (input) => handler(input as unknown as HandlerInput<E>) };
}

/** What an answer may depend on that people share: the question and the permissions, never who asks. */
export type SharedInput<E extends EndpointContract> = Pick<EndpointInput<E>, 'params' | 'query'> & {
  readonly permissions: readonly Permission[];
};

/**
 * Binds a handler whose answers people with the same permissions may share. It is not told who asks, so its answer cannot
 * depend on it; what it costs does not grow with the number of consoles that look at the same thing.
 */
export function sharedRoute<const E extends EndpointContract>(
  endpoint: E,
  handler: (input: SharedInput<E>) => Promise<EndpointReply<E>>,
): Route {
  const share = createSharing<EndpointReply<E>>();
  return {
    endpoint,
    handle: ({ params, query, actor }) => {
      const permissions = actor.kind === 'person' ? [...actor.permissions].sort() : [];
      const key = JSON.stringify([actor.kind, permissions, params, query]);
      return share(key, () => handler({ params, query, permissions } as unknown as SharedInput<E>));
    },
  };
}

export interface MountOptions {
  readonly gatekeeper: Gatekeeper;
  readonly metrics: Metrics;
  /** An answer outside the contract throws (tests, development) instead of being logged (production). */
  readonly strict: boolean;
  /** Steps of `credential` endpoints between the key and the body: limits, back-pressure. */
  readonly intakeSteps?: readonly RequestHandler[];
}

const BODY_LIMIT_BYTES = 1024 * 1024;
/** Largest body of a system, after decompression. */
export const INTAKE_LIMIT_BYTES = 32 * 1024 * 1024;

const JSON_TYPES = ['application/json', 'application/*+json'];
const actors = new WeakMap<Request, Actor>();
const suspicious = new WeakSet<IncomingMessage>();
const bodyReader = (limit: number): RequestHandler =>
  express.json({
    limit,
    type: JSON_TYPES,
    strict: false,
    verify: (request, _response, bytes) => {
      if (isTooDeep(bytes)) throw Object.assign(new Error('nested too deeply'), { type: 'entity.too.deep' });
      if (mayNeedCleaning(bytes)) suspicious.add(request);
    },
  });

/** System whose key opened this request; null for a person. */
export function systemOf(request: Request): string | null {
  const actor = actors.get(request);
  return actor?.kind === 'system' ? actor.systemId : null;
}

/** Mounts routes behind the guard. Two routes of one endpoint are a mistake of the composition and throw. */
export function mount(router: Router, routes: readonly Route[], options: MountOptions): void {
  const seen = new Set<string>();
  for (const { endpoint, handle } of routes) {
    if (seen.has(endpoint.id)) throw new Error(`endpoint ${endpoint.id} is mounted twice`);
    seen.add(endpoint.id);
    const intake = endpoint.permission === 'credential';
    const limit = intake ? INTAKE_LIMIT_BYTES : BODY_LIMIT_BYTES;
    const enter: RequestHandler = async (request, response, next) => {
      measure(endpoint, { request, response, metrics: options.metrics });
      actors.set(request, await admit(endpoint, request, options.gatekeeper));
      next();
    };
    // The body is read only after the caller is known: strangers cannot make the server hold it.
    const body = endpoint.body === undefined ? [] : [requireJson, bodyReader(limit)];
    const run: RequestHandler = async (request, response) => {
      const actor = actors.get(request);
      if (actor === undefined) throw new AppError('session.required');
      const input = { ...parseInput(endpoint, request), actor, request: contextOf(request) };
      send(endpoint, await handle(input), { request, response, strict: options.strict });
    };
    const method = endpoint.method.toLowerCase() as 'get' | 'post' | 'put' | 'patch' | 'delete';
    router[method](endpoint.path, enter, ...(intake ? (options.intakeSteps ?? []) : []), ...body, run);
  }
}

/** One line per request without its address: queries and paths carry names and numbers of documents. */
function measure(
  endpoint: EndpointContract,
  { request, response, metrics }: { request: Request; response: Response; metrics: Metrics },
): void {
  const startedAt = performance.now();
  const end = metrics.httpSeconds.startTimer({ endpoint: endpoint.id });
  const { log } = contextOf(request);
  response.once('finish', () => {
    const { statusCode: status } = response;
    end({ status: String(status) });
    log.info({ endpoint: endpoint.id, status, ms: Math.round(performance.now() - startedAt) }, 'request');
  });
}

/**
 * JSON in UTF-8 and nothing else (RFC 8259, 8.1): the reader would decode UTF-16 and UTF-7 too, behind the back of the look
 * at the bytes.
 */
const requireJson: RequestHandler = (request, _response, next) => {
  const [, charset = 'utf-8'] = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.get('content-type') ?? '') ?? [];
  if (request.is(JSON_TYPES) === false || charset.toLowerCase() !== 'utf-8') {
    throw new AppError('request.unsupported_media_type', {
      expected: JSON_TYPES,
      actual: request.get('content-type') ?? null,
    });
  }
  next();
};

interface RequestIssue {
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

/** Parses path, query and body; throws one `request.invalid` that lists every problem of all three. */
function parseInput(endpoint: EndpointContract, request: Request): { params: unknown; query: unknown; body: unknown } {
  const issues: RequestIssue[] = [];
  const parse = (schema: z.ZodType | undefined, where: string, value: unknown): unknown => {
    if (schema === undefined) return where === 'body' ? undefined : {};
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of result.error.issues) {
      issues.push({ path: [where, ...issue.path.map(String)].join('.'), code: issue.code, message: issue.message });
    }
    return undefined;
  };
  const input = {
    params: parse(endpoint.params, 'params', cleanJson(request.params)),
    query: parse(endpoint.query, 'query', cleanJson(request.query)),
    body: parse(endpoint.body, 'body', suspicious.has(request) ? cleanJson(request.body) : request.body),
  };
  if (issues.length > 0) throw new AppError('request.invalid', { issues: issues.slice(0, 200), total: issues.length });
  return input;
}

const successOf = (endpoint: EndpointContract): number =>
  Number(Object.keys(endpoint.responses).find((status) => status.startsWith('2')) ?? 200);

interface Exchange {
  readonly request: Request;
  readonly response: Response;
  readonly strict: boolean;
}

function send(endpoint: EndpointContract, result: unknown, { request, response, strict }: Exchange): void {
  const report = (problem: string): void => {
    const error = new Error(`endpoint ${endpoint.id} answered outside its contract: ${problem}`);
    if (strict) throw error;
    contextOf(request).log.error({ err: error }, 'answer outside the contract');
  };
  if (result instanceof SharedAnswer) {
    const status = successOf(endpoint);
    const text = result.text((value) => JSON.stringify(declared(endpoint, new Reply(status, value), report)));
    response.status(status).type('application/json').send(text);
    return;
  }
  const reply = result instanceof Reply ? result : new Reply(successOf(endpoint), result);
  const body = declared(endpoint, reply, report);
  response.status(reply.status).set(reply.headers);
  if (body === null || body === undefined) response.end();
  else if (typeof body === 'string' && response.get('content-type') !== undefined) response.send(body);
  else response.json(body);
}

/** The body as its schema gives it back: fields outside the contract never leave. */
function declared(endpoint: EndpointContract, reply: Reply, report: (problem: string) => void): unknown {
  const schema = endpoint.responses[reply.status];
  if (schema === undefined) {
    report(`status ${reply.status}`);
    return null;
  }
  const parsed = schema.safeParse(reply.body ?? null);
  if (parsed.success) return parsed.data;
  report(z.prettifyError(parsed.error));
  // In production an answer that differs from the contract helps more than none; permissions were checked already.
  return reply.body;
}
