/** HTTP of the 1С engine: several bases, OData v3 under /<base>/odata/standard.odata, services under /<base>/hs. */
import {
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Journal } from '../journal.ts';
import type { Listening } from '../process.ts';
import { levelOf } from './answers.ts';
import { Base } from './base.ts';
import { BASES, OBJECTS } from './bases.ts';
import { answerOdata } from './odata.ts';
import { errors, OdataError } from './odata-error.ts';
import { type OddAnswer, oddAnswer } from './quirks.ts';
import { atomError } from './render-atom.ts';
import { seedBase } from './seed.ts';
import { answerDoor } from './stand-doors.ts';
import { BaseStore } from './store.ts';
import { answerWebClient } from './web-client.ts';

export interface OneCOptions {
  readonly port: number;
  readonly seed: number;
  /** Folder of the journals; null keeps everything in memory. */
  readonly dataDir: string | null;
  readonly users: Readonly<Record<string, { readonly user: string; readonly password: string }>>;
  /** Where HTTP services of the exchange run. */
  readonly workersPort: number | null;
}

export interface OneC extends Listening {
  readonly bases: ReadonlyMap<string, Base>;
}

const NOT_FOUND: OddAnswer = {
  status: 404,
  type: 'text/html',
  body: '<html><body><h1>404 Not Found</h1></body></html>',
};

export async function startOneC(options: OneCOptions): Promise<OneC> {
  // Rows of the seed are made anew at each start: their dates are counted from the first one.
  const born = new Journal<number>(options.dataDir ? join(options.dataDir, 'onec-born.jsonl') : null);
  const bornAt = born.read()[0] ?? Date.now();
  born.rewrite([bornAt]);
  const bases = new Map<string, Base>();
  for (const name of BASES) {
    const path = options.dataDir ? join(options.dataDir, `onec-${name}.jsonl`) : null;
    const store = new BaseStore(name, OBJECTS[name], path);
    store.seeding(() => seedBase(store, options.seed, bornAt));
    bases.set(name, new Base(store));
    store.replay();
  }
  const server = createServer((request, response) => {
    void handle(request, response, bases, options).catch(() => response.destroy());
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    bases,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}

const portOf = (server: Server): number => {
  const address = server.address();
  return typeof address === 'object' && address ? address.port : 0;
};

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, answer: OddAnswer & { readonly location?: string }): void {
  if (answer.location !== undefined) response.setHeader('Location', answer.location);
  response.writeHead(answer.status, answer.type === '' ? {} : { 'content-type': answer.type });
  response.end(answer.body);
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  bases: ReadonlyMap<string, Base>,
  options: OneCOptions,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, first = '', second = '', ...rest] = url.pathname.split('/');
  if (first === 'healthz') return send(response, { status: 200, type: 'application/json', body: '{"status":"ok"}' });
  if (first === '_stand') {
    const base = bases.get(second);
    const door = { method: request.method ?? 'GET', path: rest, body: await bodyOf(request) };
    const { status, body } = base ? answerDoor(base, door) : { status: 404, body: { error: 'no such base' } };
    return send(response, { status, type: 'application/json', body: JSON.stringify(body) });
  }
  const base = bases.get(first);
  if (!base) return send(response, NOT_FOUND);
  if (request.method === 'GET' && (second === '' || second === 'e1cib')) {
    if (base.quirks.down) return void request.socket.destroy();
    const shown = answerWebClient(bases, { base: first, path: [second, ...rest], search: url.searchParams });
    return send(response, oddAnswer(base.quirks, url.pathname) ?? shown ?? NOT_FOUND);
  }
  if (!(await enter({ request, response, base, path: url.pathname, user: options.users[first] }))) return;
  if (second === 'hs') return proxyToWorkers(request, response, options.workersPort);
  if (second !== 'odata' || rest[0] !== 'standard.odata') return send(response, NOT_FOUND);
  if (rest[1] === '$metadata' && base.quirks.metadataDelayMs > 0) await pause(base.quirks.metadataDelayMs);
  const root = `http://${request.headers.host ?? 'localhost'}/${first}/odata/standard.odata/`;
  response.setHeader('DataServiceVersion', '3.0');
  send(
    response,
    odataAnswer(base, {
      request,
      path: rest.slice(1).join('/'),
      search: url.search,
      root,
      body: await bodyOf(request),
    }),
  );
}

/** What stands before OData: the network, the web server, the session, the password. @returns whether to go on */
async function enter(call: {
  request: IncomingMessage;
  response: ServerResponse;
  base: Base;
  path: string;
  user: { readonly user: string; readonly password: string } | undefined;
}): Promise<boolean> {
  const { request, response, base, path, user } = call;
  const { quirks } = base;
  if (quirks.down) {
    request.socket.destroy();
    return false;
  }
  if (quirks.slowMs > 0) await pause(quirks.slowMs);
  if (!base.warm && quirks.firstRequestDelayMs > 0) await pause(quirks.firstRequestDelayMs);
  base.warm = true;
  const odd = oddAnswer(quirks, path);
  if (odd) {
    send(response, odd);
    return false;
  }
  const wanted = user ? `Basic ${Buffer.from(`${user.user}:${user.password}`, 'utf8').toString('base64')}` : null;
  if (quirks.unauthorized || (wanted !== null && request.headers.authorization !== wanted)) {
    response.setHeader('WWW-Authenticate', `Basic realm="1C:Enterprise ${quirks.platform}"`);
    send(response, { status: 401, type: 'text/html', body: '' });
    return false;
  }
  const refused = base.sessions.enter(request, response, quirks);
  if (refused === null) return true;
  send(response, { status: refused, type: 'text/plain', body: '' });
  return false;
}

function odataAnswer(
  base: Base,
  call: { request: IncomingMessage; path: string; search: string; root: string; body: string },
): OddAnswer {
  const { request, search, root, body } = call;
  const header = (name: string): string | null => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : null;
  };
  const accept = header('accept') ?? '';
  try {
    const answer = answerOdata(base, {
      method: request.method ?? 'GET',
      path: decoded(call.path),
      search,
      body,
      accept,
      ifMatch: header('if-match'),
      loadMode: header('1c_odata-dataloadmode') === 'true',
      root,
    });
    return answer;
  } catch (error) {
    const known = error instanceof OdataError ? error : errors.handler('Произошла внутренняя ошибка OData сервиса');
    const format = /[?&](?:\$|%24)format=([^&]*)/i.exec(search)?.[1] ?? null;
    if (levelOf(accept, format) === null)
      return {
        status: known.status,
        type: 'application/xml;charset=utf-8',
        body: atomError(known.code, known.message),
      };
    const message = { lang: 'ru', value: known.message };
    return {
      status: known.status,
      type: 'application/json;charset=utf-8',
      body: JSON.stringify({ 'odata.error': { code: String(known.code), message } }),
    };
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw errors.badFormat('Неверная кодировка адреса');
  }
}

/** HTTP services of the exchange live in the workers' process; the base only lets them through. */
function proxyToWorkers(request: IncomingMessage, response: ServerResponse, port: number | null): void {
  const unavailable = (): void => {
    response.writeHead(503, { 'Retry-After': '5', 'content-type': 'application/json' });
    response.end(JSON.stringify({ success: false, error: 'Обмен недоступен' }));
  };
  if (port === null) {
    unavailable();
    return;
  }
  const forward = httpRequest(
    { host: '127.0.0.1', port, path: request.url, method: request.method, headers: request.headers },
    (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    },
  );
  forward.on('error', unavailable);
  request.pipe(forward);
}
