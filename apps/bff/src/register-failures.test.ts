/**
 * Exchange registers of the stand's bases as failures of messages, over the wire and by the landscape of this installation:
 * workers move documents, bases write their registers, Pult reads both and counts each trouble once.
 */
import { fileURLToPath } from 'node:url';
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { sql } from 'kysely';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BASES } from '../../stand/src/onec/bases.ts';
import { startWorld, type World } from '../../stand/src/testing/world.ts';
import { Catalogues } from '../../stand/src/traffic/catalogues.ts';
import { Documents } from '../../stand/src/traffic/documents.ts';
import { chanceOf } from '../../stand/src/traffic/rhythm.ts';
import { connectSystems } from '../../stand/src/workers/systems.ts';
import { startWorkers, type Workers } from '../../stand/src/workers/workers.ts';
import { type Connectors, createConnectors } from './connectors/registry.ts';
import { createRegisters, type Registers } from './modules/landscape/registers/registers.ts';
import { createMessagesModule } from './modules/messages/index.ts';
import { createIntake } from './modules/messages/intake.ts';
import { createOperationsModule } from './modules/operations/index.ts';
import { systemClock as clock } from './platform/clock.ts';
import { loadYamlFile } from './platform/config/yaml-file.ts';
import { createTestDatabase, type TestDatabase } from './platform/db/test-database.ts';

const LANDSCAPE = fileURLToPath(new URL('../../../landscape.yaml', import.meta.url));

let world: World;
let workers: Workers;
let documents: Documents;
let database: TestDatabase;
let connectors: Connectors;
let registers: Registers;
let accept: (event: unknown, source: string) => Promise<unknown>;
let drawn = 0;
const chance = () => {
  drawn += 1;
  return chanceOf(7, 'registers', drawn);
};

beforeAll(async () => {
  world = await startWorld();
  workers = await startWorkers(world.settings);
  const systems = connectSystems(world.settings);
  documents = new Documents(systems, new Catalogues(systems));
  database = await createTestDatabase();
  const nameOf = (base: string) => base.toUpperCase().replaceAll('-', '_');
  const landscape = await loadYamlFile(LANDSCAPE, {
    schema: landscapeFile,
    env: Object.fromEntries(BASES.map((base) => [`${nameOf(base)}_URL`, `${world.onec.url}/${base}`])),
  });
  const secrets = Object.fromEntries(
    BASES.flatMap((base) => [
      [`${nameOf(base)}_ODATA_USER`, 'pult'],
      [`${nameOf(base)}_ODATA_PASSWORD`, 'demo'],
    ]),
  );
  connectors = createConnectors({ landscape, secrets, clock, originals: async () => null });
  const { db } = database;
  const live = { announce: () => undefined };
  const log = pino({ level: 'silent' });
  const flows = new Map(landscape.flows.map((flow) => [flow.id, flow]));
  const messages = createMessagesModule({
    db,
    flows,
    clock,
    live,
    downSince: () => null,
    approvalOf: async () => null,
    operationsOf: async () => new Map(),
  });
  const operations = createOperationsModule({
    db,
    book: messages.book,
    connectors,
    landscape,
    maintenanceUntil: async () => null,
    live,
    clock,
    log,
  });
  registers = createRegisters({
    db,
    file: landscape,
    onec: connectors.onec,
    live,
    clock,
    log,
    messagesAbout: messages.about,
    registerMessages: { ...messages.registers, ask: operations.askTarget },
  });
  const intake = createIntake({ db, flows, live, clock });
  accept = (event, source) => intake.accept([event], source);
});
afterAll(async () => {
  await connectors.close();
  await workers.close();
  await world.close();
  await database.close();
});

interface Delivery {
  readonly flow: string;
  readonly number: string;
  readonly state: string;
  readonly failed: number;
}
const deliveries = async (messageId?: string): Promise<Delivery[]> => {
  const { rows } = await sql<Delivery>`
    select flow_id as flow, key_number as number, state, (summary -> 'firstFailure' <> 'null')::int as failed from delivery
    where ${messageId ?? null}::text is null or message_id = ${messageId ?? null} order by flow_id, key_number`.execute(
    database.db,
  );
  return rows;
};
const failures = async (flow: string): Promise<number> => {
  const { rows } = await sql<{ failed: number }>`
    select coalesce(sum(failed), 0)::int as failed from rollup_minute where flow_id = ${flow}`.execute(database.db);
  return rows[0]?.failed ?? 0;
};
/** What the workers told about a message reaches Pult now. */
async function hear(messageId: string): Promise<void> {
  await workers.outbox.flush(Date.now() + 60_000);
  for (const event of world.pult.events.filter(({ id }) => id.startsWith(`${messageId}:`)))
    await accept(event, event.source);
}
async function failedReceipt(): Promise<string> {
  const { ref } = await documents.production.receipt(chance(), { site: 'erp-1', item: 'unknown' });
  await workers.sources.sites.readReceipts('erp-1');
  await workers.exchange.idle();
  return ref;
}

it('every base is read, and what its registers held before is a failure where the landscape names the node', async () => {
  for (const base of BASES) await registers.read(base);
  expect((await deliveries()).map(({ flow, number, state }) => [flow, number.slice(0, 11), state])).toEqual([
    ['erp-receipts', 'П200-000318', 'failed'],
    ['ut-bp-sales', 'ЭТ01-014102', 'failed'],
    ['ut-bp-sales', 'ЭТ01-014233', 'failed'],
    ['ut-bp-sales', 'ЭТ01-014251', 'failed'],
    ['ut-bp-uh', 'УТ-202610', 'failed'],
    ['zup-hrtek', expect.any(String), 'failed'],
  ]);
  const { bases } = await registers.view({ skipped: 'false' });
  expect(bases.filter(({ error }) => error !== null)).toEqual([]);
  // A card of the catalogue and a system that no flow reaches stay rows of the register.
  expect(bases.map(({ systemId, problems, failures: failed }) => [systemId, problems - failed])).toEqual(
    expect.arrayContaining([
      ['ut', 2],
      ['bp', 1],
      ['zup', 0],
    ]),
  );
});

it('each problem of an object leads to the object in its base, by the landscape as it is shipped', async () => {
  const { problems } = await registers.view({ skipped: 'false' });
  const links = problems.flatMap(({ object: { link, number } }) => (link === null ? [] : [{ link, number }]));
  expect(links.length).toBeGreaterThanOrEqual(6);
  for (const { link, number } of links) {
    // What a browser does with the part behind #.
    const [base = '', opened = ''] = link.split('#');
    const shown = await fetch(`${base}${opened}`);
    expect(shown.status).toBe(200);
    if (number) expect(await shown.text()).toContain(number);
  }
});

describe.each([
  ['the register first', ['register', 'worker']],
  ['the worker first', ['worker', 'register']],
])('one trouble that a register and a worker tell, %s', (_order, steps) => {
  it('is one failure, closed by the target when the register lists it no more', async () => {
    const before = await failures('erp-receipts');
    const ref = await failedReceipt();
    for (const step of steps) await (step === 'register' ? registers.read('ut') : hear(ref));
    expect(await deliveries(ref)).toMatchObject([{ flow: 'erp-receipts', state: 'failed', failed: 1 }]);
    expect(await failures('erp-receipts')).toBe(before + 1);

    // Exported anew past Pult, whose events get lost: the register and the target tell how it ended.
    const response = await fetch(`${workers.url}/erp-1/hs/pult-exchange/v1/re-export`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        flow: 'erp-receipts',
        messageId: ref,
        consumer: 'ut',
        attempt: 2,
        operationId: 'o',
        idempotencyKey: ref,
      }),
    });
    expect(response.status).toBe(202);
    await workers.exchange.idle();
    await registers.read('ut');
    expect(await deliveries(ref)).toMatchObject([{ state: 'applied' }]);
    const { rows } = await sql<{ kind: string }>`
      select kind from delivery_fact f join delivery d on d.id = f.delivery_id where d.message_id = ${ref}`.execute(
      database.db,
    );
    expect(rows).toEqual([{ kind: 'verified_applied' }]);
  });
});
