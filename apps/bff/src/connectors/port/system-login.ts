/** The login door of one system, for the account that its connector names. */
import type { ConnectorConfig } from '@pult/shared/contracts/landscape-file';
import type { Clock } from '../../platform/clock.ts';
import type { CircuitChange } from './circuit.ts';
import type { LoginPolicy } from './connector.ts';
import { createLoginDoor, type LoginDoor } from './login-door.ts';
import { createLoginHold } from './login-hold.ts';
import { type LoginLedger, loginMark } from './login-ledger.ts';

export interface SystemLoginOptions {
  readonly policy: NonNullable<LoginPolicy>;
  readonly clock: Clock;
  readonly secrets: Readonly<Record<string, string | undefined>>;
  /** Refused logins that all instances share. */
  readonly logins?: LoginLedger;
  readonly onCircuit: (change: CircuitChange) => void;
}

export function systemLogin(system: string, connector: ConnectorConfig, options: SystemLoginOptions): LoginDoor {
  const { clock, secrets, logins, policy, onCircuit } = options;
  const hold = createLoginHold(clock, {
    ...policy,
    // For whoever waits for the system a refused login is an open circuit.
    onChange: (reason) =>
      onCircuit({
        system,
        from: reason === null ? 'open' : 'closed',
        to: reason === null ? 'closed' : 'open',
        at: clock.now(),
        reason,
      }),
  });
  if (logins === undefined) return createLoginDoor({ hold, clock });
  const ofLogin = Object.entries(connector).filter(([field]) => field.endsWith('Env'));
  const key = async () => ({
    system,
    login: await loginMark(
      system,
      ofLogin.map(([, name]) => secrets[name] ?? ''),
    ),
  });
  return createLoginDoor({ hold, clock, shared: { ledger: logins, key } });
}
