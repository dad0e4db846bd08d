import { SourceError } from '@pult/shared/errors/app-error';
import {
  CircuitState as BreakerState,
  ConsecutiveBreaker,
  circuitBreaker,
  handleWhen,
  isBrokenCircuitError,
} from 'cockatiel';
import type { Clock } from '../../platform/clock.ts';
import type { CircuitChange, CircuitSettings, Turns } from './connection.ts';
import { type CircuitState, type ConnectionState, createHealthRecord } from './connection-health.ts';
import { type Intent, saysDown, sourceError } from './source-errors.ts';

export interface GuardOptions {
  readonly system: string;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly circuit: CircuitSettings;
  readonly onCircuit?: ((change: CircuitChange) => void) | undefined;
}

/** Calls to one system, whatever its protocol: few at once, a circuit in front, every outcome in its health. */
export interface GuardedCalls {
  /** @throws SourceError of the work, or `source.circuit_open`, `source.overloaded` without calling it */
  run<T>(intent: Intent, work: () => Promise<T>): Promise<T>;
  state(): ConnectionState;
}

/** Calls that may wait for their turn; beyond it the caller hears «overloaded» instead of filling the memory. */
const MAX_WAITING = 500;

export function createGuardedCalls({ system, turns, clock, circuit, onCircuit }: GuardOptions): GuardedCalls {
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
    if (from !== to) onCircuit?.({ system, from, to, at: clock.now(), reason: to === 'closed' ? null : lastReason });
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
    run: async (intent, work) => {
      if (turns.queued() >= MAX_WAITING)
        throw sourceError(
          system,
          { code: 'source.overloaded', text: 'too many requests wait for their turn', maybeSent: false },
          { intent },
        );
      try {
        return await turns.schedule(() => breaker.execute(() => attempt(work)));
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
