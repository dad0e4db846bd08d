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
import { executeTask, postDocument } from './handlers.ts';
import { BASES, type EntityDef, propertiesOf } from './metadata.ts';
import { errors, OdataError } from './odata-error.ts';
import { filterRows, navigate, optionsOf, orderRows, shapeRow, virtualTable } from './query.ts';
import { calmQuirks, licenceAnswer, loginPage, maintenanceAnswer, type OddAnswer, type Quirks } from './quirks.ts';
import { atomEntry, atomFeed, jsonRow, type Level, metadataDocument, shuffled } from './render.ts';
import { seedBase } from './seed.ts';
import { BaseStore, type MutableRow } from './store.ts';

export interface OneCOptions {
  readonly port: number;
  readonly seed: number;
  /** Folder of the journals; null keeps everything in memory. */
  readonly dataDir: string | null;
  readonly users: Readonly<Record<string, { readonly user: string; readonly password: string }>>;
  /** Where HTTP services of the exchange run. */
  readonly workersPort: number | null;
}

interface Base {
  readonly store: BaseStore;
  readonly quirks: Quirks;
  postings: number;
  warm: boolean;
}

export interface OneC {
  readonly url: string;
  readonly bases: ReadonlyMap<string, Base>;
  close(): Promise<void>;
}

const POSTING_TEXTS = [
  (number: string) => `Не удалось провести "${number}"! Период закрыт для изменений: дата запрета 30.09.2026`,
  (number: string) => `Не удалось провести "Реализация товаров и услуг ${number}": поле «Договор» не заполнено`,
  () =>
    "Ошибка при выполнении обработчика - 'ПриЗаписи' {ОбщийМодуль.ОбменДаннымиСервер.Модуль(180)}: Истекло ожидание блокировки таблицы «РасчетыСКлиентами»",
];

export async function startOneC(options: OneCOptions): Promise<OneC> {
  const bases = new Map<string, Base>();
  for (const [name, entities] of Object.entries(BASES)) {
    const store = new BaseStore(name, entities, options.dataDir ? join(options.dataDir, `onec-${name}.jsonl`) : null);
    store.seeding(() => seedBase(store, options.seed));
    store.replay();
    bases.set(name, { store, quirks: calmQuirks(), postings: 0, warm: false });
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

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  bases: ReadonlyMap<string, Base>,
  options: OneCOptions,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, first = '', second = '', ...rest] = url.pathname.split('/');
  if (first === 'healthz') return send(response, { status: 200, type: 'application/json', body: '{"status":"ok"}' });
  if (first === '_stand') return standControl(request, response, bases, second, rest);
  const base = bases.get(first);
  if (!base) return send(response, { status: 404, type: 'text/html', body: '<html><body>404</body></html>' });
  const { quirks } = base;
  if (quirks.down) {
    request.socket.destroy();
    return;
  }
  if (quirks.slowMs > 0) await pause(quirks.slowMs);
  if (!base.warm && quirks.firstRequestDelayMs > 0) await pause(quirks.firstRequestDelayMs);
  base.warm = true;
  if (quirks.maintenance) return send(response, maintenanceAnswer(url.pathname));
  if (quirks.licence) return send(response, licenceAnswer(url.pathname));
  if (quirks.html200) return send(response, loginPage());
  const user = options.users[first];
  const wanted = user ? `Basic ${Buffer.from(`${user.user}:${user.password}`).toString('base64')}` : null;
  if (quirks.unauthorized || (wanted !== null && request.headers.authorization !== wanted)) {
    response.setHeader('WWW-Authenticate', 'Basic realm="1C:Enterprise 8.3"');
    return send(response, { status: 401, type: 'text/html', body: '' });
  }
  if (second === 'hs') return proxyToWorkers(request, response, options.workersPort);
  if (second !== 'odata' || rest[0] !== 'standard.odata')
    return send(response, { status: 404, type: 'text/html', body: '<html><body>404</body></html>' });
  const root = `http://${request.headers.host ?? 'localhost'}/${first}/odata/standard.odata/`;
  const json = wantsJson(request, url.search);
  try {
    await odata({ base, request, response, url, root, path: decodeURIComponent(rest.slice(1).join('/')), json });
  } catch (error) {
    const known =
      error instanceof OdataError
        ? error
        : errors.handler(
            error instanceof URIError ? 'Неверная кодировка адреса' : 'Произошла внутренняя ошибка OData сервиса',
          );
    const body = json
      ? JSON.stringify({ 'odata.error': { code: String(known.code), message: { lang: 'ru', value: known.message } } })
      : `<?xml version="1.0" encoding="UTF-8"?><m:error xmlns:m="http://schemas.microsoft.com/ado/2007/08/dataservices/metadata"><m:code>${known.code}</m:code><m:message>${known.message.replace(/[&<>]/g, ' ')}</m:message></m:error>`;
    send(response, {
      status: known.status,
      type: json ? 'application/json;charset=utf-8' : 'application/xml;charset=utf-8',
      body,
    });
  }
}

function wantsJson(request: IncomingMessage, search: string): Level | null {
  const accept = `${request.headers.accept ?? ''};${decodeURIComponent(search).match(/\$format=([^&]*)/)?.[1] ?? ''}`;
  if (!/json/i.test(accept)) return null;
  return /nometadata/.test(accept) ? 'none' : /fullmetadata/.test(accept) ? 'full' : 'minimal';
}

function send(response: ServerResponse, answer: OddAnswer): void {
  response.writeHead(answer.status, { 'content-type': answer.type, DataServiceVersion: '3.0' });
  response.end(answer.body);
}

interface Call {
  readonly base: Base;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly root: string;
  readonly path: string;
  readonly json: Level | null;
}

const KEYED = /^([^(/]+)(?:\(([^)]*)\))?$/;

async function odata(call: Call): Promise<void> {
  const { base, request, response, json, root } = call;
  const { store } = base;
  const method = request.method ?? 'GET';
  const options = optionsOf(call.url.search);
  if (call.path === '' || call.path === '/') {
    const names = [...store.entities.keys()];
    return json
      ? send(response, {
          status: 200,
          type: 'application/json;charset=utf-8',
          body: JSON.stringify({
            'odata.metadata': `${root}$metadata`,
            value: names.map((name) => ({ name, url: name })),
          }),
        })
      : send(response, {
          status: 200,
          type: 'application/xml',
          body: `<service xmlns="http://www.w3.org/2007/app" xmlns:atom="http://www.w3.org/2005/Atom" xml:base="${root}"><workspace><atom:title>Default</atom:title>${names.map((name) => `<collection href="${name}"><atom:title>${name}</atom:title></collection>`).join('')}</workspace></service>`,
        });
  }
  if (call.path === '$metadata')
    return send(response, {
      status: 200,
      type: 'application/xml',
      body: metadataDocument([...store.entities.values()]),
    });
  const segments = splitPath(call.path);
  const [head = '', ...tail] = segments;
  const match = KEYED.exec(head);
  if (!match) throw errors.badSegment(head);
  const [, set = '', keyText] = match;
  const { entity, table } = entityOf(store, set);
  const [next] = tail;
  if (next !== undefined && /^(SliceLast|SliceFirst|Balance|Turnovers|BalanceAndTurnovers)(\(|$)/.test(next)) {
    const [, name = ''] = /^(\w+)/.exec(next) ?? [];
    const args = new Map([...options.raw, ...argumentsOf(next)]);
    return list(call, entity, virtualTable(store, entity, name, args), options, true);
  }
  if (keyText === undefined || keyText === '') {
    const rows = table ? tableRows(store, entity, table) : store.all(entity.name);
    if (next === '$count')
      return send(response, {
        status: 200,
        type: 'text/plain',
        body: String(filterRows(store, entity, rows, options.filter).length),
      });
    if (method === 'GET') return list(call, entity, rows, options, table !== null);
    if (method === 'POST' && !table) {
      const row = store.insert(entity.name, incoming(store, entity, await bodyOf(request)));
      response.setHeader('Location', encodeURI(`${root}${entity.name}(guid'${String(row.Ref_Key)}')`));
      return one(call, entity, row, 201);
    }
    throw errors.methodForbidden(method);
  }
  const key = keyOf(entity, keyText);
  if (next !== undefined && /^(Post|Unpost|ExecuteTask|Start)(\(\))?$/.test(next)) {
    await bodyOf(request);
    // The platform executes actions also for GET.
    const name = next.replace('()', '');
    if (name === 'ExecuteTask' && entity.name.startsWith('Task_')) executeTask(store, key);
    else if ((name === 'Post' || name === 'Unpost') && entity.name.startsWith('Document_'))
      postDocument(store, entity.name, key, name === 'Post', { next: (row) => postingFault(base, row) });
    else if (name === 'Start' && entity.name.startsWith('BusinessProcess_'))
      store.update(entity.name, key, { Started: true });
    else throw errors.handler(`Функция ${name} недоступна для ${entity.name}`);
    return send(response, { status: 200, type: 'text/plain', body: '' });
  }
  const row = store.find(entity.name, key);
  if (!row) throw errors.noInstance();
  if (next !== undefined) {
    const found = navigate(store, entity, row, next);
    if (found === undefined) throw errors.badSegment(next);
    if (found === null) throw errors.noInstance();
    if (Array.isArray(found)) return list(call, entity, found as MutableRow[], options, true);
    return one(call, store.entity(String(entity.fields[next]).slice(4)), found as MutableRow, 200);
  }
  switch (method) {
    case 'GET':
      return one(call, entity, shapeRow(store, entity, row, options), 200);
    case 'PATCH':
    case 'PUT': {
      const match412 =
        base.quirks.ifMatch === 'documented' &&
        request.headers['if-match'] &&
        request.headers['if-match'] !== row.DataVersion;
      const changes = incoming(store, entity, await bodyOf(request));
      if (match412)
        return send(response, {
          status: 412,
          type: 'application/json',
          body: JSON.stringify({
            'odata.error': { code: '-1', message: { lang: 'ru', value: 'Версия данных не совпадает' } },
          }),
        });
      const changed = store.update(entity.name, key, changes);
      if (typeof changes.Posted === 'boolean' && changes.Posted !== row.Posted)
        postDocument(store, entity.name, key, changes.Posted, { next: (now) => postingFault(base, now) });
      return one(call, entity, changed, 200);
    }
    case 'DELETE':
      store.remove(entity.name, key);
      response.writeHead(204);
      response.end();
      return;
    default:
      throw errors.methodForbidden(method);
  }
}

function postingFault(base: Base, row: MutableRow): string | null {
  base.postings += 1;
  const { postingError } = base.quirks;
  // Spread evenly: with a share of 0.25 every fourth posting fails.
  if (postingError <= 0 || Math.floor(base.postings * postingError) === Math.floor((base.postings - 1) * postingError))
    return null;
  return (POSTING_TEXTS[base.postings % POSTING_TEXTS.length] ?? POSTING_TEXTS[0])?.(String(row.Number)) ?? null;
}

/** Splits at slashes outside brackets and quotes: `InformationRegister_X/SliceLast(Period=datetime'…')`. */
function splitPath(path: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let now = '';
  for (const letter of path) {
    if (letter === '(') depth += 1;
    if (letter === ')') depth -= 1;
    if (letter === '/' && depth === 0) {
      parts.push(now);
      now = '';
    } else now += letter;
  }
  return [...parts, now].filter((part) => part !== '');
}

function argumentsOf(segment: string): Map<string, string> {
  const inside = /\((.*)\)$/.exec(segment)?.[1] ?? '';
  const args = new Map<string, string>();
  for (const match of inside.matchAll(/(\w+)=(?:datetime)?'((?:[^']|'')*)'/g))
    args.set(match[1] ?? '', (match[2] ?? '').replaceAll("''", "'"));
  return args;
}

function entityOf(store: BaseStore, set: string): { entity: EntityDef; table: string | null } {
  const direct = store.entities.get(set.replace(/_RecordType$/, ''));
  if (direct) return { entity: direct, table: null };
  for (const entity of store.entities.values())
    for (const [table, fields] of Object.entries(entity.tables))
      if (set === `${entity.name}_${table}`)
        return { entity: { ...entity, name: entity.name, fields: { Ref_Key: 'guid', ...fields }, tables: {} }, table };
  throw errors.noEntitySet(set);
}

const tableRows = (store: BaseStore, entity: EntityDef, table: string): MutableRow[] =>
  store
    .all(entity.name)
    .flatMap((row) => (row[table] as MutableRow[]).map((line) => ({ Ref_Key: row.Ref_Key, ...line })));

function keyOf(entity: EntityDef, text: string): string {
  const guid = /guid'([^']*)'/.exec(text)?.[1];
  if (!entity.key) {
    const value = guid ?? text.replaceAll("'", '');
    if (!/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value)) throw errors.badGuid(value);
    return value.toLowerCase();
  }
  return entity.key
    .map((name) => new RegExp(`${name}=(?:guid|datetime)?'([^']*)'`).exec(text)?.[1] ?? '')
    .join('|')
    .toLowerCase();
}

/** Body of a write: unknown properties are ignored, long texts cut, broken JSON is the platform's error. */
function incoming(store: BaseStore, entity: EntityDef, text: string): MutableRow {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw errors.badBody('Непредвиденный символ при чтении JSON');
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw errors.badBody('Произошла внутренняя ошибка OData сервиса');
  const row: MutableRow = {};
  const properties = new Map(propertiesOf(entity.fields));
  for (const [name, value] of Object.entries(body)) {
    if (name in entity.tables) row[name] = value;
    const type = properties.get(name);
    if (!type || name === 'Ref_Key' || name === 'DataVersion') continue;
    if (type === 'string' && Array.isArray(value)) throw errors.badBody('Произошла внутренняя ошибка OData сервиса');
    const limit = entity.lengths[name];
    row[name] = typeof value === 'string' && limit ? value.slice(0, limit) : type === 'int64' ? String(value) : value;
  }
  if (store.name === 'bp' && entity.name === 'Document_РеализацияТоваровУслуг' && body && 'Number' in body)
    row.Number = String((body as MutableRow).Number).slice(0, 11);
  return row;
}

function list(
  call: Call,
  entity: EntityDef,
  rows: readonly MutableRow[],
  options: ReturnType<typeof optionsOf>,
  raw: boolean,
): void {
  const { store } = call.base;
  const filtered = raw && entity.register ? [...rows] : filterRows(store, entity, rows, options.filter);
  const ordered = orderRows(entity, filtered, options.orderby);
  const start = options.skip ?? 0;
  const page = ordered.slice(start, options.top === undefined ? undefined : start + options.top);
  const shaped = raw ? page : page.map((row) => shapeRow(store, entity, row, options));
  const count = options.inlinecount ? filtered.length : null;
  if (!call.json) {
    send(call.response, {
      status: 200,
      type: 'application/atom+xml;type=feed;charset=utf-8',
      body: atomFeed(entity, shaped, call.root, count),
    });
    return;
  }
  const level = call.json;
  const body = {
    ...(level === 'none' ? {} : { 'odata.metadata': `${call.root}$metadata#${entity.name}` }),
    ...(count === null ? {} : { 'odata.count': String(count) }),
    value: raw ? shaped : shaped.map((row) => jsonRow(entity, row, level)),
  };
  send(call.response, {
    status: 200,
    type: `application/json;odata=${level === 'none' ? 'nometadata' : 'minimalmetadata'};charset=utf-8`,
    body: JSON.stringify(body),
  });
}

function one(call: Call, entity: EntityDef, row: MutableRow, status: number): void {
  if (!call.json) {
    send(call.response, {
      status,
      type: 'application/atom+xml;type=entry;charset=utf-8',
      body: atomEntry(entity, row, call.root),
    });
    return;
  }
  const body = {
    ...(call.json === 'none' ? {} : { 'odata.metadata': `${call.root}$metadata#${entity.name}/@Element` }),
    ...shuffled(jsonRow(entity, row, call.json)),
  };
  send(call.response, { status, type: 'application/json;charset=utf-8', body: JSON.stringify(body) });
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

/** Switches of the stand, for the control page and tests: loopback only, no part of the protocol. */
async function standControl(
  request: IncomingMessage,
  response: ServerResponse,
  bases: ReadonlyMap<string, Base>,
  name: string,
  rest: readonly string[],
): Promise<void> {
  const base = bases.get(name);
  const answer = (body: unknown, status = 200) =>
    send(response, { status, type: 'application/json', body: JSON.stringify(body) });
  if (!base) return answer({ error: 'no such base' }, 404);
  if (rest[0] === 'quirks') {
    if (request.method === 'PUT') Object.assign(base.quirks, JSON.parse(await bodyOf(request)) as Partial<Quirks>);
    return answer(base.quirks);
  }
  if (rest[0] === 'rows') {
    const set = decodeURIComponent(rest[1] ?? '');
    if (request.method === 'POST') {
      const rows = JSON.parse(await bodyOf(request)) as MutableRow[];
      return answer({ refs: rows.map((row) => base.store.insert(set, row).Ref_Key) });
    }
    return answer(base.store.all(set));
  }
  return answer({ error: 'not found' }, 404);
}
