import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { type Row, Wire } from './testing/wire.ts';

const PLAN = 'ExchangePlan_ЭКФ_ВнутренниеЦены';
const PRICING = 'Document_УстановкаЦенНоменклатуры';
const SITE = 'erp-1';
let wire: Wire;
afterEach(() => wire.close());

const start = async (dataDir: string | null = null): Promise<void> => {
  wire = await Wire.start(dataDir);
};
const post = (path: string, body?: unknown) =>
  wire.ask(path, { method: 'POST', headers: { accept: 'application/json' }, ...(body ? { body } : {}) }, SITE);
const made = async (set: string): Promise<string> =>
  (JSON.parse((await post(set, { Date: '2026-11-27T10:00:00' })).text) as { Ref_Key: string }).Ref_Key;
const node = async (): Promise<Row> => (await wire.rows(`${PLAN}?$filter=Code eq 'УТ'`, SITE))[0] ?? {};
const point = async (): Promise<string> =>
  `DataExchangePoint='${wire.onec.url}/${SITE}/odata/standard.odata/${PLAN}(guid'${String((await node()).Ref_Key)}')'`;
const select = async (number: number): Promise<string> =>
  (await wire.ask(`SelectChanges?${await point()}&MessageNo=${number}`, { method: 'POST' }, SITE)).text;
const confirm = async (number: number): Promise<number> =>
  (await post(`NotifyChangesReceived?${await point()}&MessageNo=${number}`)).status;
const numbers = async (): Promise<unknown[]> => {
  const { SentNo, ReceivedNo } = await node();
  return [Number(SentNo), Number(ReceivedNo)];
};

it('carries price documents only, to the partner of its own plan, and lets the numbers show the lag', async () => {
  await start();
  const [prices] = [await made(PRICING), await made('Document_ПриобретениеТоваровУслуг')];
  const feed = await select(2_201);
  expect(feed).toContain(prices);
  expect(feed.match(/<entry>/g)).toHaveLength(1);
  expect(await numbers()).toEqual([2_201, 2_200]);
  await select(2_202);
  expect(await numbers()).toEqual([2_202, 2_200]);
  expect(await confirm(2_202)).toBe(200);
  expect(await numbers()).toEqual([2_202, 2_202]);
  // An older confirmation that comes late takes nothing back.
  await confirm(2_201);
  expect(await numbers()).toEqual([2_202, 2_202]);
  expect(await select(2_203)).not.toContain('<entry>');
});

it('keeps what was written after a message for the next one', async () => {
  await start();
  const first = await made(PRICING);
  await select(2_201);
  const second = await made(PRICING);
  await confirm(2_201);
  const feed = await select(2_202);
  expect(feed).toContain(second);
  expect(feed).not.toContain(first);
});

it('knows after a restart what was registered, sent and confirmed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pult-plan-'));
  await start(folder);
  const [confirmed] = [await made(PRICING)];
  await select(2_201);
  await confirm(2_201);
  const sent = await made(PRICING);
  await select(2_202);
  const waiting = await made(PRICING);
  await wire.close();
  await start(folder);
  expect(await numbers()).toEqual([2_202, 2_201]);
  const feed = await select(2_203);
  expect(feed).toContain(sent);
  expect(feed).toContain(waiting);
  expect(feed).not.toContain(confirmed);
  await confirm(2_202);
  const rest = await select(2_204);
  expect(rest).not.toContain(sent);
  expect(rest).toContain(waiting);
});
