import type { Permission, Role } from '@pult/shared/domain/identity/permissions';

/** A person in a session. */
export interface PersonActor {
  readonly kind: 'person';
  readonly userId: string;
  readonly name: string;
  readonly email: string | null;
  readonly roles: readonly Role[];
  readonly permissions: readonly Permission[];
  readonly sessionId: string;
}
/** A system of the landscape with its own key. */
export interface SystemActor {
  readonly kind: 'system';
  readonly systemId: string;
}
/** Pult itself: timers, automatic retries, reserve mode. */
export interface PultActor {
  readonly kind: 'pult';
}
/** Who asks for something. */
export type Actor = PersonActor | SystemActor | PultActor;

export const PULT: PultActor = { kind: 'pult' };
