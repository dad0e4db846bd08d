/**
 * What the target is asked about each document type, by the landscape of this installation and over the wire: documents
 * stand in the bases of the stand, their acknowledgements are lost, and only the right question finds them.
 */
import { fileURLToPath } from 'node:url';
import { type FlowConfig, landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { BASES } from '../../stand/src/onec/bases.ts';
import { startWorld, type World } from '../../stand/src/testing/world.ts';
import { Catalogues } from '../../stand/src/traffic/catalogues.ts';
import { Documents } from '../../stand/src/traffic/documents.ts';
import { chanceOf } from '../../stand/src/traffic/rhythm.ts';
import type { MessageRecord } from '../../stand/src/workers/records.ts';
import { connectSystems } from '../../stand/src/workers/systems.ts';
import { startWorkers, type Workers } from '../../stand/src/workers/workers.ts';
import { type Connectors, createConnectors } from './connectors/registry.ts';
import { systemClock as clock } from './platform/clock.ts';
import { loadYamlFile } from './platform/config/yaml-file.ts';

const LANDSCAPE = fileURLToPath(new URL('../../../landscape.yaml', import.meta.url));

let world: World;
let workers: Workers;
let documents: Documents;
let connectors: Connectors;
let flowOf: (id: string) => FlowConfig;

beforeAll(async () => {
  world = await startWorld();
  workers = await startWorkers(world.settings);
  const systems = connectSystems(world.settings);
  documents = new Documents(systems, new Catalogues(systems));
  const nameOf = (base: string) => base.toUpperCase().replaceAll('-', '_');
  const landscape = await loadYamlFile(LANDSCAPE, {
    schema: landscapeFile,
    env: {
      ...Object.fromEntries(BASES.map((base) => [`${nameOf(base)}_URL`, `${world.onec.url}/${base}`])),
      ELMA_URL: world.elma.url,
    },
  });
  const secrets = Object.fromEntries(
    BASES.flatMap((base) => [
      [`${nameOf(base)}_ODATA_USER`, 'pult'],
      [`${nameOf(base)}_ODATA_PASSWORD`, 'demo'],
    ]),
  );
  connectors = createConnectors({ landscape, secrets: { ...secrets, ELMA_TOKEN: 'elma' }, clock });
  flowOf = (id) => landscape.flows.find((one) => one.id === id) as FlowConfig;
});
afterAll(async () => {
  await connectors.close();
  await workers.close();
  await world.close();
});

const ask = (
  flow: string,
  { messageId, type, number, ref }: Pick<MessageRecord, 'messageId' | 'type' | 'number' | 'ref'>,
) => connectors.verify(flowOf(flow), { messageId, type, number, ref });
const recordOf = (flow: string, messageId: string, consumer: string): MessageRecord => {
  const found = workers.book.find(flow, messageId, consumer);
  if (!found) throw new Error(`no message ${messageId}`);
  return found;
};

it('sales and payments are found in БП each by its own question, and neither by the other', async () => {
  workers.exchange.faults.lostAck = true;
  const sale = await documents.sale(chanceOf(5, 'verify', 1));
  const payment = await documents.payment(chanceOf(5, 'verify', 2));
  await workers.sources.readSales();
  await workers.sources.readPayments();
  await workers.exchange.idle();
  workers.exchange.faults.lostAck = false;
  const [sold, paid] = [sale.ref, payment.ref].map((ref) => recordOf('ut-bp-sales', ref, 'bp'));
  expect([sold?.state, paid?.state]).toEqual(['unacknowledged', 'unacknowledged']);
  expect(await ask('ut-bp-sales', sold as MessageRecord)).toMatchObject({ outcome: 'applied', number: sale.number });
  expect(await ask('ut-bp-sales', paid as MessageRecord)).toMatchObject({ outcome: 'applied', number: payment.number });
  // With the one question for all that a flow could have, a payment in БП was «absent» and went a second time.
  expect(await ask('ut-bp-sales', { ...(paid as MessageRecord), type: 'РеализацияТоваровУслуг' })).toMatchObject({
    outcome: 'absent',
  });
});

it('a type without a question is not asked about', async () => {
  const [record] = workers.book.all();
  await expect(ask('ut-bp-sales', { ...(record as MessageRecord), type: 'АктСверки' })).rejects.toMatchObject({
    code: 'operation.verb_unsupported',
  });
});

it('packages and reports of the consolidation are found in УХ, a report by its reference there', async () => {
  await workers.sources.sites.readConsolidation(Date.now() + 3_600_000);
  await workers.exchange.idle();
  const record = workers.book.all().find(({ flow }) => flow === 'ut-bp-uh') as MessageRecord;
  const found = await ask('ut-bp-uh', record);
  expect(found).toMatchObject({ outcome: 'applied', system: 'uh' });
  const report = { messageId: String(found.ref), type: 'НастраиваемыйОтчет', number: record.number, ref: found.ref };
  expect(await ask('ut-bp-uh', report)).toMatchObject({ outcome: 'applied', ref: found.ref });
  expect(await ask('ut-bp-uh', { ...report, ref: crypto.randomUUID() })).toMatchObject({ outcome: 'absent' });
});

it('requests are found in ELMA, decisions of ELMA in УТ by the mark of their task', async () => {
  const { processRef } = await documents.discountOrder(chanceOf(5, 'verify', 3), 4);
  await workers.sources.readApprovals();
  await workers.exchange.idle();
  expect(await ask('ut-elma-approvals', recordOf('ut-elma-approvals', processRef, 'elma'))).toMatchObject({
    outcome: 'applied',
    system: 'elma',
  });
  const item = world.elma.store.all().find((one) => one.ut_process_ref === processRef);
  if (!item) throw new Error('no item');
  world.elma.store.setStatus(item, 'approved');
  workers.exchange.faults.tasksLocked = true;
  await workers.sources.readDecisions();
  await workers.exchange.idle();
  workers.exchange.faults.tasksLocked = false;
  const decision = recordOf('ut-elma-approvals', item.__id, 'ut');
  expect(await ask('ut-elma-approvals', decision)).toMatchObject({ outcome: 'absent', system: 'ut' });
  workers.exchange.faults.lostAck = true;
  workers.exchange.retry({ ...decision, operation: null }, 2, { id: 'o', idempotencyKey: 'k' });
  await workers.exchange.idle();
  workers.exchange.faults.lostAck = false;
  expect(await ask('ut-elma-approvals', decision)).toMatchObject({ outcome: 'applied', system: 'ut', duplicates: 0 });
});
