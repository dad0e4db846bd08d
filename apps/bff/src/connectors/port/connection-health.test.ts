import { expect, it } from 'vitest';
import { type ConnectionState, jointState } from './connection-health.ts';

const state = (change: Partial<ConnectionState>): ConnectionState => ({
  lastOkAt: null,
  lastErrorAt: null,
  lastError: null,
  downSince: null,
  circuit: 'closed',
  nextProbeAt: null,
  login: null,
  inFlight: 0,
  requestsPerMinute: 0,
  latencyP95Ms: null,
  busyShare: 0,
  ...change,
});

it.each([
  ['open', 'half_open', 'open'],
  ['half_open', 'open', 'open'],
  ['half_open', 'closed', 'half_open'],
  ['closed', 'half_open', 'half_open'],
] as const)('a system with circuits %s and %s is %s', (one, other, joint) => {
  const first = state({ circuit: one, nextProbeAt: 1 });
  const second = state({ circuit: other, nextProbeAt: 2 });
  expect(jointState(first, second)).toMatchObject({ circuit: joint, nextProbeAt: one === joint ? 1 : 2 });
});
