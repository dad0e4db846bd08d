import {
  credentialCreate,
  credentialList,
  credentialRevoke,
  roleList,
  sessionList,
  sessionLogout,
  sessionRead,
  sessionRevoke,
  userList,
} from '@pult/shared/contracts/identity';
import { ROLE_PERMISSIONS, ROLES } from '@pult/shared/domain/identity/permissions';
import { AppError } from '@pult/shared/errors/app-error';
import type { Actor, PersonActor } from '../../platform/actor.ts';
import type { Db } from '../../platform/db/database.ts';
import { type Route, route } from '../../platform/http/mount.ts';
import type { Credentials } from './credentials.ts';
import type { Provider } from './provider.ts';
import type { Sessions } from './sessions.ts';
import { findSession, listUsers } from './store.ts';

interface Deps {
  readonly db: Db;
  readonly sessions: Sessions;
  readonly credentials: Credentials;
  readonly provider: Provider;
  readonly staleMs: number;
}

function person(actor: Actor): PersonActor {
  if (actor.kind !== 'person') throw new AppError('session.required');
  return actor;
}

export function createIdentityRoutes({ db, sessions, credentials, provider, staleMs }: Deps): Route[] {
  return [
    route(sessionRead, async ({ actor }) => {
      const { userId, name, email, roles, permissions, sessionId } = person(actor);
      const session = await findSession(db, sessionId);
      if (session === null) throw new AppError('session.required');
      return {
        user: { id: userId, name, email },
        roles: [...roles],
        permissions: [...permissions],
        expiresAt: session.endsAt,
        rolesStale:
          session.rolesStaleSince === null
            ? null
            : {
                since: session.rolesStaleSince,
                until: new Date(Date.parse(session.rolesStaleSince) + staleMs).toISOString(),
              },
      };
    }),
    route(sessionLogout, async ({ actor, request: { requestId } }) => {
      const { sessionId } = person(actor);
      const session = await findSession(db, sessionId);
      await sessions.end(sessionId, { actor, reason: 'logout', requestId });
      return { redirectUrl: (await provider.endUrl(session?.idToken ?? null)) ?? '/' };
    }),
    route(sessionList, async ({ actor }) => ({
      rows: (await sessions.list()).map(({ id, user, createdAt, lastSeenAt, endsAt, userAgent }) => ({
        id,
        userId: user.id,
        userName: user.name,
        createdAt,
        lastSeenAt,
        expiresAt: endsAt,
        userAgent,
        current: id === person(actor).sessionId,
      })),
    })),
    route(sessionRevoke, async ({ params: { sessionId }, body: { reason }, actor, request: { requestId } }) => ({
      revoked: await sessions.end(sessionId, { actor, reason, requestId }),
    })),
    route(userList, async () => ({ rows: (await listUsers(db)).map((user) => ({ ...user, roles: [...user.roles] })) })),
    route(roleList, async () => ({
      rows: ROLES.map((role) => ({ role, permissions: [...ROLE_PERMISSIONS[role]] })),
    })),
    route(credentialList, async () => ({ rows: await credentials.list() })),
    route(credentialCreate, ({ body, actor, request: { requestId } }) => credentials.issue(body, { actor, requestId })),
    route(credentialRevoke, async ({ params: { credentialId }, actor, request: { requestId } }) => ({
      revoked: await credentials.revoke(credentialId, { actor, requestId }),
    })),
  ];
}
