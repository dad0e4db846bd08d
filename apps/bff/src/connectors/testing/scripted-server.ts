import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SeenRequest {
  readonly method: string;
  /** Path and query exactly as they came over the wire. */
  readonly rawUrl: string;
  /** Decoded path and query. */
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}
export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | object;
}
type Script = (
  request: SeenRequest,
  response: ServerResponse,
) => ScriptedAnswer | null | Promise<ScriptedAnswer | null>;

/** HTTP server that answers as the test says; null = the script dealt with the response itself. */
export async function startScriptedServer(script: Script) {
  const seen: SeenRequest[] = [];
  const state = { script };
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const rawUrl = request.url ?? '';
    const one = {
      method: request.method ?? '',
      rawUrl,
      url: decodeURIComponent(rawUrl),
      headers: request.headers,
      body,
    };
    seen.push(one);
    const answer = await state.script(one, response);
    if (answer === null) return;
    const text = typeof answer.body === 'object' ? JSON.stringify(answer.body) : (answer.body ?? '');
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(text);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (next: Script): void => {
      state.script = next;
      seen.length = 0;
    },
    close: () =>
      new Promise<void>((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
