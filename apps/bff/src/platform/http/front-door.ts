import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { AppError } from '@pult/shared/errors/app-error';

export interface FrontDoor {
  /** Listener of the server from its first moment on. */
  readonly listener: RequestListener;
  /** From now on the application answers. */
  open(application: RequestListener): void;
}

const RETRY_AFTER_SECONDS = 1;

/**
 * Answers between listening and being wired: the address is needed before the application exists, and a request without a
 * listener would never be answered. Must be on the server before the live channel, which passes on what is not its own.
 */
export function createFrontDoor(): FrontDoor {
  let application: RequestListener | null = null;
  return {
    listener: (request, response) => (application ?? answerStarting)(request, response),
    open: (next) => {
      application = next;
    },
  };
}

function answerStarting(_request: IncomingMessage, response: ServerResponse): void {
  const { code, status } = new AppError('server.overloaded');
  const problem = {
    type: `urn:pult:error:${code}`,
    title: code,
    status,
    code,
    data: { reason: 'starting', retryAfterSeconds: RETRY_AFTER_SECONDS },
  };
  response
    .writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': String(RETRY_AFTER_SECONDS) })
    .end(JSON.stringify(problem));
}
