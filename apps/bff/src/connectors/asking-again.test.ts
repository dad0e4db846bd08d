import { type AddressInfo, createServer } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { calmQuirks, type Quirks } from '../../../stand/src/onec/quirks.ts';
import { startWorld, type World } from '../../../stand/src/testing/world.ts';
import { Catalogues } from '../../../stand/src/traffic/catalogues.ts';
import { Documents } from '../../../stand/src/traffic/documents.ts';
import { chanceOf } from '../../../stand/src/traffic/rhythm.ts';
import { connectSystems } from '../../../stand/src/workers/systems.ts';
import { startWorkers, type Workers } from '../../../stand/src/workers/workers.ts';
import { freePort } from '../platform/http/free-port.ts';
import { createOnecServicesClient } from './onec-http/client.ts';
import type { AskAnswer, AskRequest } from './port/ask.ts';
import { createRestClient } from './rest/client.ts';
import { testConnection } from './testing/connection.ts';
import { startScriptedServer } from './testing/scripted-server.ts';

/**
 * One battery over the wire for both ways of asking a source to send again, HTTP services of 1С and a JSON API: against the
 * stand what a source does, against a scripted server what stands in front of it.
 */

interface Asker {
  ask(path: string, request: AskRequest): Promise<AskAnswer>;
}
interface Way {
  /** A message that has gone its way, at its source. */
  readonly message: () => Promise<Pick<AskRequest, 'flow' | 'messageId' | 'consumer'>>;
  /** Client of the source in the stand, with the right credentials unless others are given. */
  readonly stand: (credentials?: string) => Asker;
  /** The same client for any other address. */
  readonly at: (url: string, timeoutMs?: number) => Asker;
  readonly path: (verb: string) => string;
}

const basic = (password: string): string => `Basic ${Buffer.from(`pult:${password}`, 'utf8').toString('base64')}`;
const connected = (url: string, authorization: string, timeoutMs = 2_000) =>
  testConnection(url, {
    headers: () => ({ authorization }),
    timeoutMs,
    circuit: { failures: 1_000, halfOpenAfterMs: 1_000 },
  });

let world: World;
let workers: Workers;
let documents: Documents;
let web: Awaited<ReturnType<typeof startScriptedServer>>;
let drawn = 0;
const chance = () => {
  drawn += 1;
  return chanceOf(5, 'asking again', drawn);
};

const WAYS: Readonly<Record<string, Way>> = {
  'HTTP services of 1С': {
    message: async () => {
      const { ref } = await documents.production.receipt(chance(), { site: 'erp-1' });
      await workers.sources.sites.readReceipts('erp-1');
      await workers.exchange.idle();
      return { flow: 'erp-receipts', messageId: ref, consumer: 'ut' };
    },
    stand: (credentials = basic('demo')) => {
      const url = `${world.onec.url}/erp-1/hs`;
      return createOnecServicesClient({ connection: connected(url, credentials), url });
    },
    at: (url, timeoutMs) => createOnecServicesClient({ connection: connected(url, basic('demo'), timeoutMs), url }),
    path: (verb) => `/pult-exchange/v1/${verb}`,
  },
  'a JSON API': {
    message: async () => {
      const { id } = await documents.siteOrder(chance());
      await workers.sources.readOrders('site');
      await workers.exchange.idle();
      return { flow: 'site-orders', messageId: id, consumer: 'ut' };
    },
    stand: (credentials = 'Bearer site') =>
      createRestClient({ connection: connected(world.site.url, credentials), url: world.site.url }),
    at: (url, timeoutMs) => createRestClient({ connection: connected(url, 'Bearer site', timeoutMs), url }),
    path: (verb) => `/api/v2/exchange/${verb}`,
  },
};

beforeAll(async () => {
  const port = await freePort();
  world = await startWorld(port);
  workers = await startWorkers({ ...world.settings, port });
  documents = new Documents(connectSystems(world.settings), new Catalogues(connectSystems(world.settings)));
  web = await startScriptedServer(() => ({}));
});
afterAll(async () => {
  await workers.close();
  await Promise.all([world.close(), web.close()]);
});
beforeEach(() => {
  for (const base of world.onec.bases.values()) Object.assign(base.quirks, calmQuirks());
  Object.assign(world.site.faults, { down: false, keyExpired: false });
});

const attemptsOf = async ({ flow, messageId, consumer }: Pick<AskRequest, 'flow' | 'messageId' | 'consumer'>) => {
  await workers.exchange.idle();
  return workers.book.find(flow, messageId, consumer)?.attempt;
};

describe.each(Object.keys(WAYS))('asking a source again over %s', (name) => {
  const { message, stand, at, path } = WAYS[name] ?? expect.unreachable(name);
  const request = (of: Pick<AskRequest, 'flow' | 'messageId' | 'consumer'>, key = `o:${of.messageId}`): AskRequest => ({
    ...of,
    attempt: 2,
    operationId: 'o',
    idempotencyKey: key,
  });
  const NOBODYS = request({ flow: 'none', messageId: 'none', consumer: 'ut' });

  it.each(['resend', 're-export'])('is taken once: the same key again is answered as known (%s)', async (verb) => {
    const sent = await message();
    expect(await stand().ask(path(verb), request(sent))).toEqual({ attempt: 2, duplicate: false });
    expect(await attemptsOf(sent)).toBe(2);
    expect(await stand().ask(path(verb), request(sent))).toEqual({ attempt: 2, duplicate: true });
    expect(await attemptsOf(sent)).toBe(2);
    // Another decision has another key, and makes another attempt.
    expect(await stand().ask(path(verb), { ...request(sent, 'second'), attempt: 3 })).toMatchObject({
      attempt: 3,
      duplicate: false,
    });
  });

  it('says that the source does not know the message', async () => {
    await expect(stand().ask(path('resend'), NOBODYS)).rejects.toMatchObject({
      code: 'source.not_found',
      canRetry: false,
      maybeSent: false,
    });
  });

  it('is refused with other credentials, and nothing was sent', async () => {
    const sent = await message();
    const other = stand(name === 'a JSON API' ? 'Bearer other' : basic('другой'));
    await expect(other.ask(path('resend'), request(sent))).rejects.toMatchObject({
      code: 'source.unauthorized',
      canRetry: false,
      maybeSent: false,
    });
    expect(await attemptsOf(sent)).toBe(1);
  });

  it.each([
    [500, '{"error":"oops"}', 'source.bad_answer', true, true],
    [502, '<html>Bad Gateway</html>', 'source.unreachable', true, true],
    [503, '<html>Service Unavailable</html>', 'source.not_ready', true, false],
    [504, '<html>Gateway Timeout</html>', 'source.timeout', true, true],
    [409, '{"error":"still being sent"}', 'source.conflict', false, false],
    [202, '{"accepted":false}', 'source.bad_answer', true, true],
    [202, '{"accepted":', 'source.bad_answer', true, true],
    [200, '<html><body>Вход</body></html>', 'source.bad_answer', true, true],
    [200, '', 'source.bad_answer', true, true],
    [301, '', 'source.bad_answer', true, false],
  ] as const)('takes %i with «%s» for %s', async (status, body, code, canRetry, maybeSent) => {
    web.answer(() => ({
      status,
      body,
      headers: { 'content-type': 'text/html', location: 'https://elsewhere.example/' },
    }));
    await expect(at(web.url).ask(path('resend'), NOBODYS)).rejects.toMatchObject({ code, canRetry, maybeSent });
    expect(web.seen).toHaveLength(1);
  });

  it('keeps when a source that is overloaded wants to be asked again', async () => {
    web.answer(() => ({ status: 503, headers: { 'retry-after': '7' } }));
    await expect(at(web.url).ask(path('resend'), NOBODYS)).rejects.toMatchObject({ data: { retryAfterMs: 7_000 } });
  });

  it('may have been carried out when no answer came in time, and may be asked again by its key', async () => {
    web.answer(() => new Promise(() => undefined));
    await expect(at(web.url, 50).ask(path('resend'), NOBODYS)).rejects.toMatchObject({
      code: 'source.timeout',
      canRetry: true,
      maybeSent: true,
    });
  });

  it('may have been carried out when the answer was lost on its way: the key makes the repetition harmless', async () => {
    const sent = await message();
    web.answer(async (asked, response) => {
      await stand().ask(asked.url, JSON.parse(asked.body));
      response.socket?.destroy();
      return null;
    });
    await expect(at(web.url).ask(path('resend'), request(sent))).rejects.toMatchObject({
      code: 'source.unreachable',
      canRetry: true,
      maybeSent: true,
    });
    expect(await stand().ask(path('resend'), request(sent))).toEqual({ attempt: 2, duplicate: true });
    expect(await attemptsOf(sent)).toBe(2);
  });

  it('was certainly not carried out when nobody listens', async () => {
    const gone = createServer();
    await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done));
    const { port } = gone.address() as AddressInfo;
    await new Promise((done) => gone.close(done));
    await expect(at(`http://127.0.0.1:${port}`).ask(path('resend'), NOBODYS)).rejects.toMatchObject({
      code: 'source.unreachable',
      canRetry: true,
      maybeSent: false,
    });
  });
});

describe('refusals of a 1С base', () => {
  it.each<[string, Partial<Quirks>]>([
    ['source.maintenance', { maintenance: true }],
    ['source.no_licence', { licence: true }],
    ['source.login_page', { html200: true }],
  ])('are told from those of its service: %s', async (code, quirks) => {
    const way = WAYS['HTTP services of 1С'] ?? expect.unreachable();
    Object.assign(world.onec.bases.get('erp-1')?.quirks ?? {}, quirks);
    const { flow, messageId, consumer } = { flow: 'erp-receipts', messageId: 'm', consumer: 'ut' };
    const asked = { flow, messageId, consumer, attempt: 2, operationId: 'o', idempotencyKey: 'k' };
    await expect(way.stand().ask(way.path('resend'), asked)).rejects.toMatchObject({ code, maybeSent: false });
  });

  it('leave the services alive for a probe only where they answer', async () => {
    const url = `${world.onec.url}/erp-1/hs`;
    const client = createOnecServicesClient({ connection: connected(url, basic('demo')), url });
    await client.check();
    Object.assign(world.onec.bases.get('erp-1')?.quirks ?? {}, { maintenance: true });
    await expect(client.check()).rejects.toMatchObject({ code: 'source.maintenance' });
  });
});

describe('documents of a JSON API', () => {
  const client = (credentials = 'Bearer site') =>
    createRestClient({ connection: connected(world.site.url, credentials), url: world.site.url });

  it('are there or are not, by 404 of the API itself', async () => {
    const { id } = await documents.siteOrder(chance());
    expect(await client().get(`/api/v2/orders/${id}`)).toMatchObject({ status: 200, body: { data: { id } } });
    expect(await client().get('/api/v2/orders/none')).toMatchObject({ status: 404, body: { error: 'not found' } });
  });

  it('cannot be asked for while the web server answers for it, or with a key that has ended', async () => {
    world.site.faults.down = true;
    await expect(client().get('/api/v2/orders/none')).rejects.toMatchObject({ code: 'source.not_ready' });
    Object.assign(world.site.faults, { down: false, keyExpired: true });
    await expect(client().get('/api/v2/orders/none')).rejects.toMatchObject({ code: 'source.unauthorized' });
  });

  it('are written twice by nobody: without a key a lost answer is not repeated', async () => {
    web.answer((_request, response) => {
      response.socket?.destroy();
      return null;
    });
    const rest = createRestClient({ connection: connected(web.url, 'Bearer site'), url: web.url });
    await expect(rest.post('/x', {})).rejects.toMatchObject({ canRetry: false, maybeSent: true });
    await expect(rest.post('/x', {}, { idempotencyKey: 'k' })).rejects.toMatchObject({
      canRetry: true,
      maybeSent: true,
    });
  });
});
