/** What a group of systems says as one: how many of them work, and which are worst off. Pure. */
import type { SystemHealth } from '@pult/shared/contracts/landscape';

export interface GroupState {
  /** Members that do their work, a delay included. */
  readonly working: number;
  /** Members that are worst off; none while all are well. */
  readonly ill: readonly SystemHealth[];
}

/** What is named first of a group that is not all well. */
const ILL = ['bad', 'idle', 'warn', 'doubt'] as const;

export function groupState(systems: readonly SystemHealth[]): GroupState {
  const state = ILL.find((one) => systems.some(({ status }) => status === one));
  return {
    working: systems.filter(({ status }) => status !== 'bad' && status !== 'idle').length,
    ill: systems.filter(({ status }) => status === state),
  };
}

/** The name of a member behind that of its group: «площадка 2» of «1С:ERP, площадка 2». */
export const memberName = (title: string): string => title.slice(title.indexOf(',') + 1).trim();
