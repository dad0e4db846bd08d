import { AppError } from '@pult/shared/errors/app-error';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, type RateLimitRequestHandler, rateLimit } from 'express-rate-limit';
import { systemOf } from './mount.ts';

interface LimitOptions {
  readonly perMinute: number;
  readonly keyOf: (request: Request) => string;
  /** Counts only requests that end with 401: guessing, not work, and not an outage of ours either. */
  readonly guessesOnly?: boolean;
}

const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? '');

function limit({ perMinute, keyOf, guessesOnly }: LimitOptions): RateLimitRequestHandler {
  const windowMs = 60_000;
  return rateLimit({
    windowMs,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: keyOf,
    skipSuccessfulRequests: guessesOnly ?? false,
    requestWasSuccessful: (_request, response) => response.statusCode !== 401,
    handler: (_request, _response, next) => next(new AppError('rate.limited', { retryAfterSeconds: windowMs / 1_000 })),
  });
}

/** Logins per address: a person needs one, a guesser thousands. */
export const loginLimit = (perMinute: number): RequestHandler => limit({ perMinute, keyOf: addressOf });

/** Wrong keys per address, in front of the guard of the intake. */
export const wrongKeyLimit = (perMinute: number): RequestHandler =>
  limit({ perMinute, keyOf: addressOf, guessesOnly: true });

/** Requests per system, behind the guard. */
export const intakeRate = (perMinute: number): RequestHandler =>
  limit({ perMinute, keyOf: (request) => systemOf(request) ?? addressOf(request) });

/**
 * Back-pressure of the intake: bodies that are being worked on may hold so many bytes together; above it the answer
 * is 503 with Retry-After, before the body is read. Reporters keep their events and repeat.
 */
export function intakeWindow(options: { maxBytes: number; isDraining: () => boolean }): RequestHandler {
  let heldBytes = 0;
  return (request, response, next) => {
    if (options.isDraining()) throw new AppError('server.overloaded', { reason: 'shutdown', retryAfterSeconds: 5 });
    // A chunked body does not tell its size; the reader stops it at its limit, here it counts as a full batch.
    const bytes = Number(request.get('content-length') ?? 1_000_000);
    if (heldBytes > 0 && heldBytes + bytes > options.maxBytes) {
      throw new AppError('server.overloaded', { reason: 'intake', retryAfterSeconds: 1 });
    }
    heldBytes += bytes;
    response.once('close', () => {
      heldBytes -= bytes;
    });
    next();
  };
}
