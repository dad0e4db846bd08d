import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { expect, it } from 'vitest';
import { attentionOf } from '../attention/attention.ts';
import type { ConnectionState } from '../ports.ts';
import { createPicture, type PictureDeps } from './picture.ts';

const NOW = Date.parse('2026-11-28T09:00:00Z');
const SECOND = 1_000;
const title = { ru: 'а', en: 'a' };
const place = { column: 0, row: 0 };
const flowPart = (id: string, more: object) => ({
  id,
  title,
  what: title,
  from: ['kafka'],
  to: ['ims3'],
  channel: 'rest',
  watched: true,
  ...more,
});
const fileWith = (...flows: object[]) =>
  landscapeFile.parse({
    version: 1,
    systems: [
      { id: 'kafka', title, kind: 'bus', place },
      { id: 'ims3', title, kind: 'service', place, connector: { protocol: 'service', url: 'http://127.0.0.1:1/a' } },
    ],
    flows,
  });
const file = fileWith(flowPart('orders', {}));
/** The connection answers: metrics come whatever the health says. */
const answering: ConnectionState = {
  lastOkAt: NOW - SECOND,
  lastErrorAt: NOW - 2 * SECOND,
  lastError: { code: 'source.overloaded', text: 'no connection to the broker' },
  downSince: null,
  circuit: 'closed',
  nextProbeAt: null,
  login: null,
  inFlight: 0,
  requestsPerMinute: 12,
  latencyP95Ms: 3,
  busyShare: 0,
};
const figures = (up: number) => ({
  expected: 1,
  up,
  versions: [],
  perMinute: null,
  errorsPerMinute: null,
  p95Ms: null,
  instances: [],
  freshAt: new Date(NOW).toISOString(),
});

async function look(change: { up?: number; downSince?: number | null; file?: typeof file }) {
  const { up = 1, downSince = null } = change;
  const deps: PictureDeps = {
    file: change.file ?? file,
    activity: {
      lastReports: async () => new Map([['ims3', NOW]]),
      waitingFor: async () => new Map(),
      openDeadLetters: async () => new Map([['two.ims3.dlq', 4]]),
    },
    connections: { state: (id) => (id === 'ims3' ? answering : null) },
    silence: { cadences: async () => new Map() },
    heartbeats: { services: async () => [] },
    bus: {
      lag: () => null,
      figures: (id) => (id === 'ims3' ? figures(up) : null),
      downSince: (id) => (id === 'ims3' ? downSince : null),
      flow: () => null,
    },
    usual: async () => new Map(),
    migrations: async () => new Map(),
  };
  const picture = await createPicture(deps)(NOW, new Map());
  const items = attentionOf({ now: NOW, ...picture, causes: [], quarantined: 0, bases: [], approvals: null });
  return { ...picture, items, system: picture.systems.find(({ id }) => id === 'ims3') };
}

it('a service whose health refuses while its metrics answer is warned at once and an incident at the second look', async () => {
  expect((await look({})).system).toMatchObject({ status: 'ok', rule: { code: 'healthy' } });
  expect((await look({ up: 0 })).system).toMatchObject({
    status: 'warn',
    rule: { code: 'partly_up', data: { up: 0, expected: 1 } },
  });
  const since = NOW - 20 * SECOND;
  const { system, items } = await look({ up: 0, downSince: since });
  expect(system).toMatchObject({
    status: 'bad',
    rule: {
      code: 'system_down',
      data: { since: new Date(since).toISOString(), text: 'no connection to the broker' },
    },
    // Metrics and its own events are no sign of health.
    freshAt: new Date(since).toISOString(),
    connection: { status: 'bad', downSince: new Date(since).toISOString() },
  });
  expect(items).toMatchObject([{ id: 'system:ims3', kind: 'system_down', status: 'bad' }]);
});

it('a flow that was built on the bus is on the bus; one of today is point to point; the file may say otherwise', async () => {
  const flowsOfFile = fileWith(
    flowPart('old', {}),
    flowPart('born-there', { era: 'to-be' }),
    flowPart('in-shadow', { era: 'to-be', stage: 'shadow' }),
  );
  const { flows } = await look({ file: flowsOfFile });
  expect(flows.map(({ id, stage }) => [id, stage])).toEqual([
    ['old', 'point-to-point'],
    ['born-there', 'bus'],
    ['in-shadow', 'shadow'],
  ]);
});

it('open dead letters are counted apart only where a flow has several consumers', async () => {
  const consumer = (flow: string, system: string) => ({
    system,
    group: system,
    retryTopic: `${flow}.${system}.retry`,
    deadLetterTopic: `${flow}.${system}.dlq`,
  });
  const bus = { era: 'to-be', channel: 'kafka', topics: ['orders.v1'] } as const;
  const flowsOfFile = fileWith(
    flowPart('one', { ...bus, consumers: [consumer('one', 'ims3')] }),
    flowPart('two', {
      ...bus,
      to: ['ims3', 'kafka'],
      consumers: [consumer('two', 'kafka'), consumer('two', 'ims3')],
    }),
  );
  const { flows } = await look({ file: flowsOfFile });
  expect(flows.map(({ topics, consumers }) => ({ topics, consumers }))).toEqual([
    { topics: ['orders.v1'], consumers: [{ system: 'ims3', deadLetters: null }] },
    {
      topics: ['orders.v1'],
      consumers: [
        { system: 'kafka', deadLetters: 0 },
        { system: 'ims3', deadLetters: 4 },
      ],
    },
  ]);
});
