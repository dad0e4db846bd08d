import type { Problem } from '@pult/shared/contracts/endpoint';
import { AppError } from '@pult/shared/errors/app-error';
import type { ErrorCode } from '@pult/shared/errors/error-codes';
import type { ErrorRequestHandler, Response } from 'express';
import { isDatabaseUnavailable } from '../db/database-errors.ts';
import { MAX_JSON_DEPTH } from './clean-text.ts';
import { contextOf } from './request-context.ts';

/** Error types of the body reader (body-parser, README «Errors»). */
const BODY_ERRORS: Readonly<Record<string, ErrorCode>> = {
  'entity.parse.failed': 'request.not_json',
  'entity.verify.failed': 'request.not_json',
  'entity.too.large': 'request.too_large',
  'encoding.unsupported': 'request.unsupported_media_type',
  'charset.unsupported': 'request.unsupported_media_type',
  'request.aborted': 'request.not_json',
  'request.size.invalid': 'request.not_json',
};
/** A body that says gzip and is none: zlib's code, no type of the reader. */
const isBadCompression = (error: unknown): boolean =>
  error instanceof Error &&
  'code' in error &&
  typeof error.code === 'string' &&
  error.code.startsWith('Z_') &&
  'status' in error;

const typeOf = (error: unknown): string | null =>
  error instanceof Error && 'type' in error && typeof error.type === 'string' ? error.type : null;

/** Any error as the one error class: drivers' errors by their codes, the unknown as `server.unexpected`. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const bodyError = BODY_ERRORS[typeOf(error) ?? ''] ?? (isBadCompression(error) ? 'request.not_json' : undefined);
  if (bodyError !== undefined) return new AppError(bodyError, {}, { cause: error });
  if (typeOf(error) === 'entity.too.deep') {
    const message = `nested deeper than ${MAX_JSON_DEPTH} levels`;
    return new AppError(
      'request.invalid',
      { issues: [{ path: 'body', code: 'too_deep', message }], total: 1 },
      { cause: error },
    );
  }
  if (error instanceof URIError) {
    return new AppError(
      'request.invalid',
      { issues: [{ path: 'params', code: 'encoding', message: 'bad percent encoding' }] },
      { cause: error },
    );
  }
  if (isDatabaseUnavailable(error))
    return new AppError('database.unavailable', { retryAfterSeconds: 2 }, { cause: error });
  return new AppError('server.unexpected', {}, { cause: error });
}

/** Sends an error as RFC 9457 problem details: code and data, no sentences. */
export function sendProblem(response: Response, error: AppError, traceId: string): void {
  const { retryAfterSeconds } = error.data;
  if (typeof retryAfterSeconds === 'number')
    response.set('Retry-After', String(Math.max(1, Math.ceil(retryAfterSeconds))));
  const body: Problem = {
    type: `urn:pult:error:${error.code}`,
    title: error.code,
    status: error.status,
    code: error.code,
    // What went wrong inside stays in the log.
    data: error.code === 'server.unexpected' ? {} : error.data,
    traceId,
  };
  response.status(error.status).type('application/problem+json').send(JSON.stringify(body));
}

/** Last handler of the application: every error leaves as a problem, unexpected ones are logged with their cause. */
export const problemTail: ErrorRequestHandler = (error: unknown, request, response, _next) => {
  const context = contextOf(request);
  const problem = toAppError(error);
  if (problem.status >= 500) context.log.error({ err: problem, cause: problem.cause }, 'request failed');
  else context.log.debug({ code: problem.code, data: problem.data }, 'request refused');
  if (response.headersSent) {
    // Half an answer cannot be mended: the caller must see that it broke off.
    response.destroy();
    return;
  }
  sendProblem(response, problem, context.traceId);
};
