import type { ApprovalDecision } from '@pult/shared/contracts/approvals';
import { useQuery } from '@tanstack/react-query';
import { sessionQuery } from '../../lib/session.ts';

/** Whether the person made the decision in Pult: nobody else may take it back. */
export function useOwnDecision(decision: ApprovalDecision | null): boolean {
  const { data } = useQuery(sessionQuery());
  return decision?.decidedIn === 'pult' && data !== undefined && decision.by?.id === data.user.id;
}
