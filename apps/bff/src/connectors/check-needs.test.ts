import { readFileSync } from 'node:fs';
import { glob, readFile } from 'node:fs/promises';
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { questionsOf } from '@pult/shared/contracts/landscape-file/verify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { calmQuirks } from '../../../stand/src/onec/quirks.ts';
import { type OneC, startOneC } from '../../../stand/src/onec/server.ts';
import { createUtReader } from '../modules/approvals/ut-reader.ts';
import { namingMemory } from '../modules/landscape/registers/naming.ts';
import { readRegisters } from '../modules/landscape/registers/reader.ts';
import { systemClock } from '../platform/clock.ts';
import { parseYaml } from '../platform/config/yaml-file.ts';
import { onecNeeds } from './onec-odata/needs.ts';
import { type Connectors, createConnectors } from './registry.ts';

/** What the check of a base asks for is what the pollers ask of it, in the landscape as it is shipped. */

const ZONE = 'Europe/Moscow';
const LANDSCAPE = new URL('../../../../landscape.yaml', import.meta.url);
const BASES = ['ut', 'bp', 'erp-1', 'erp-2', 'erp-3', 'zup', 'uh'] as const;
type Base = (typeof BASES)[number];
let onec: OneC;
let connectors: Connectors;
let landscape: ReturnType<typeof landscapeFile.parse>;

beforeAll(async () => {
  const login = { user: 'pult', password: 'пароль' };
  const users = Object.fromEntries(BASES.map((base) => [base, login]));
  onec = await startOneC({ port: 0, seed: 1, dataDir: null, users, workersPort: null });
  const named = (base: Base, what: string): string => `${base.toUpperCase().replace('-', '_')}_${what}`;
  const of = (what: string, value: (base: Base) => string) =>
    Object.fromEntries(BASES.map((base) => [named(base, what), value(base)]));
  const env = { ...of('URL', (base) => `${onec.url}/${base}`), KAFKA_BROKERS: '127.0.0.1:1' };
  landscape = parseYaml(readFileSync(LANDSCAPE, 'utf8'), { file: 'landscape.yaml', schema: landscapeFile, env });
  connectors = createConnectors({
    landscape,
    secrets: { ...of('ODATA_USER', () => login.user), ...of('ODATA_PASSWORD', () => login.password) },
    clock: systemClock,
  });
});
afterAll(async () => {
  await connectors.close();
  await onec.close();
});
beforeEach(() => {
  for (const base of onec.bases.values()) Object.assign(base.quirks, calmQuirks());
});

const connectorOf = (base: Base) => {
  const system = landscape.systems.find(({ id }) => id === base);
  const connector = system?.connector;
  if (system === undefined || connector?.protocol !== 'onec-odata') return expect.unreachable(base);
  return { system, connector, needs: onecNeeds(landscape, base, connector) };
};

/** A client that notes the set of each request; the rest is the real one, over the wire. */
function noting(base: Base, asked: Set<string>) {
  return new Proxy(connectors.onec(base), {
    get: (client, name) => {
      const own: unknown = Reflect.get(client, name);
      if (typeof own !== 'function') return own;
      return (path: string, ...rest: unknown[]) => {
        asked.add(path.split('/')[0] ?? '');
        return Reflect.apply(own, client, [path, ...rest]);
      };
    },
  });
}

/** Everything that Pult polls in a base, and what its flows verify there. */
async function poll(base: Base): Promise<Set<string>> {
  const { connector } = connectorOf(base);
  const asked = new Set<string>();
  const client = noting(base, asked);
  const polls = new Set(connector.polls);
  const plans = polls.has('exchange-plans') ? connector.exchangePlans : [];
  if (polls.has('exchange-registers') || plans.length > 0)
    await readRegisters(client, {
      zone: ZONE,
      registers: polls.has('exchange-registers'),
      plans,
      targets: connector.exchangeTargets,
      naming: { named: new Set(), memory: namingMemory(), now: systemClock.now() },
    });
  if (polls.has('approvals')) {
    const { costPriceKind } = connector;
    const reader = createUtReader(client, { clock: systemClock, zone: ZONE, costPriceKind });
    await reader.readOpen([]);
    await reader.readFinished('2020-01-01T00:00:00', async () => new Set());
  }
  for (const question of landscape.flows.flatMap(questionsOf))
    if (question.protocol === 'onec-odata' && question.system === base) asked.add(question.set);
  return asked;
}

describe('what whoever grants it is told', () => {
  it('names folders of the exchange over files with their role, and no address of a resend', () => {
    expect(connectors.checkNeeds('edi')).toMatchObject({
      objects: [],
      folders: ['inbox', 'archive', 'rejected', 'deliver', 'respond'].map((role) => ({
        role,
        path: expect.any(String),
      })),
    });
  });

  it('names rights on the bus as its access rules call them', () => {
    expect(connectors.checkNeeds('kafka')?.objects).toEqual(
      expect.arrayContaining([
        'Read group pult',
        'Describe group site-feed',
        'Read topic exchange.events.v1',
        'Write topic ut.go-services.retry',
      ]),
    );
  });
});

describe('what a check asks of a base', () => {
  it.each(BASES)('%s: is everything that Pult polls there, and nothing else', async (base) => {
    const { connector, needs } = connectorOf(base);
    // An object of which nobody says what it is: its base is asked.
    for (const { name } of connector.exchangeTargets)
      onec.bases.get(base)?.store.insert('InformationRegister_СостоянияИнтеграцииОбъектов', {
        ИдентификаторОбъекта: '00000000-0000-4000-8000-000000000001',
        УчетнаяСистема: name,
        Состояние: 'Ошибка',
        Описание: '',
      });
    const asked = await poll(base);
    const wanted = new Set([...needs.sets, ...needs.optionalSets]);
    // Plans are read when a register mentions a node of theirs: the check learns them from the registers, too.
    expect([...asked].filter((set) => !wanted.has(set) && !set.startsWith('ExchangePlan_'))).toEqual([]);
    expect([...wanted].filter((set) => !asked.has(set) && !set.startsWith('ExchangePlan_'))).toEqual([]);
  });

  it.each(BASES)('%s: passes on the base as it is', async (base) => {
    for (const step of (connectors.checkSteps(base) ?? []).filter(({ id }) => id !== 'objects'))
      expect(await step.run()).toMatchObject({ ok: true });
  });

  it('fails where a plan that only the registers mention may not be read', async () => {
    const denied = ['ExchangePlan_СинхронизацияДанныхЧерезУниверсальныйФормат'];
    Object.assign(onec.bases.get('zup')?.quirks ?? {}, { denied });
    const { needs } = connectorOf('zup');
    expect(needs.sets).not.toContain(denied[0]);
    await expect(poll('zup')).rejects.toMatchObject({ code: 'source.forbidden' });
    const rights = connectors.checkSteps('zup')?.find(({ id }) => id === 'rights');
    expect(await rights?.run()).toMatchObject({ fault: { code: 'read_denied', data: { objects: denied } } });
  });

  it('fails without the register on which the failures of systems outside 1С depend', async () => {
    const unpublished = ['InformationRegister_СостоянияИнтеграцииОбъектов'];
    for (const base of onec.bases.values()) Object.assign(base.quirks, { unpublished });
    const objects = (base: Base) => connectors.checkSteps(base)?.find(({ id }) => id === 'objects');
    expect(await objects('zup')?.run()).toMatchObject({
      fault: { code: 'object_missing', data: { objects: unpublished } },
    });
    // БП has no such systems: the register is named, and Pult works.
    const bp = connectorOf('bp');
    expect(bp.needs.optionalSets).toEqual(unpublished);
  });

  it('names sets nowhere else in the code of the modules', async () => {
    const named: string[] = [];
    for await (const path of glob('src/{modules,connectors}/**/*.ts', {
      cwd: new URL('../..', import.meta.url).pathname,
    })) {
      if (/\.test\.ts$|\/testing\/|onec-odata\/sets\.ts$/.test(path)) continue;
      const text = await readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
      const found = text.match(/'(?:Document|Catalog|BusinessProcess|Task|ExchangePlan|\w+Register)_\p{L}+'/gu) ?? [];
      // A field with the type of a reference is no set.
      named.push(...found.filter((name) => !name.endsWith("_Type'")).map((set) => `${path}: ${set}`));
    }
    expect(named).toEqual([]);
  });
});
