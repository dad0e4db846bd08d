import { sessionRead } from '@pult/shared/contracts/identity';
import { UNATTENDED_HEADER } from '@pult/shared/contracts/unattended';
import type { Request } from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { admit, SESSION_COOKIE } from '../../platform/http/gate.ts';
import { createSessions } from './sessions.ts';
import { createTokenBox } from './token-box.ts';

const MINUTE = 60_000;
let database: TestDatabase;
let now = Date.now();
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

async function openConsole() {
  const sessions = createSessions({
    db: database.db,
    clock: { now: () => now },
    limits: { idleMs: 120 * MINUTE, maxMs: 720 * MINUTE, checkMs: 0, staleMs: 0 },
    provider: { renew: () => Promise.reject(new Error('not asked')) },
    box: createTokenBox('secret'),
    onEnd: () => undefined,
    onRolesChange: () => undefined,
  });
  const person = {
    id: 'p',
    name: 'П',
    email: null,
    roles: ['ops'],
    idToken: null,
    refreshToken: null,
    sid: null,
  } as const;
  const { secret } = await sessions.open(person, { userAgent: '', requestId: 'r' });
  const ask = (more: Record<string, string>) => {
    const headers: Record<string, string> = { cookie: `${SESSION_COOKIE}=${secret}`, ...more };
    const request = { headers, get: (name: string) => headers[name] } as unknown as Request;
    const gatekeeper = { sessionOf: sessions.find, systemOf: async () => null };
    return admit(sessionRead, request, gatekeeper).then(
      () => 'let in',
      (error: { code: string }) => error.code,
    );
  };
  return { work: () => ask({}), poll: () => ask({ [UNATTENDED_HEADER]: '1' }) };
}

it('a tab that nobody touches asks on and loses its session after the idle time', async () => {
  const { work, poll } = await openConsole();
  now += 30 * MINUTE;
  expect(await work()).toBe('let in');
  for (let passed = 0; passed < 119; passed += 1) {
    now += MINUTE;
    expect(await poll()).toBe('let in');
  }
  now += MINUTE;
  expect(await poll()).toBe('session.required');
  expect(await work()).toBe('session.required');
});

it('work keeps a session open, up to its absolute end', async () => {
  const { work } = await openConsole();
  for (let passed = 0; passed < 7; passed += 1) {
    now += 100 * MINUTE;
    expect(await work()).toBe('let in');
  }
  now += 20 * MINUTE;
  expect(await work()).toBe('session.required');
});
