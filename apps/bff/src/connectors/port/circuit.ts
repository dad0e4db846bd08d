import { SourceError } from '@pult/shared/errors/app-error';
import {
  CircuitState as BreakerState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import type { Clock } from '../../platform/clock.ts';
import { type CircuitState, type ConnectionState, createHealthRecord } from './connection-health.ts';
import { type Intent, saysDown, sourceError } from './source-errors.ts';

export interface CircuitChange {
  readonly system: string;
  readonly from: CircuitState;
  readonly to: CircuitState;
  readonly at: number;
  readonly reason: { readonly code: string; readonly text: string } | null;
}

export interface CircuitSettings {
  /** Failures in a row that open the circuit. */
  readonly failures: number;
  /** Time until an open circuit lets one probe through. */
  readonly halfOpenAfterMs: number;
}
export const DEFAULT_CIRCUIT: CircuitSettings = { failures: 5, halfOpenAfterMs: 15_000 };

export interface CircuitOptions {
  readonly system: string;
  readonly clock: Clock;
  readonly circuit?: CircuitSettings;
  readonly onCircuit?: (change: CircuitChange) => void;
}

/** What stands in front of one way to a system, whatever it speaks: it counts how calls went and holds them back when it is down. */
export interface Circuit {
  /** @throws SourceError: the one of the call, or `source.circuit_open` when nothing was tried */
  run<T>(work: () => Promise<T>, intent: Intent): Promise<T>;
  state(): ConnectionState;
}

export function createCircuit(options: CircuitOptions): Circuit {
  const { system, clock, circuit = DEFAULT_CIRCUIT } = options;
  const health = createHealthRecord(clock);
  const breaker = circuitBreaker(handleWhen(saysDown), {
    breaker: new ConsecutiveBreaker(circuit.failures),
    halfOpenAfter: circuit.halfOpenAfterMs,
  });
  let state: CircuitState = 'closed';
  let nextProbeAt: number | null = null;
  let lastReason: { code: string; text: string } | null = null;
  breaker.onStateChange((next) => {
    const to = circuitName(next);
    const from = state;
    state = to;
    nextProbeAt = to === 'open' ? clock.now() + circuit.halfOpenAfterMs : null;
    if (from !== to)
      options.onCircuit?.({ system, from, to, at: clock.now(), reason: to === 'closed' ? null : lastReason });
  });

  const attempt = async <T>(work: () => Promise<T>): Promise<T> => {
    const startedAt = health.begin();
    try {
      const value = await work();
      health.answered(startedAt);
      return value;
    } catch (error) {
      if (saysDown(error) && error instanceof SourceError) {
        lastReason = { code: error.code, text: String(error.data.text ?? '') };
        health.failed(startedAt, lastReason);
      } else {
        health.answered(startedAt);
      }
      throw error;
    } finally {
      health.end();
    }
  };

  return {
    run: async (work, intent) => {
      try {
        return await breaker.execute(() => attempt(work));
      } catch (error) {
        if (!isBrokenCircuitError(error)) throw error;
        throw sourceError(
          system,
          {
            code: 'source.circuit_open',
            text: lastReason?.text ?? '',
            maybeSent: false,
            retryAfterMs: nextProbeAt === null ? null : Math.max(0, nextProbeAt - clock.now()),
          },
          { intent, cause: error },
        );
      }
    },
    state: () => health.read({ state, nextProbeAt }),
  };
}

function circuitName(state: BreakerState): CircuitState {
  if (state === BreakerState.Closed) return 'closed';
  return state === BreakerState.HalfOpen ? 'half_open' : 'open';
}
