import type { CheckStepId } from '@pult/shared/contracts/connection-checks';
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type CheckStep, failedStep, passed, type StepOutcome } from '../../../connectors/port/check.ts';
import type { RefusedLogin } from '../../../connectors/port/login-hold.ts';
import type { Actor } from '../../../platform/actor.ts';
import { createTestDatabase, type TestDatabase } from '../../../platform/db/test-database.ts';
import { type Checks, type ChecksDeps, createChecks } from './checks.ts';

const MINUTE = 60_000;
const BY = {
  actor: {
    kind: 'person',
    userId: 'u1',
    name: 'Орлов Илья',
    email: null,
    roles: ['ops'],
    permissions: ['connections.check'],
    sessionId: 's1',
  } satisfies Actor,
  requestId: 'request-1',
};
let database: TestDatabase;
let now: number;
let asked: string[];
let hints: string[];
let refusedLogins: Map<string, RefusedLogin>;
/** What a step answers; by default it passes. */
let answers: Partial<Record<CheckStepId, () => StepOutcome | Promise<StepOutcome>>>;

const steps = (system: string): CheckStep[] =>
  (['dns', 'connect', 'login', 'rights'] as const).map((id) => ({
    id,
    run: async () => {
      asked.push(`${system} ${id}`);
      return (await answers[id]?.()) ?? passed({ step: id });
    },
  }));
const create = (change: Partial<ChecksDeps> = {}): Checks =>
  createChecks({
    db: database.db,
    file: {
      systems: [
        { id: 'ut' },
        { id: 'bp', intakeTokenEnv: 'INTAKE_TOKEN_BP' },
        { id: 'zup' },
        { id: 'kafka', connector: { protocol: 'kafka', eventTopics: [{ topic: 'facts', sources: ['bp'] }] } },
      ],
      flows: [{ id: 'people', from: ['bp'], to: ['zup'], personalData: true }],
    } as unknown as LandscapeFile,
    connections: {
      checkSteps: (id) => (id === 'zup' || id === 'kafka' ? null : steps(id)),
      checkNeeds: () => ({ objects: ['Document_ЗаказКлиента'], folders: [], flows: ['site-orders'] }),
      state: (id) => ({ login: refusedLogins.get(id) ?? null }),
      releaseLogin: async (id) => void refusedLogins.delete(id),
    },
    reports: {
      keys: async () => [
        { label: 'INTAKE_TOKEN_BP', lastUsedAt: null, revokedAt: now },
        { label: 'новый ключ', lastUsedAt: now - MINUTE, revokedAt: null },
      ],
      lastAt: async (id) => (id === 'bp' ? now - MINUTE : null),
      quarantined: async () => 3,
    },
    live: { announce: (_topic, ids = []) => hints.push(...ids) },
    clock: { now: () => now },
    log: pino({ level: 'silent' }),
    ...change,
  });
const states = async (checks: Checks): Promise<string[]> =>
  (await checks.view('ut')).checks.map(
    ({ state, steps: all }) => `${state}: ${all.map((step) => step.state).join(' ')}`,
  );
/** The journal only grows: what a test added is what is there beyond its beginning. */
let entriesBefore = 0;
const audited = async (): Promise<number> => (await entries()) - entriesBefore;
const entries = async (): Promise<number> =>
  Number((await sql<{ n: string }>`select count(*) as n from audit_entry`.execute(database.db)).rows[0]?.n);

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await sql`truncate connection_check`.execute(database.db);
  entriesBefore = await entries();
  now = Date.parse('2026-11-26T11:30:00Z');
  asked = [];
  hints = [];
  refusedLogins = new Map();
  answers = {};
});

describe('a check of a connection', () => {
  it('walks the steps in their order and keeps what each one found', async () => {
    const checks = create();
    const begun = await checks.begin('ut', null, BY);
    expect(begun).toMatchObject({ joined: false, check: { state: 'running', startedBy: 'Орлов Илья', from: null } });
    await checks.idle();
    expect(asked).toEqual(['ut dns', 'ut connect', 'ut login', 'ut rights']);
    const { checks: stored, needs } = await checks.view('ut');
    expect(stored[0]).toMatchObject({
      state: 'ok',
      steps: [{ id: 'dns', state: 'ok', facts: { step: 'dns' } }, {}, {}, {}],
    });
    expect(stored[0]?.steps.every(({ ms }) => ms !== null)).toBe(true);
    expect(needs).toEqual({ objects: ['Document_ЗаказКлиента'], folders: [], flows: ['site-orders'] });
    expect(hints).toContain('ut');
    expect(await audited()).toBe(1);
  });

  it('keeps no words of a system whose flows carry people, and says what is wrong all the same', async () => {
    const checks = create();
    answers.rights = () =>
      failedStep('platform_error', { request: 'GET /x', answer: '500 Сотрудник Лаптева не найден' });
    await checks.begin('bp', null, BY);
    await checks.begin('ut', null, BY);
    await checks.idle();
    const fault = async (system: string) => (await checks.view(system)).checks[0]?.steps[3]?.fault;
    expect(await fault('bp')).toMatchObject({ code: 'platform_error', request: 'GET /x', answer: null });
    expect(await fault('ut')).toMatchObject({ answer: '500 Сотрудник Лаптева не найден' });
  });

  it('explains a step that breaks by itself, and one that never ends: the next check can begin', async () => {
    const checks = create({ stepMs: 20 });
    answers.login = () => Promise.reject(new TypeError('a mistake of Pult'));
    await checks.begin('ut', null, BY);
    await checks.idle();
    answers = { dns: () => new Promise(() => undefined) };
    now += 1_000;
    await checks.begin('ut', null, BY);
    await checks.idle();
    answers = {};
    now += 1_000;
    expect((await checks.begin('ut', null, BY)).joined).toBe(false);
    await checks.idle();
    const { checks: stored } = await checks.view('ut');
    expect(
      stored.map(({ state, steps: all }) => [state, all.find(({ fault }) => fault !== null)?.fault?.code]),
    ).toEqual([
      ['ok', undefined],
      ['failed', 'too_long'],
      ['failed', 'own_fault'],
    ]);
  });

  it('stops at its first failure and goes on from there', async () => {
    const checks = create();
    answers.login = () => failedStep('maintenance', { answer: '403' });
    await checks.begin('ut', null, BY);
    await checks.idle();
    expect(await states(checks)).toEqual(['failed: ok ok failed waiting']);
    answers = {};
    asked = [];
    now += MINUTE;
    expect((await checks.begin('ut', 'login', BY)).check.from).toBe('login');
    await checks.idle();
    expect(asked).toEqual(['ut login', 'ut rights']);
    expect((await states(checks))[0]).toBe('ok: kept kept ok ok');
  });

  it('is one at a time: the second person joins it, and one entry tells who began', async () => {
    const checks = create();
    let go: () => void = () => undefined;
    answers.dns = () => new Promise((done) => (go = () => done(passed())));
    const [first, second] = [await checks.begin('ut', null, BY), await create().begin('ut', null, BY)];
    expect([first.joined, second.joined, second.check.id]).toEqual([false, true, first.check.id]);
    await expect.poll(() => asked).toEqual(['ut dns']);
    go();
    await checks.idle();
    expect(asked).toHaveLength(4);
    expect(await audited()).toBe(1);
  });

  it('is interrupted when its process is gone, and the next one can begin', async () => {
    const gone = create();
    answers.login = () => new Promise(() => undefined);
    await gone.begin('ut', null, BY);
    await expect.poll(() => asked).toContain('ut login');
    const next = create();
    now += MINUTE;
    answers = {};
    await next.begin('ut', 'login', BY);
    await next.idle();
    expect(await states(next)).toEqual(['ok: kept kept ok ok', 'interrupted: ok ok waiting waiting']);
  });

  it('does not come back to life: a process that was given up writes no more', async () => {
    const slow = create();
    let go: () => void = () => undefined;
    answers.login = () => new Promise((done) => (go = () => done(passed())));
    await slow.begin('ut', null, BY);
    await expect.poll(() => asked).toContain('ut login');
    now += MINUTE;
    answers = { ...answers, login: () => passed() };
    await create().begin('bp', null, BY);
    go();
    await slow.idle();
    expect(await states(slow)).toEqual(['interrupted: ok ok waiting waiting']);
  });

  it('sends a refused password twice at most', async () => {
    const checks = create();
    answers.login = () => failedStep('wrong_password');
    for (let n = 0; n < 3; n += 1) {
      now += 1_000;
      await checks.begin('ut', 'login', BY);
      await checks.idle();
    }
    expect(asked.filter((one) => one === 'ut login')).toHaveLength(2);
    const [last] = (await checks.view('ut')).checks;
    expect(last?.steps[2]?.fault).toMatchObject({ code: 'login_paused', data: { until: expect.any(String) } });
    now += 16 * MINUTE;
    await checks.begin('ut', 'login', BY);
    await checks.idle();
    expect(asked.filter((one) => one === 'ut login')).toHaveLength(3);
  });

  it('lets a connection go on whose login it has seen to be good, in every process', async () => {
    const [pressed, leading] = [create(), create()];
    const refused = { since: now - MINUTE, until: now + 60 * MINUTE, refusals: 4 };
    refusedLogins.set('ut', refused).set('bp', refused);
    answers.login = () => failedStep('wrong_password');
    await pressed.begin('ut', null, BY);
    await pressed.idle();
    expect([...refusedLogins.keys()]).toEqual(['ut', 'bp']);
    answers = { rights: () => failedStep('read_denied') };
    now += 1_000;
    await pressed.begin('ut', null, BY);
    await pressed.idle();
    expect([...refusedLogins.keys()]).toEqual(['bp']);
    // The leading process has refusals of its own and did not walk this check.
    refusedLogins.set('ut', refused);
    await leading.releaseLogins();
    expect([...refusedLogins.keys()]).toEqual(['bp']);
    refusedLogins.set('ut', { ...refused, since: now + 1 });
    await leading.releaseLogins();
    expect([...refusedLogins.keys()]).toEqual(['bp', 'ut']);
  });

  it('keeps fifty of each system', async () => {
    const checks = create();
    for (let n = 0; n < 53; n += 1) {
      now += 1_000;
      await checks.begin('ut', null, BY);
      await checks.idle();
    }
    const { rows } = await sql`select 1 from connection_check`.execute(database.db);
    expect(rows).toHaveLength(50);
  });

  it('refuses what is no system and what it cannot reach', async () => {
    const checks = create();
    await expect(checks.begin('nothing', null, BY)).rejects.toMatchObject({ code: 'system.not_found' });
    await expect(checks.view('nothing')).rejects.toMatchObject({ code: 'system.not_found' });
    await expect(checks.begin('zup', null, BY)).rejects.toMatchObject({ code: 'check.unsupported' });
    expect((await checks.view('zup')).steps).toEqual([]);
  });

  it('takes all systems that it can reach', async () => {
    const checks = create();
    const { checks: begun } = await checks.beginAll(BY);
    await checks.idle();
    expect(begun.map(({ systemId }) => systemId)).toEqual(['ut', 'bp']);
    expect(asked.filter((one) => one.endsWith('rights')).sort()).toEqual(['bp rights', 'ut rights']);
  });
});

it('of a system that reports by itself says when it was heard, with which key, and what of it was not taken', async () => {
  const checks = create();
  expect((await checks.view('bp')).reports).toEqual({
    lastAt: new Date(now - MINUTE).toISOString(),
    keys: [
      { label: 'новый ключ', lastUsedAt: new Date(now - MINUTE).toISOString(), revokedAt: null },
      { label: 'INTAKE_TOKEN_BP', lastUsedAt: null, revokedAt: new Date(now).toISOString() },
    ],
    topics: ['facts'],
    quarantined: 3,
    flows: ['people'],
  });
  expect((await checks.view('ut')).reports).toBeNull();
});
