import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { endpoint } from '@pult/shared/contracts/endpoint';
import { permissionsOf, ROLES, type Role } from '@pult/shared/domain/identity/permissions';
import { pino } from 'pino';
import { afterEach, expect, it } from 'vitest';
import { z } from 'zod';
import { createMetrics } from '../telemetry/metrics.ts';
import { createApp } from './app.ts';
import { SESSION_COOKIE } from './gate.ts';
import { type Route, sharedRoute } from './mount.ts';

const seen = endpoint({
  id: 'test.seen',
  area: 'landscape',
  method: 'GET',
  path: '/api/test/seen',
  permission: 'landscape.read',
  summary: 'What the asker may',
  query: z.object({ flow: z.string().optional() }),
  responses: { 200: z.object({ may: z.array(z.string()), flow: z.string().nullable(), stored: z.number() }) },
  errors: [],
});

let server: Server | undefined;
afterEach(() => {
  server?.close();
  server?.closeAllConnections();
});

async function serve(routes: readonly Route[]): Promise<string> {
  const app = createApp({
    routes,
    endpoints: [seen],
    gatekeeper: {
      sessionOf: async (secret) => {
        const [role = 'manager', name = ''] = secret.split('.') as [Role, string];
        const actor = { kind: 'person', userId: name, name, email: null, sessionId: secret, roles: [role] } as const;
        return { actor: { ...actor, permissions: permissionsOf([role]) }, csrfHash: '' };
      },
      systemOf: async () => null,
    },
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    version: '0',
    publicUrl: 'http://127.0.0.1',
    strict: true,
  });
  const listening = createServer(app);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

async function ask(
  url: string,
  secret: string,
  query = '',
): Promise<{ may: string[]; flow: string | null; stored: number }> {
  const response = await fetch(`${url}/api/test/seen${query}`, { headers: { cookie: `${SESSION_COOKIE}=${secret}` } });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  return (await response.json()) as { may: string[]; flow: string | null; stored: number };
}

it('however many ask at once, each role gets the answer of its own rights and of its own question', async () => {
  let computed = 0;
  const url = await serve([
    sharedRoute(seen, async ({ query, permissions }) => {
      computed += 1;
      return { may: [...permissions], flow: query.flow ?? null, stored: 0 };
    }),
  ]);
  const questions = Array.from({ length: 200 }, (_, index) => ({
    role: ROLES[index % ROLES.length] ?? 'manager',
    flow: index % 3 === 0 ? null : `f${index % 3}`,
    person: index,
  }));
  const answers = await Promise.all(
    questions.map(({ role, flow, person }) => ask(url, `${role}.${person}`, flow === null ? '' : `?flow=${flow}`)),
  );
  answers.forEach(({ may, flow }, index) => {
    expect(may).toEqual([...permissionsOf([questions[index]?.role ?? 'manager'])].sort());
    expect(flow).toBe(questions[index]?.flow);
  });
  expect(computed).toBeLessThan(questions.length);
});

it('who asks after a write gets it, also while an older answer is on its way', async () => {
  let stored = 1;
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  const url = await serve([
    sharedRoute(seen, async () => {
      const read = stored;
      begun.resolve();
      await held.promise;
      return { may: [], flow: null, stored: read };
    }),
  ]);
  const early = ask(url, 'ops.1');
  await begun.promise;
  stored = 2;
  const late = ask(url, 'ops.2');
  held.resolve();
  expect([(await early).stored, (await late).stored]).toEqual([1, 2]);
});
