import type { Actor } from '../../../platform/actor.ts';

/** Who asks, and in which request. */
export interface By {
  readonly actor: Actor;
  readonly requestId: string | null;
}

/** As the rows of this module keep it. */
export const whoOf = ({ actor }: By): { actorId: string | null; by: string } =>
  actor.kind === 'person' ? { actorId: actor.userId, by: actor.name } : { actorId: null, by: 'Пульт' };
