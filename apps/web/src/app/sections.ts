import type { counters } from '@pult/shared/contracts/counters';
import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { Permission, Role } from '@pult/shared/domain/identity/permissions';
import { paths } from '../lib/paths.ts';
import type { Session } from '../lib/session.ts';

export type SectionId =
  | 'overview'
  | 'flows'
  | 'messages'
  | 'operations'
  | 'approvals'
  | 'analytics'
  | 'audit'
  | 'settings';

export interface Section {
  readonly id: SectionId;
  readonly to: string;
  readonly count: number | null;
  readonly urgent: boolean;
}

const ALL: readonly { readonly id: SectionId; readonly to: string; readonly permission: Permission }[] = [
  { id: 'overview', to: paths.overview(), permission: 'landscape.read' },
  { id: 'flows', to: paths.flows(), permission: 'landscape.read' },
  { id: 'messages', to: paths.messages(), permission: 'messages.read' },
  { id: 'operations', to: paths.operations(), permission: 'operations.read' },
  { id: 'approvals', to: paths.approvals(), permission: 'approvals.read' },
  { id: 'analytics', to: paths.analytics(), permission: 'analytics.read' },
  { id: 'audit', to: paths.audit(), permission: 'audit.read' },
  { id: 'settings', to: paths.settings('connections'), permission: 'settings.read' },
];

/** Places that a role keeps under the thumb come first on a phone. */
const FIRST: Readonly<Record<Role, readonly SectionId[]>> = {
  manager: ['approvals', 'overview', 'messages', 'analytics'],
  ops: ['messages', 'operations', 'overview', 'flows'],
  analyst: ['analytics', 'overview', 'flows', 'messages'],
  admin: ['settings', 'overview', 'messages', 'audit'],
};

/** Sections that the person may open, in the order of the rail. */
export function sectionsOf(session: Session, numbers: EndpointResult<typeof counters> | undefined): Section[] {
  const counts: Partial<Record<SectionId, number | null>> = {
    messages: numbers?.messages ?? null,
    operations: numbers?.operations ?? null,
    approvals: numbers?.approvals ?? null,
  };
  return ALL.filter(({ permission }) => session.permissions.includes(permission)).map(({ id, to }) => ({
    id,
    to,
    count: counts[id] ?? null,
    urgent: id === 'messages' || (id === 'approvals' && (numbers?.approvalsBreaching ?? 0) > 0),
  }));
}

/** Whether the address belongs to a section that the person may not open. */
export function isForbidden(session: Session, pathname: string): boolean {
  const section = ALL.find(({ id }) => pathname === `/${id}` || pathname.startsWith(`/${id}/`));
  return section !== undefined && !session.permissions.includes(section.permission);
}

/** The same sections with the role's own places first: the bottom bar of a phone shows the first four. */
export function phoneSections(sections: readonly Section[], roles: readonly Role[]): Section[] {
  const [role] = roles;
  const order = role ? FIRST[role] : [];
  return order.flatMap((id) => sections.filter((section) => section.id === id));
}
