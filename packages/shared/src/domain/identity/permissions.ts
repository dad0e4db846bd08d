/** Everything a person can be allowed to do. `public` and `session` are no grants: anyone, and anyone logged in. */
export const PERMISSIONS = [
  'landscape.read',
  'landscape.mute',
  'messages.read',
  'messages.payload',
  'messages.personal',
  'messages.triage',
  'operations.read',
  'operations.run',
  'approvals.read',
  'approvals.decide',
  'analytics.read',
  'settings.read',
  'connections.check',
  'settings.write',
  'audit.read',
  'migration.change',
] as const;
export type Permission = (typeof PERMISSIONS)[number];

export const ROLES = ['manager', 'ops', 'analyst', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** What each role may do (product.md, People). Denied by default: what is not listed here is refused. */
export const ROLE_PERMISSIONS: Readonly<Record<Role, readonly Permission[]>> = {
  manager: ['landscape.read', 'messages.read', 'approvals.read', 'approvals.decide', 'analytics.read'],
  ops: [
    'landscape.read',
    'landscape.mute',
    'messages.read',
    'messages.payload',
    'messages.triage',
    'operations.read',
    'operations.run',
    'approvals.read',
    'analytics.read',
    'settings.read',
    'connections.check',
    'migration.change',
  ],
  analyst: ['landscape.read', 'messages.read', 'operations.read', 'approvals.read', 'analytics.read'],
  admin: [
    'landscape.read',
    'landscape.mute',
    'messages.read',
    'messages.payload',
    'messages.personal',
    'operations.read',
    'approvals.read',
    'analytics.read',
    'settings.read',
    'connections.check',
    'settings.write',
    'audit.read',
    'migration.change',
  ],
};

/** The union of what the roles allow, in the order of {@link PERMISSIONS}. */
export function permissionsOf(roles: readonly Role[]): Permission[] {
  const granted = new Set(roles.flatMap((role) => ROLE_PERMISSIONS[role]));
  return PERMISSIONS.filter((permission) => granted.has(permission));
}

export const isRole = (value: unknown): value is Role => ROLES.some((role) => role === value);
