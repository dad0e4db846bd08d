import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createConnectors } from '../registry.ts';
import { startScriptedServer } from '../testing/scripted-server.ts';

/** Steps of a check of a polled service, over the wire: two instances, each with its health and its metrics. */

let first: Awaited<ReturnType<typeof startScriptedServer>>;
let second: Awaited<ReturnType<typeof startScriptedServer>>;
beforeAll(async () => {
  [first, second] = await Promise.all([startScriptedServer(() => ({})), startScriptedServer(() => ({}))]);
});
afterAll(async () => {
  await Promise.all([first.close(), second.close()]);
});

type Script = Parameters<typeof first.answer>[0];
const well: Script = ({ url, headers }) => {
  if (headers.authorization !== 'Bearer secret') return { status: 401 };
  if (url === '/healthz') return { headers: { 'content-type': 'text/plain' }, body: 'ok' };
  return url === '/metrics' ? { headers: { 'content-type': 'text/plain' }, body: 'up 1\n' } : { status: 404 };
};
const unless =
  (path: string, answer: ReturnType<Script>): Script =>
  (request, response) =>
    request.url === path ? answer : well(request, response);

async function walk(change: { connector?: object; token?: string } = {}) {
  const title = { ru: 'а', en: 'a' };
  const connectors = createConnectors({
    landscape: landscapeFile.parse({
      version: 1,
      systems: [
        {
          id: 'go',
          title,
          kind: 'service',
          place: { column: 0, row: 0 },
          connector: {
            protocol: 'service',
            url: first.url,
            more: [second.url],
            tokenEnv: 'T',
            limits: { timeoutMs: '1s' },
            ...change.connector,
          },
        },
      ],
      flows: [{ id: 'x', title, what: title, from: ['go'], to: ['go'], channel: 'rest' }],
    }),
    secrets: { T: change.token ?? 'secret' },
    clock: systemClock,
  });
  try {
    for (const step of connectors.checkSteps('go') ?? []) {
      const outcome = await step.run();
      if (!outcome.ok) return { failed: step.id, ...outcome.fault };
    }
    return 'passed';
  } finally {
    await connectors.close();
  }
}

it('passes when each instance says its health and its metrics, whose text is no JSON', async () => {
  for (const one of [first, second]) one.answer(well);
  expect(await walk()).toBe('passed');
  for (const one of [first, second])
    expect(one.seen.map(({ method, url }) => `${method} ${url}`)).toEqual(['GET /healthz', 'GET /metrics']);
});

it.each<[string, ReturnType<Script>, string]>([
  ['/healthz', { status: 500, body: 'panic' }, 'login platform_error'],
  ['/healthz', { status: 503, body: 'draining' }, 'login not_ready'],
  ['/healthz', { body: '<html><input type="password"></html>' }, 'login login_page'],
  ['/metrics', { body: '<html><body>Sign in</body></html>' }, 'objects metrics_unreadable'],
  ['/metrics', { body: '{"status":"up"}' }, 'objects metrics_unreadable'],
  ['/metrics', { body: '' }, 'objects metrics_unreadable'],
  ['/metrics', { status: 404, body: 'not found' }, 'objects path_missing'],
  ['/metrics', { status: 500, body: 'panic' }, 'objects platform_error'],
])('names the instance whose %s answers %o', async (path, answer, expected) => {
  first.answer(well);
  second.answer(unless(path, answer));
  const outcome = await walk();
  if (outcome === 'passed') throw new Error('the check passed');
  expect(`${outcome.failed} ${outcome.code}`).toBe(expected);
  expect(outcome.data.objects).toEqual([`${second.url}${path}`]);
  expect(JSON.stringify(outcome)).not.toContain('secret');
});

it('tells a token that is refused and an instance that is not there from the rest', async () => {
  for (const one of [first, second]) one.answer(well);
  expect(await walk({ token: 'other' })).toMatchObject({ failed: 'login', code: 'token_refused' });
  expect(await walk({ connector: { url: 'http://127.0.0.1:1' } })).toMatchObject({
    failed: 'connect',
    code: 'refused',
  });
  expect(await walk({ connector: { more: ['http://127.0.0.1:1'] } })).toMatchObject({
    failed: 'connect',
    code: 'refused',
    request: 'TCP 127.0.0.1:1',
  });
});
