import type { Clock } from '../../platform/clock.ts';

import type { RefusedLogin } from './login-hold.ts';

export type CircuitState = 'closed' | 'open' | 'half_open';

/** Health of one outbound connection; instants in ms since the epoch. */
export interface ConnectionState {
  readonly lastOkAt: number | null;
  readonly lastErrorAt: number | null;
  readonly lastError: { readonly code: string; readonly text: string } | null;
  /** First failure since the last success; null when the connection works. */
  readonly downSince: number | null;
  readonly circuit: CircuitState;
  readonly nextProbeAt: number | null;
  /** The system refuses the login: nothing is asked until a moment. */
  readonly login: RefusedLogin | null;
  readonly inFlight: number;
  readonly requestsPerMinute: number;
  /** Answers of the last five minutes. */
  readonly latencyP95Ms: number | null;
  /** Share of the last five minutes in which the system worked for Pult: the sum of its answering times. */
  readonly busyShare: number;
}

const WINDOW_MS = 5 * 60_000;
const MAX_SAMPLES = 2_000;

/** Remembers how the calls of one connection went. */
export function createHealthRecord(clock: Clock) {
  let lastOkAt: number | null = null;
  let lastErrorAt: number | null = null;
  let lastError: { code: string; text: string } | null = null;
  let downSince: number | null = null;
  let inFlight = 0;
  let samples: { at: number; ms: number }[] = [];
  const recent = (): typeof samples => {
    const since = clock.now() - WINDOW_MS;
    if ((samples[0]?.at ?? since) < since) samples = samples.filter(({ at }) => at >= since);
    return samples;
  };
  const sample = (startedAt: number): void => {
    samples.push({ at: clock.now(), ms: clock.now() - startedAt });
    if (samples.length > MAX_SAMPLES) samples = samples.slice(-MAX_SAMPLES / 2);
  };
  return {
    begin: (): number => {
      inFlight += 1;
      return clock.now();
    },
    end: (): void => {
      inFlight -= 1;
    },
    /** The system answered; a refusal of one request is an answer too. */
    answered: (startedAt: number): void => {
      lastOkAt = clock.now();
      downSince = null;
      sample(startedAt);
    },
    failed: (startedAt: number, error: { code: string; text: string }): void => {
      lastErrorAt = clock.now();
      downSince ??= lastErrorAt;
      lastError = error;
      sample(startedAt);
    },
    read: (circuit: {
      state: CircuitState;
      nextProbeAt: number | null;
      login: RefusedLogin | null;
    }): ConnectionState => {
      const now = clock.now();
      const inWindow = recent();
      const sorted = inWindow.map(({ ms }) => ms).sort((a, b) => a - b);
      return {
        lastOkAt,
        lastErrorAt,
        lastError,
        downSince,
        circuit: circuit.state,
        nextProbeAt: circuit.nextProbeAt,
        login: circuit.login,
        inFlight,
        requestsPerMinute: inWindow.filter(({ at }) => at > now - 60_000).length,
        busyShare: sorted.reduce((total, ms) => total + ms, 0) / WINDOW_MS,
        latencyP95Ms: sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))] ?? null,
      };
    },
  };
}

const SEVERITY = { closed: 0, half_open: 1, open: 2 } as const satisfies Record<ConnectionState['circuit'], number>;

/**
 * One state of a system that is reached by two ways, each with its own circuit: the worse circuit counts, because work
 * that needs both has to wait for it.
 */
export function jointState(first: ConnectionState, second: ConnectionState): ConnectionState {
  const worse = SEVERITY[second.circuit] > SEVERITY[first.circuit] ? second : first;
  const newer = (second.lastErrorAt ?? 0) > (first.lastErrorAt ?? 0) ? second : first;
  return {
    lastOkAt: latest(first.lastOkAt, second.lastOkAt),
    lastErrorAt: newer.lastErrorAt,
    lastError: newer.lastError,
    downSince: first.downSince ?? second.downSince,
    circuit: worse.circuit,
    nextProbeAt: worse.nextProbeAt,
    login: first.login ?? second.login,
    inFlight: first.inFlight + second.inFlight,
    requestsPerMinute: first.requestsPerMinute + second.requestsPerMinute,
    latencyP95Ms: latest(first.latencyP95Ms, second.latencyP95Ms),
    busyShare: first.busyShare + second.busyShare,
  };
}

const latest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.max(a, b);
