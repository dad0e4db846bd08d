import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type { Connectors } from './connectors/registry.ts';
import type { Undelivered } from './modules/approvals/index.ts';
import { addReadGauge, type Metrics } from './platform/telemetry/metrics.ts';

interface WorkSources {
  readonly landscape: LandscapeFile;
  readonly connectors: Pick<Connectors, 'state'>;
  readonly openOperations: () => Promise<number>;
  readonly undelivered: () => Promise<readonly Undelivered[]>;
}

const CIRCUIT = { closed: 0, half_open: 1, open: 2 } as const;

/** What an alert of the installation looks at besides HTTP: operations, decisions under way, circuits. Read at the scrape. */
export function addWorkGauges(
  metrics: Metrics,
  { landscape, connectors, openOperations, undelivered }: WorkSources,
): void {
  addReadGauge(metrics, {
    name: 'pult_operations_open',
    help: 'Operations that were started and have not ended',
    labels: [],
    read: async () => [{ labels: {}, value: await openOperations() }],
  });
  addReadGauge(metrics, {
    name: 'pult_outbox',
    help: 'Decisions and questions by system: waiting for delivery, or in conflict with what the system holds',
    labels: ['system', 'state'],
    read: async () =>
      (await undelivered()).flatMap(({ system, waiting, conflicts }) => [
        { labels: { system, state: 'waiting' }, value: waiting },
        { labels: { system, state: 'conflict' }, value: conflicts },
      ]),
  });
  addReadGauge(metrics, {
    name: 'pult_outbox_oldest_seconds',
    help: 'Age of the oldest decision that a system has not got yet',
    labels: ['system'],
    read: async () =>
      (await undelivered()).map(({ system, oldestSeconds }) => ({ labels: { system }, value: oldestSeconds })),
  });
  const states = () =>
    landscape.systems.flatMap(({ id: system }) => {
      const state = connectors.state(system);
      return state === null ? [] : [{ system, state }];
    });
  addReadGauge(metrics, {
    name: 'pult_circuit_state',
    help: 'Circuit in front of a system: 0 closed, 1 half open, 2 open',
    labels: ['system'],
    read: async () => states().map(({ system, state }) => ({ labels: { system }, value: CIRCUIT[state.circuit] })),
  });
  addReadGauge(metrics, {
    name: 'pult_system_last_ok_timestamp_seconds',
    help: 'When a system answered last',
    labels: ['system'],
    read: async () =>
      states().flatMap(({ system, state }) =>
        state.lastOkAt === null ? [] : [{ labels: { system }, value: state.lastOkAt / 1_000 }],
      ),
  });
}
