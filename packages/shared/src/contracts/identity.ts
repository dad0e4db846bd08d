import { z } from 'zod';
import { PERMISSIONS, ROLES } from '../domain/identity/permissions.ts';
import { endpoint, instant } from './endpoint.ts';

export const role = z.enum(ROLES).describe('Role of a person in Pult');
export const permission = z.enum(PERMISSIONS).describe('What a role allows');

export const sessionRead = endpoint({
  id: 'identity.session',
  area: 'identity',
  method: 'GET',
  path: '/api/session',
  permission: 'session',
  summary: 'Who is logged in and what they may do',
  responses: {
    200: z.object({
      user: z.object({
        id: z.string().describe('Subject of the identity provider'),
        name: z.string(),
        email: z.string().nullable(),
      }),
      roles: z.array(role),
      permissions: z.array(permission),
      expiresAt: instant.describe('End of the session at the latest'),
      rolesStale: z
        .object({
          since: instant.describe('The identity provider does not answer since then; the roles are as of that time'),
          until: instant.describe('Without an answer the session ends then'),
        })
        .nullable(),
    }),
  },
  errors: [],
});

export const sessionLogout = endpoint({
  id: 'identity.logout',
  area: 'identity',
  method: 'POST',
  path: '/api/session/logout',
  permission: 'session',
  summary: 'Ends the session here; the answer says where to end it at the identity provider',
  responses: { 200: z.object({ redirectUrl: z.string().describe('Open it in the browser') }) },
  errors: [],
});

export const sessionList = endpoint({
  id: 'identity.sessions',
  area: 'identity',
  method: 'GET',
  path: '/api/sessions',
  permission: 'settings.read',
  summary: 'Running sessions of everybody',
  responses: {
    200: z.object({
      rows: z.array(
        z.object({
          id: z.string(),
          userId: z.string(),
          userName: z.string(),
          createdAt: instant,
          lastSeenAt: instant,
          expiresAt: instant,
          userAgent: z.string(),
          current: z.boolean().describe('The session that asks'),
        }),
      ),
    }),
  },
  errors: [],
});

export const sessionRevoke = endpoint({
  id: 'identity.session_revoke',
  area: 'identity',
  method: 'POST',
  path: '/api/sessions/:sessionId/revoke',
  permission: 'settings.write',
  summary: 'Ends a session of somebody at once',
  params: z.object({ sessionId: z.uuid() }),
  body: z.object({ reason: z.string().trim().min(1).max(500).describe('Why, for the audit') }),
  responses: { 200: z.object({ revoked: z.boolean().describe('False when it had ended before') }) },
  errors: [],
});

export const userList = endpoint({
  id: 'identity.users',
  area: 'identity',
  method: 'GET',
  path: '/api/users',
  permission: 'settings.read',
  summary: 'People that have logged in, with the roles of their last login',
  responses: {
    200: z.object({
      rows: z.array(
        z.object({
          id: z.string(),
          name: z.string(),
          email: z.string().nullable(),
          roles: z.array(role),
          lastLoginAt: instant,
        }),
      ),
    }),
  },
  errors: [],
});

export const roleList = endpoint({
  id: 'identity.roles',
  area: 'identity',
  method: 'GET',
  path: '/api/roles',
  permission: 'settings.read',
  summary: 'Roles and what each of them allows',
  responses: { 200: z.object({ rows: z.array(z.object({ role, permissions: z.array(permission) })) }) },
  errors: [],
});

export const credentialList = endpoint({
  id: 'identity.credentials',
  area: 'identity',
  method: 'GET',
  path: '/api/credentials',
  permission: 'settings.read',
  summary: 'Intake keys of the systems, without the keys themselves',
  responses: {
    200: z.object({
      rows: z.array(
        z.object({
          id: z.string(),
          systemId: z.string(),
          label: z.string().describe('Where the key came from'),
          createdAt: instant,
          lastUsedAt: instant.nullable(),
          revokedAt: instant.nullable(),
        }),
      ),
    }),
  },
  errors: [],
});

export const credentialCreate = endpoint({
  id: 'identity.credential_create',
  area: 'identity',
  method: 'POST',
  path: '/api/credentials',
  permission: 'settings.write',
  summary: 'Issues one more intake key of a system; older ones go on working until they are revoked',
  body: z.object({
    systemId: z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
    label: z.string().trim().min(1).max(100),
  }),
  responses: {
    201: z.object({ id: z.string(), token: z.string().describe('Shown once; only its hash is kept') }),
  },
  errors: [],
});

export const credentialRevoke = endpoint({
  id: 'identity.credential_revoke',
  area: 'identity',
  method: 'POST',
  path: '/api/credentials/:credentialId/revoke',
  permission: 'settings.write',
  summary: 'Stops accepting an intake key',
  params: z.object({ credentialId: z.uuid() }),
  responses: { 200: z.object({ revoked: z.boolean().describe('False when it had been revoked before') }) },
  errors: [],
});

export const identityEndpoints = [
  sessionRead,
  sessionLogout,
  sessionList,
  sessionRevoke,
  userList,
  roleList,
  credentialList,
  credentialCreate,
  credentialRevoke,
] as const;
