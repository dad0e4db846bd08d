import type { RequestListener } from 'node:http';

/**
 * Answers while Pult starts: the process lives, nothing else is there yet. Without it a request of these first
 * moments would wait for an answer that nobody gives.
 */
export const notReadyYet: RequestListener = (request, response) => {
  const alive = request.url === '/healthz';
  response.writeHead(alive ? 200 : 503, { 'content-type': 'application/json', 'retry-after': '2' });
  response.end(JSON.stringify(alive ? { status: 'ok' } : { ready: false, parts: { start: 'under way' } }));
};
