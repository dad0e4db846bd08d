import { endpoint } from '@pult/shared/contracts/endpoint';
import { UNATTENDED_HEADER } from '@pult/shared/contracts/unattended';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { ApiError, shouldRetryQuery } from './api-error.ts';
import { callEndpoint } from './client.ts';

const read = endpoint({
  id: 'messages.read',
  area: 'messages',
  method: 'GET',
  path: '/api/flows/:flowId/messages',
  permission: 'messages.read',
  summary: 'Test',
  params: z.object({ flowId: z.string() }),
  query: z.object({ state: z.array(z.string()).optional(), q: z.string().optional() }),
  responses: { 200: z.object({ count: z.number(), note: z.string().default('none') }) },
  errors: ['flow.not_found'],
});
const write = endpoint({
  id: 'messages.write',
  area: 'messages',
  method: 'POST',
  path: '/api/flows/:flowId/pause',
  permission: 'operations.run',
  summary: 'Test',
  params: z.object({ flowId: z.string() }),
  body: z.object({ reason: z.string() }),
  responses: { 202: z.object({ paused: z.boolean() }) },
  errors: [],
});

const send = vi.fn<typeof fetch>();
const answer = (status: number, body: unknown): void => {
  send.mockResolvedValue(new Response(body === null ? null : JSON.stringify(body), { status }));
};
const failureOf = async (call: Promise<unknown>): Promise<ApiError> => {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof ApiError)) throw new Error('expected an ApiError');
  return error;
};

beforeEach(() => {
  send.mockReset();
  vi.stubGlobal('fetch', send);
  // biome-ignore lint/suspicious/noDocumentCookie: the cookie of the BFF is what the client reads
  document.cookie = 'pult_csrf=a%2Bb';
});
afterEach(() => {
  vi.unstubAllGlobals();
});

describe('callEndpoint', () => {
  it('fills path and query and gives the parsed body', async () => {
    answer(200, { count: 3, extra: true });
    const result = await callEndpoint(read, { params: { flowId: 'a/б' }, query: { state: ['failed', 'sent'] } });
    expect(result).toEqual({ count: 3, note: 'none' });
    expect(send.mock.calls[0]?.[0]).toBe('/api/flows/a%2F%D0%B1/messages?state=failed&state=sent');
  });

  it('sends the CSRF token with writes and only with them', async () => {
    answer(202, { paused: true });
    await callEndpoint(write, { params: { flowId: 'x' }, body: { reason: 'тест' } });
    answer(200, { count: 0 });
    await callEndpoint(read, { params: { flowId: 'x' } });
    const [posted, got] = send.mock.calls.map(([, init]) => new Headers(init?.headers));
    expect(posted?.get('x-pult-csrf')).toBe('a+b');
    expect(got?.has('x-pult-csrf')).toBe(false);
  });

  it('says that nobody is there once a minute has passed since the last key, pointer or look at the tab', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const isMarked = async (): Promise<boolean> => {
        answer(200, { count: 0 });
        await callEndpoint(read, { params: { flowId: 'x' } });
        return new Headers(send.mock.lastCall?.[1]?.headers).has(UNATTENDED_HEADER);
      };
      for (const act of ['keydown', 'pointerdown', 'wheel', 'touchmove', 'focus']) {
        vi.advanceTimersByTime(60_000);
        expect(await isMarked(), act).toBe(true);
        window.dispatchEvent(new Event(act));
        expect(await isMarked(), act).toBe(false);
        vi.advanceTimersByTime(59_999);
        expect(await isMarked(), act).toBe(false);
      }
    } finally {
      vi.useRealTimers();
    }
  });

  it('throws the code, data and trace id of a problem', async () => {
    const body = { type: 'urn:x', title: 'x', status: 404, code: 'flow.not_found', data: { flow: 'x' }, traceId: 't1' };
    answer(404, body);
    const error = await failureOf(callEndpoint(read, { params: { flowId: 'x' } }));
    expect(error).toMatchObject({ code: 'flow.not_found', status: 404, data: { flow: 'x' }, traceId: 't1' });
  });

  it('tells a broken network, a broken contract and a page of a proxy apart', async () => {
    send.mockRejectedValue(new TypeError('failed'));
    expect((await failureOf(callEndpoint(read, { params: { flowId: 'x' } }))).code).toBe('network');
    answer(200, { count: 'three' });
    expect((await failureOf(callEndpoint(read, { params: { flowId: 'x' } }))).code).toBe('answer.unexpected');
    answer(204, null);
    expect((await failureOf(callEndpoint(read, { params: { flowId: 'x' } }))).code).toBe('answer.unexpected');
    send.mockResolvedValue(new Response('<html>Bad gateway</html>', { status: 502 }));
    expect(await failureOf(callEndpoint(read, { params: { flowId: 'x' } }))).toMatchObject({
      code: 'server.unexpected',
      status: 502,
    });
  });
});

describe('shouldRetryQuery', () => {
  const error = (status: number) => new ApiError({ code: 'server.unexpected', status });
  it.each([0, 408, 429, 500, 503])('repeats %d three times at most', (status) => {
    expect(shouldRetryQuery(2, error(status))).toBe(true);
    expect(shouldRetryQuery(3, error(status))).toBe(false);
  });
  it.each([400, 401, 403, 404, 409])('never repeats %d', (status) =>
    expect(shouldRetryQuery(0, error(status))).toBe(false),
  );
  it('never repeats an answer that breaks the contract', () => expect(shouldRetryQuery(0, error(200))).toBe(false));
});
