import { gzipSync } from 'node:zlib';
import type { SourceError } from '@pult/shared/errors/app-error';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loggedError } from '../../platform/telemetry/logger.ts';
import { testConnection } from '../testing/connection.ts';
import { startScriptedServer } from '../testing/scripted-server.ts';
import type { CircuitChange } from './circuit.ts';
import { faultOfJsonApi } from './json-fault.ts';
import type { RawAnswer } from './raw-answer.ts';

let server: Awaited<ReturnType<typeof startScriptedServer>>;
beforeAll(async () => {
  server = await startScriptedServer(() => ({}));
});
afterAll(() => server.close());

const read = (answer: RawAnswer) => {
  const fault = faultOfJsonApi(answer);
  return fault === null ? { value: answer.text } : { fault };
};

describe('shield of a system', () => {
  it('keeps to the number of requests at once', async () => {
    let now = 0;
    let most = 0;
    const waiting: (() => void)[] = [];
    server.answer(async () => {
      now += 1;
      most = Math.max(most, now);
      await new Promise<void>((done) => {
        waiting.push(done);
        // The second one that arrives lets both go: with a limit of two nobody else can be here.
        if (waiting.length === 2) for (const go of waiting.splice(0)) go();
      });
      now -= 1;
      return {};
    });
    const connection = testConnection(server.url);
    const call = () => connection.call({ method: 'GET', url: server.url, intent: 'read', read });
    await Promise.all([call(), call(), call(), call(), call(), call()]);
    expect(most).toBe(2);
  });

  it('calls nobody outside the landscape and follows no redirect', async () => {
    const other = await startScriptedServer(() => ({ body: 'secret' }));
    const connection = testConnection(server.url);
    await expect(connection.call({ method: 'GET', url: other.url, intent: 'read', read })).rejects.toMatchObject({
      code: 'source.forbidden',
    });
    server.answer(() => ({ status: 307, headers: { location: other.url } }));
    await expect(connection.call({ method: 'GET', url: server.url, intent: 'read', read })).rejects.toMatchObject({
      code: 'source.bad_answer',
    });
    expect(other.seen).toEqual([]);
    await other.close();
  });

  it('tells a time-out: a read may be repeated, a plain write may not, a keyed write may', async () => {
    server.answer(() => new Promise(() => undefined));
    const connection = testConnection(server.url, { timeoutMs: 50 });
    for (const [intent, canRetry, maybeSent] of [
      ['read', true, false],
      ['write', false, true],
      ['keyed-write', true, true],
    ] as const)
      await expect(connection.call({ method: 'POST', url: server.url, intent, read })).rejects.toMatchObject({
        code: 'source.timeout',
        canRetry,
        maybeSent,
      });
  });

  it('reads an answer up to its limit, whatever it unpacks to, and hangs up', async () => {
    const large = gzipSync(Buffer.alloc(33 * 1024 * 1024, ' '));
    server.answer((_request, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' }).end(large);
      return null;
    });
    await expect(
      testConnection(server.url).call({ method: 'GET', url: server.url, intent: 'read', read }),
    ).rejects.toMatchObject({ code: 'source.bad_answer', data: { text: 'answer larger than 32 MB' } });
  });

  it('says nothing of the credentials when a request cannot be built with them', async () => {
    const secret = 'kept-secret\nsecond-line';
    const connection = testConnection(server.url, { headers: () => ({ authorization: `Bearer ${secret}` }) });
    const error = await connection
      .call({ method: 'POST', url: server.url, intent: 'write', read })
      .catch((reason: unknown) => reason as SourceError);
    expect(error).toMatchObject({ code: 'source.unreachable', maybeSent: false });
    expect(JSON.stringify(loggedError(error)), 'log').not.toContain('kept-secret');
    expect(JSON.stringify(connection.state().lastError)).not.toContain('kept-secret');
  });

  it('knows that a refused connection sent nothing', async () => {
    const gone = await startScriptedServer(() => ({}));
    await gone.close();
    await expect(
      testConnection(gone.url).call({ method: 'POST', url: gone.url, intent: 'write', read }),
    ).rejects.toMatchObject({ code: 'source.unreachable', canRetry: true, maybeSent: false });
  });
});

describe('circuit', () => {
  it('opens after failures in a row, asks nobody while open, closes after a good probe', async () => {
    const changes: CircuitChange[] = [];
    let status = 503;
    server.answer(() => ({ status, headers: { 'retry-after': '7' } }));
    const connection = testConnection(server.url, {
      circuit: { failures: 3, halfOpenAfterMs: 1 },
      onCircuit: (change) => changes.push(change),
    });
    const call = () => connection.call({ method: 'GET', url: server.url, intent: 'read', read });
    for (let n = 0; n < 3; n += 1)
      await expect(call()).rejects.toMatchObject({ code: 'source.not_ready', data: { retryAfterMs: 7_000 } });
    expect(connection.state()).toMatchObject({ circuit: 'open', lastError: { code: 'source.not_ready' } });
    expect(connection.state().downSince).not.toBeNull();
    status = 200;
    await expect.poll(() => call().catch(() => 'not yet')).toBe('');
    expect(changes.map(({ from, to }) => `${from} > ${to}`)).toEqual([
      'closed > open',
      'open > half_open',
      'half_open > closed',
    ]);
    expect(connection.state()).toMatchObject({ circuit: 'closed', downSince: null, inFlight: 0 });
  });

  it('sends nothing while open', async () => {
    server.answer(() => ({ status: 503 }));
    const connection = testConnection(server.url, { circuit: { failures: 1, halfOpenAfterMs: 60_000 } });
    const call = () => connection.call({ method: 'POST', url: server.url, intent: 'write', read });
    await expect(call()).rejects.toMatchObject({ code: 'source.not_ready' });
    await expect(call()).rejects.toMatchObject({ code: 'source.circuit_open', canRetry: true, maybeSent: false });
    expect(server.seen).toHaveLength(1);
  });

  it('stays closed when a system refuses single requests', async () => {
    server.answer(() => ({ status: 400 }));
    const connection = testConnection(server.url, { circuit: { failures: 1, halfOpenAfterMs: 60_000 } });
    const call = () => connection.call({ method: 'POST', url: server.url, intent: 'write', read });
    await expect(call()).rejects.toMatchObject({ code: 'source.rejected' });
    await expect(call()).rejects.toMatchObject({ code: 'source.rejected' });
    expect(connection.state()).toMatchObject({ circuit: 'closed', downSince: null });
  });
});
