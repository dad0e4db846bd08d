/** What waits for one person in other modules. */
import type { Actor } from '../../../platform/actor.ts';
import { createSharing } from '../../../platform/shared-answers.ts';
import type { WaitingApprovals, WorkCounters } from '../ports.ts';

export interface OwnWork {
  /** Operations that are not over, whoever began them. */
  openOperations(): Promise<number>;
  /** Null for whoever may not read approvals. */
  approvalsOf(actor: Actor): Promise<WaitingApprovals | null>;
}

/** One person has several tabs open: they share an answer. What waits for others is another number. */
export function createOwnWork(work: WorkCounters): OwnWork {
  const shareOperations = createSharing<number>();
  const shareApprovals = createSharing<WaitingApprovals>();
  return {
    openOperations: async () => (await shareOperations('', () => work.openOperations())).value,
    approvalsOf: async (actor) => {
      if (actor.kind !== 'person' || !actor.permissions.includes('approvals.read')) return null;
      const key = JSON.stringify([actor.userId, actor.roles]);
      return (await shareApprovals(key, () => work.approvals(actor))).value;
    },
  };
}
