import { AppError } from '@pult/shared/errors/app-error';
import { PULT } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { recordAudit } from '../audit/index.ts';
import type { Provider } from './provider.ts';
import * as store from './store.ts';
import type { TokenBox } from './token-box.ts';

/** How the roles of a session follow the provider. */
export interface RoleLimits {
  /** The provider is asked at most so often per session; 0 = never, the roles of the login stay. */
  readonly checkMs: number;
  /** A provider that does not answer for so long ends the session: nobody knows any more what the person may do. */
  readonly staleMs: number;
}

interface RoleCheckOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly provider: Pick<Provider, 'renew'>;
  readonly box: TokenBox;
  readonly limits: RoleLimits;
  readonly end: (sessionId: string, reason: 'provider_ended' | 'no_role' | 'roles_unknown') => Promise<void>;
  readonly onRolesChange: (sessionId: string) => void;
}

/**
 * Brings the roles of a session up to date when it is their time (ADR 0024): one request of one instance asks, others
 * go on with what is known meanwhile.
 * @returns the session as it is now, null when it ended by that
 */
export function createRoleCheck(options: RoleCheckOptions) {
  const { db, clock, provider, box, limits } = options;
  const at = (): Date => new Date(clock.now());

  const stale = async (row: store.SessionRow): Promise<store.SessionRow | null> => {
    const since = await store.noteStaleRoles(db, row.id, at());
    if (clock.now() - since.getTime() < limits.staleMs) return { ...row, rolesStaleSince: since.toISOString() };
    await options.end(row.id, 'roles_unknown');
    return null;
  };

  const renewed = async (
    row: store.SessionRow,
    news: Extract<Awaited<ReturnType<Provider['renew']>>, { outcome: 'renewed' }>,
  ): Promise<store.SessionRow | null> => {
    const roles = news.roles ?? row.roles;
    if (roles.length === 0) {
      await options.end(row.id, 'no_role');
      return null;
    }
    const isOther = [...roles].sort().join() !== [...row.roles].sort().join();
    await inTransaction(db, async (tx) => {
      await store.saveRenewal(tx, row.id, { roles, idToken: news.idToken });
      if (isOther)
        await recordAudit(tx, {
          actor: PULT,
          action: 'session.roles',
          objectKind: 'session',
          objectId: row.id,
          before: { roles: row.roles },
          after: { roles, user: row.user.name },
          requestId: row.id,
        });
    });
    if (isOther) options.onRolesChange(row.id);
    return { ...row, roles, rolesStaleSince: null };
  };

  return async (row: store.SessionRow): Promise<store.SessionRow | null> => {
    const { refreshToken: sealed, rolesCheckedAt } = row;
    if (limits.checkMs === 0 || sealed === null || rolesCheckedAt === null) return row;
    const now = clock.now();
    if (Math.abs(now - Date.parse(rolesCheckedAt)) < limits.checkMs) return row;
    const [before, after] = [new Date(now - limits.checkMs), new Date(now + limits.checkMs)];
    if (!(await store.claimRolesCheck(db, row.id, { at: at(), before, after }))) return row;
    // Sealed under another secret of the client: no question can be asked, which is what an outage is like.
    const token = box.open(sealed, row.id);
    if (token === null) return stale(row);
    try {
      const news = await provider.renew(token, {
        sub: row.user.id,
        keep: (renewedToken) => store.keepRefreshToken(db, row.id, box.seal(renewedToken, row.id)),
      });
      if (news.outcome === 'renewed') return await renewed(row, news);
      await options.end(row.id, 'provider_ended');
      return null;
    } catch (error) {
      if (error instanceof AppError && error.code === 'login.provider_unavailable') return stale(row);
      throw error;
    }
  };
}
