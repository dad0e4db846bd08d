import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Elma, startElma } from '../../../../stand/src/elma/server.ts';
import { type Elma3, REQUESTS_TYPE, startElma3 } from '../../../../stand/src/elma3/server.ts';
import { createElma3Client, type Elma3Client } from '../../connectors/elma3/client.ts';
import { testConnection } from '../../connectors/testing/connection.ts';
import { systemClock } from '../../platform/clock.ts';
import type { DecisionRow } from './decision-store.ts';
import { deliverDecisionToElma } from './deliver-elma.ts';
import { createElmaReader } from './elma-reader.ts';
import type { RequestRow } from './store.ts';

/** Reading requests and bringing decisions back, with ELMA3 behind the same port. */

const PROCESS = '6f1b0c52-77d0-11ef-e1a4-0000000000a1';
const LOGIN = { user: 'pult', password: 'пароль', applicationToken: 'app-token' };
let elma: Elma;
let elma3: Elma3;
let client: Elma3Client;

beforeAll(async () => {
  elma = await startElma({ port: 0, token: 't', journal: null, webhook: null });
  elma3 = await startElma3({ port: 0, ...LOGIN, store: elma.store });
  client = createElma3Client({
    connection: testConnection(elma3.url, { headers: () => ({}) }),
    url: elma3.url,
    credentials: () => LOGIN,
    clock: systemClock,
    zone: 'Europe/Moscow',
  });
  elma.store.create({
    ut_process_ref: PROCESS,
    ut_order_number: 'ЭТ00-000777',
    kind: 'discount',
    customer: 'ООО «Вольт»',
    amount: { cents: 250_000, currency: 'RUB' },
    deviation_max: 7.5,
  });
});
afterAll(async () => {
  await Promise.all([elma.close(), elma3.close()]);
});

it('reads a request, delivers the decision on it once, and tells somebody else’s decision from its own', async () => {
  const reader = createElmaReader(client, { app: REQUESTS_TYPE, historyBefore: () => 0 });
  const { snapshots } = await reader.readChanged(null);
  const [snapshot] = snapshots;
  expect(snapshot).toMatchObject({ processRef: PROCESS, stage: 'open', amount: 250_000n, deviationMax: 750 });

  const request = { elmaItemId: snapshot?.itemId ?? null, processRef: PROCESS } as RequestRow;
  const decision = { id: 'd-1', verdict: 'approve', comment: 'Тендер', byName: 'Кравцова Анна' } as DecisionRow;
  const target = { elma: client, app: REQUESTS_TYPE };
  const mayLeave = async () => null;
  expect(await deliverDecisionToElma(target, request, decision, mayLeave)).toEqual({ kind: 'delivered' });
  elma3.faults.sessionLost = true;
  expect(await deliverDecisionToElma(target, request, decision, mayLeave)).toEqual({ kind: 'delivered' });
  expect(elma3.seen.filter((one) => one.startsWith('execute'))).toEqual(['execute approved']);

  const other = { ...decision, id: 'd-2', verdict: 'reject' } as DecisionRow;
  expect(await deliverDecisionToElma(target, request, other, mayLeave)).toMatchObject({
    kind: 'conflict',
    conflict: { decision: 'approved', by: 'Кравцова Анна' },
  });
  const [again] = await reader.readAgain([snapshot?.itemId ?? '']);
  expect(again).toMatchObject({ stage: 'approved', outcome: { verdict: 'approve', pultDecisionId: 'd-1' } });
});
