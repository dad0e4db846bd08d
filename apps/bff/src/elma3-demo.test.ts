/** The demonstration with ELMA3 (PULT_DEMO_ELMA=3): its landscape is valid, requests of УТ arrive, and are found there again. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { withElma3 } from '../../../scripts/elma3-landscape.ts';
import { type Elma3, startElma3 } from '../../stand/src/elma3/server.ts';
import { startWorld, type World } from '../../stand/src/testing/world.ts';
import { Catalogues } from '../../stand/src/traffic/catalogues.ts';
import { Documents } from '../../stand/src/traffic/documents.ts';
import { chanceOf } from '../../stand/src/traffic/rhythm.ts';
import { connectSystems } from '../../stand/src/workers/systems.ts';
import { startWorkers, type Workers } from '../../stand/src/workers/workers.ts';
import { type Connectors, createConnectors } from './connectors/registry.ts';
import { createElmaReader } from './modules/approvals/elma-reader.ts';
import { approvalSystems } from './modules/approvals/index.ts';
import { systemClock as clock } from './platform/clock.ts';
import { parseYaml } from './platform/config/yaml-file.ts';

const SHIPPED = readFileSync(fileURLToPath(new URL('../../../landscape.yaml', import.meta.url)), 'utf8');
const LOGIN = { user: 'pult', password: 'пароль', applicationToken: 'app' };

let world: World;
let workers: Workers;
let documents: Documents;
let elma3: Elma3;
let connectors: Connectors;
const weather = { down: false, slowMs: 0 };
const landscapeAt = (url: string) =>
  parseYaml(withElma3(SHIPPED), { file: 'landscape-elma3.yaml', schema: landscapeFile, env: { ELMA_URL: url } });

beforeAll(async () => {
  world = await startWorld();
  workers = await startWorkers(world.settings);
  const systems = connectSystems(world.settings);
  documents = new Documents(systems, new Catalogues(systems));
  elma3 = await startElma3({ port: 0, ...LOGIN, store: world.elma.store, weather });
  const secrets = {
    ELMA_USER: LOGIN.user,
    ELMA_PASSWORD: LOGIN.password,
    ELMA_APPLICATION_TOKEN: LOGIN.applicationToken,
  };
  connectors = createConnectors({ landscape: landscapeAt(elma3.url), secrets, clock });
});
afterAll(async () => {
  await connectors.close();
  await elma3.close();
  await workers.close();
  await world.close();
});

it('differs from the shipped landscape in the dialect alone', () => {
  const { flows, systems } = landscapeAt('http://elma3');
  expect(systems.find(({ id }) => id === 'elma')?.connector).toMatchObject({ protocol: 'elma3', url: 'http://elma3' });
  const shipped = parseYaml(SHIPPED, { file: 'landscape.yaml', schema: landscapeFile, env: {} });
  const rest = (all: typeof flows) => all.filter(({ id }) => id !== 'ut-elma-approvals');
  expect(rest(flows)).toEqual(rest(shipped.flows));
  expect(systems.filter(({ id }) => id !== 'elma')).toEqual(shipped.systems.filter(({ id }) => id !== 'elma'));
  expect(() => withElma3('version: 1\n')).toThrow('0 connectors');
});

it('brings requests of УТ to Pult by ELMA3, and asks ELMA3 whether they are there', async () => {
  const { processRef } = await documents.discountOrder(chanceOf(9, 'elma3', 1), 6);
  await workers.sources.readApprovals();
  await workers.exchange.idle();
  const landscape = landscapeAt(elma3.url);
  const { elma } = approvalSystems(landscape);
  if (elma === null) throw new Error('the landscape has no requests in ELMA');
  const reader = createElmaReader(connectors.elma(elma.system), { app: elma.app, historyBefore: () => 0 });
  const { snapshots } = await reader.readChanged(null);
  expect(snapshots.find((one) => one.processRef === processRef)).toMatchObject({ stage: 'open', deviationMax: 600 });
  const flow = landscape.flows.find(({ id }) => id === 'ut-elma-approvals');
  const record = workers.book.find('ut-elma-approvals', processRef, 'elma');
  if (!flow || !record) throw new Error('no request on its way');
  expect(await connectors.verify(flow, record)).toMatchObject({ outcome: 'applied', system: 'elma' });
});

it('shares the faults of the ELMA of the control page', async () => {
  weather.down = true;
  await expect(fetch(`${elma3.url}/API/REST/Entity/Query`)).rejects.toThrow();
  weather.down = false;
});
