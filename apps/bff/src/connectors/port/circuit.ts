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
import type { DoorTurn, LoginDoor } from './login-door.ts';
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
  /** Stands still when the system refuses the login; without it a refusal is a failure among others. */
  readonly login?: LoginDoor;
  /** Names this way among those to the system, in every instance the same. */
  readonly way?: string;
  /**
   * The connector logs in by requests of their own and takes the turns of the door for them: its other requests carry
   * tokens, and one that ran out is refused as well.
   */
  readonly loginBySession?: boolean;
}

/** What stands in front of one way to a system, whatever it speaks: it counts how calls went and holds them back when it is down. */
export interface Circuit {
  /** @throws SourceError: the one of the call, or `source.circuit_open` when nothing was tried */
  run<T>(work: () => Promise<T>, intent: Intent): Promise<T>;
  state(): ConnectionState;
}

export function createCircuit(options: CircuitOptions): Circuit {
  const { system, clock, circuit = DEFAULT_CIRCUIT } = options;
  const login = options.loginBySession ? undefined : options.login;
  const { way = 'data' } = options;
  const health = createHealthRecord(clock);
  const breaker = circuitBreaker(
    // A refused login is not the system's failure: it has a hold of its own.
    handleWhen((error) => saysDown(error) && !(login !== undefined && isUnauthorized(error))),
    { breaker: new ConsecutiveBreaker(circuit.failures), halfOpenAfter: circuit.halfOpenAfterMs },
  );
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

  const heldBack = (intent: Intent, untilMs: number | null, cause?: unknown): SourceError =>
    sourceError(
      system,
      {
        code: 'source.circuit_open',
        text: lastReason?.text ?? '',
        maybeSent: false,
        retryAfterMs: untilMs === null ? null : Math.max(0, untilMs - clock.now()),
      },
      { intent, cause },
    );

  const attempt = async <T>(work: () => Promise<T>, turn: DoorTurn | undefined): Promise<T> => {
    const startedAt = health.begin();
    try {
      const value = await work();
      health.answered(startedAt);
      await turn?.accepted();
      return value;
    } catch (error) {
      if (saysDown(error) && error instanceof SourceError) {
        lastReason = { code: error.code, text: String(error.data.text ?? '') };
        health.failed(startedAt, lastReason);
        if (isUnauthorized(error)) await turn?.refused(lastReason);
      } else {
        health.answered(startedAt);
        await turn?.accepted();
      }
      throw error;
    } finally {
      health.end();
    }
  };

  return {
    run: async (work, intent) => {
      const turn = login === undefined ? undefined : await login.enter(way);
      if (turn === null) throw heldBack(intent, login?.state()?.until ?? null);
      try {
        return await breaker.execute(() => attempt(work, turn));
      } catch (error) {
        if (!isBrokenCircuitError(error)) throw error;
        throw heldBack(intent, nextProbeAt, error);
      } finally {
        await turn?.end();
      }
    },
    state: () => {
      const refused = options.login?.stateOf(way) ?? null;
      if (refused === null) return health.read({ state, nextProbeAt, login: null });
      const isOver = refused.until <= clock.now();
      return health.read({ state: isOver ? 'half_open' : 'open', nextProbeAt: refused.until, login: refused });
    },
  };
}

const isUnauthorized = (error: unknown): boolean =>
  error instanceof SourceError && error.code === 'source.unauthorized';

function circuitName(state: BreakerState): CircuitState {
  if (state === BreakerState.Closed) return 'closed';
  return state === BreakerState.HalfOpen ? 'half_open' : 'open';
}
