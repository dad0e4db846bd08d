import { randomUUID } from 'node:crypto';
import type { Request } from 'express';
import { newId } from '../ids.ts';
import type { Logger } from '../telemetry/logger.ts';

/** What a handler may know about the request besides its input. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C trace id, 32 hexadecimal digits; the caller's when it sent `traceparent`. */
  readonly traceId: string;
  readonly log: Logger;
}

const REQUEST_ID = /^[A-Za-z0-9._-]{8,64}$/;
const TRACEPARENT = /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;
const NO_TRACE = '0'.repeat(32);

/** Trace id of a `traceparent` header, null when it is none (W3C Trace Context, §3.2). */
export function traceIdOf(traceparent: string | undefined): string | null {
  const match = traceparent === undefined ? null : TRACEPARENT.exec(traceparent);
  const traceId = match?.[1];
  return traceId === undefined || traceId === NO_TRACE || traceparent?.startsWith('ff') ? null : traceId;
}

const contexts = new WeakMap<Request, RequestContext>();

/** Makes the context of a request; the first step of every request. */
export function openContext(request: Request, log: Logger): RequestContext {
  const given = request.get('x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) ? given : newId();
  // Node makes random UUIDs in stock; sixteen bytes of its own for each request are a system call each.
  const traceId = traceIdOf(request.get('traceparent')) ?? randomUUID().replaceAll('-', '');
  const context = { requestId, traceId, log: log.child({ requestId, traceId }) };
  contexts.set(request, context);
  return context;
}

/** Context of a request that went through {@link openContext}. */
export function contextOf(request: Request): RequestContext {
  const context = contexts.get(request);
  if (context === undefined) throw new Error('the request has no context');
  return context;
}
