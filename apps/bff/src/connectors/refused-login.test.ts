import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { CircuitChange } from './port/circuit.ts';
import { type Connectors, createConnectors } from './registry.ts';
import { startScriptedServer } from './testing/scripted-server.ts';

/** A system that refuses the password, asked by pollers over the wire: the account must not be locked by them. */

const MINUTE = 60_000;
const PAUSE = 15 * MINUTE;
const title = { ru: 'а', en: 'a' };
const clock = { time: 0, now: () => clock.time };
let server: Awaited<ReturnType<typeof startScriptedServer>>;
let status: number;
let changes: CircuitChange[];

beforeAll(async () => {
  server = await startScriptedServer(() => ({}));
});
afterAll(() => server.close());
beforeEach(() => {
  clock.time = Date.parse('2026-11-26T09:00:00Z');
  status = 401;
  changes = [];
  server.answer(() => ({ status, body: { value: [], success: true, result: { result: [], total: 0 } } }));
});

function connect(connector: object): Connectors {
  const connectors = createConnectors({
    landscape: landscapeFile.parse({
      version: 1,
      systems: [{ id: 'x', title, kind: 'onec', place: { column: 0, row: 0 }, connector }],
      flows: [{ id: 'f', title, what: title, from: ['x'], to: ['x'], channel: 'rest' }],
    }),
    secrets: { U: 'pult', P: 'другой', T: 'token' },
    clock,
  });
  connectors.onCircuit((change) => changes.push(change));
  return connectors;
}
const ONEC = (): object => ({
  protocol: 'onec-odata',
  url: `${server.url}/odata`,
  servicesUrl: `${server.url}/hs`,
  userEnv: 'U',
  passwordEnv: 'P',
});
const ELMA = (): object => ({ protocol: 'elma365', url: `${server.url}/pub/v1`, tokenEnv: 'T', approvalsApp: 'a/b' });
const SERVICE = (): object => ({ protocol: 'service', url: server.url, more: [`${server.url}/second`], tokenEnv: 'T' });
const REST = (): object => ({ protocol: 'rest', url: server.url, tokenEnv: 'T' });

/** Three pollers that look each minute, for so long. @returns requests that reached the system */
async function poll(connectors: Connectors, ms: number): Promise<number> {
  const before = server.seen.length;
  for (const end = clock.time + ms; clock.time < end; clock.time += MINUTE)
    await Promise.all([1, 2, 3].map(() => connectors.check('x').catch(() => undefined)));
  return server.seen.length - before;
}

it('is asked seldom and one at a time by pollers of 1С', async () => {
  const connectors = connect(ONEC());
  // Two are under way at once before the first refusal is heard; then one after 15, 60, 60 minutes.
  expect(await poll(connectors, 3 * 60 * MINUTE)).toBeLessThanOrEqual(2 + 3);
  expect(connectors.state('x')).toMatchObject({
    circuit: 'open',
    login: { since: Date.parse('2026-11-26T09:00:00Z') },
    lastError: { code: 'source.unauthorized' },
  });
});

it('says until when it stands still, and holds back what is asked meanwhile', async () => {
  const connectors = connect(ONEC());
  await expect(connectors.check('x')).rejects.toMatchObject({ code: 'source.unauthorized' });
  await expect(connectors.check('x')).rejects.toMatchObject({
    code: 'source.circuit_open',
    canRetry: true,
    maybeSent: false,
    data: { retryAfterMs: PAUSE },
  });
  expect(connectors.state('x')?.login).toEqual({ since: clock.time, until: clock.time + PAUSE, refusals: 1 });
  expect(changes.map(({ from, to }) => `${from} > ${to}`)).toEqual(['closed > open']);
});

it('goes on by itself when the password is good again at the next try', async () => {
  const connectors = connect(ONEC());
  await connectors.check('x').catch(() => undefined);
  status = 200;
  clock.time += PAUSE;
  await connectors.check('x').catch(() => undefined);
  expect(connectors.state('x')).toMatchObject({ circuit: 'closed', login: null, downSince: null });
  expect(changes.map(({ from, to }) => `${from} > ${to}`)).toEqual(['closed > open', 'open > closed']);
});

it('goes on at once when a check was let in', async () => {
  const connectors = connect(ONEC());
  await poll(connectors, 10 * MINUTE);
  status = 200;
  await connectors.releaseLogin('x');
  await connectors.releaseLogin('x');
  expect(changes.map(({ from, to }) => `${from} > ${to}`)).toEqual(['closed > open', 'open > closed']);
  const before = server.seen.length;
  await connectors.check('x').catch(() => undefined);
  expect(server.seen.length - before).toBeGreaterThan(0);
  expect(connectors.state('x')).toMatchObject({ login: null, downSince: null });
});

it('does not take a document that may not be read for a refused password', async () => {
  status = 403;
  const connectors = connect(ONEC());
  await connectors.check('x').catch(() => undefined);
  expect(connectors.state('x')?.login).toBeNull();
});

it.each([
  ['the token of ELMA365', ELMA],
  ['the token of a shop', REST],
  ['an instance of a service', SERVICE],
])('does not hold %s: there is no account to lock', async (_name, connector) => {
  const connectors = connect(connector());
  for (let time = 0; time < 2; time += 1)
    await expect(connectors.check('x')).rejects.toMatchObject({ code: 'source.unauthorized' });
  expect(connectors.state('x')).toMatchObject({ circuit: 'closed', login: null });
});

it('goes on with data while the services of the same base refuse', async () => {
  server.answer(({ url }) => ({ status: url.startsWith('/hs') ? 401 : 200, body: { value: [] } }));
  const connectors = connect(ONEC());
  await expect(connectors.check('x')).rejects.toMatchObject({ code: 'source.unauthorized' });
  expect(connectors.state('x')?.login).toMatchObject({ refusals: 1 });
  await expect(connectors.onec('x').fetch('')).resolves.toBeDefined();
});

it.each([400, 401])('waits longer and longer at ELMA3, too, and shows it: %i', async (refusal) => {
  status = refusal;
  const connectors = connect({
    protocol: 'elma3',
    url: server.url,
    userEnv: 'U',
    passwordEnv: 'P',
    applicationTokenEnv: 'T',
  });
  expect(await poll(connectors, 14 * MINUTE)).toBe(2);
  expect(connectors.state('x')).toMatchObject({ circuit: 'open', login: { refusals: 2 } });
  expect(await poll(connectors, 10 * MINUTE)).toBe(1);
  expect(await poll(connectors, 50 * MINUTE)).toBe(0);
});
