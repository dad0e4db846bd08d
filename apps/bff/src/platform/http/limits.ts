import { AppError } from '@pult/shared/errors/app-error';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, MemoryStore, type Options, type RateLimitRequestHandler, rateLimit } from 'express-rate-limit';
import { INTAKE_LIMIT_BYTES, systemOf } from './mount.ts';

const WINDOW_MS = 60_000;

interface LimitOptions {
  readonly perMinute: number;
  readonly keyOf: (request: Request) => string;
}

const addressOf = (request: Request): string => ipKeyGenerator(request.ip ?? '');
const limited = (): AppError => new AppError('rate.limited', { retryAfterSeconds: WINDOW_MS / 1_000 });

function limit({ perMinute, keyOf }: LimitOptions): RateLimitRequestHandler {
  return rateLimit({
    windowMs: WINDOW_MS,
    limit: perMinute,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    keyGenerator: keyOf,
    handler: (_request, _response, next) => next(limited()),
  });
}

/** Logins per address: a person needs one, a guesser thousands. */
export const loginLimit = (perMinute: number): RequestHandler => limit({ perMinute, keyOf: addressOf });

/**
 * Wrong keys per address, in front of the guard of the intake. Only answers of 401 count, and only once they are given:
 * counting requests under way would hold back reporters with good keys that share an address and send many at once.
 */
export function wrongKeyLimit(perMinute: number): RequestHandler {
  const guesses = new MemoryStore();
  guesses.init({ windowMs: WINDOW_MS } as Options);
  return async (request, response, next) => {
    const address = addressOf(request);
    const known = await guesses.get(address);
    if (known !== undefined && known.totalHits >= perMinute) throw limited();
    response.once('finish', () => {
      if (response.statusCode === 401) void guesses.increment(address);
    });
    next();
  };
}

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
    // A chunked or compressed body does not tell what it becomes: it counts as what the reader lets through at most.
    const plain = request.get('content-encoding') === undefined && request.get('content-length') !== undefined;
    const bytes = plain ? Number(request.get('content-length')) : INTAKE_LIMIT_BYTES;
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
