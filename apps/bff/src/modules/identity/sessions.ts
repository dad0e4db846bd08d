import { randomBytes } from 'node:crypto';
import { permissionsOf } from '@pult/shared/domain/identity/permissions';
import { type Actor, type PersonActor, PULT } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { createGathering } from '../../platform/gathered-questions.ts';
import { type OpenSession, sha256 } from '../../platform/http/gate.ts';
import { newId } from '../../platform/ids.ts';
import { recordAudit } from '../audit/index.ts';
import type { LogoutOrder } from './logout-token.ts';
import type { ProvenPerson, Provider } from './provider.ts';
import { createRoleCheck, type RoleLimits } from './role-check.ts';
import * as store from './store.ts';
import type { TokenBox } from './token-box.ts';

export interface SessionLimits {
  /** Without use the session ends after this time. */
  readonly idleMs: number;
  /** It ends after this time in any case. */
  readonly maxMs: number;
}

/** What the browser gets, once. */
export interface SessionSecrets {
  readonly secret: string;
  readonly csrf: string;
  readonly endsAt: Date;
}

export interface Sessions {
  open(person: ProvenPerson, seen: { userAgent: string; requestId: string }): Promise<SessionSecrets>;
  find(secret: string, options: { touch: boolean }): Promise<(OpenSession & { row: store.SessionRow }) | null>;
  list(): Promise<store.SessionRow[]>;
  /** Ends a session at once. @returns false when it had ended before */
  end(id: string, by: { actor: Actor; reason: string; requestId: string }): Promise<boolean>;
  /**
   * Ends what the provider orders to end. @returns how many sessions ended; null when the order was carried out before
   */
  obey(order: LogoutOrder, requestId: string): Promise<number | null>;
  /** Forgets sessions that ended a month ago. */
  purge(): Promise<void>;
}

/** A session is marked as used at most so often: a screen full of requests writes once. */
const TOUCH_STEP_MS = 60_000;
/** Longer than a logout token is valid. */
const KEEP_LOGOUTS_MS = 24 * 3_600_000;
const KEEP_ENDED_MS = 30 * 24 * 3_600_000;

interface SessionsOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly limits: SessionLimits & RoleLimits;
  readonly provider: Pick<Provider, 'renew'>;
  readonly box: TokenBox;
  readonly onEnd: (sessionId: string) => void;
  readonly onRolesChange: (sessionId: string) => void;
}

/** Sessions on the server: revocable at once, sliding idle end, absolute end. */
export function createSessions(options: SessionsOptions): Sessions {
  const { db, clock, limits, box, onEnd } = options;
  const after = (ms: number): Date => new Date(clock.now() + ms);
  /** @returns those that had not ended before */
  const endAll = async (tx: Db, ids: readonly string[], by: Parameters<Sessions['end']>[1]): Promise<string[]> => {
    const ended: string[] = [];
    for (const id of ids) if (await store.endSession(tx, id, { at: after(0), reason: by.reason })) ended.push(id);
    // The audit behind all rows: whoever waits for its chain may hold one of them.
    for (const objectId of ended)
      await recordAudit(tx, { ...by, action: 'session.end', objectKind: 'session', objectId });
    return ended;
  };
  const end: Sessions['end'] = async (id, by) => {
    const [ended] = await inTransaction(db, (tx) => endAll(tx, [id], by));
    if (ended !== undefined) onEnd(id);
    return ended !== undefined;
  };
  /** A screen asks several questions at once, and hundreds are open: no look is older than its question. */
  const runningSession = createGathering((secretHashes) => store.findRunningSessions(db, secretHashes, after(0)));
  const checked = createRoleCheck({
    ...options,
    end: async (id, reason) => void (await end(id, { actor: PULT, reason, requestId: id })),
  });
  return {
    open: async (person, seen) => {
      const [secret, csrf] = [randomBytes(32).toString('base64url'), randomBytes(24).toString('base64url')];
      const [id, at, endsAt] = [newId(), after(0), after(limits.maxMs)];
      await inTransaction(db, async (tx) => {
        await store.upsertUser(tx, person, at);
        await store.insertSession(tx, {
          id,
          secretHash: sha256(secret),
          csrfHash: sha256(csrf),
          userId: person.id,
          roles: person.roles,
          idToken: person.idToken,
          refreshToken: person.refreshToken === null ? null : box.seal(person.refreshToken, id),
          sid: person.sid,
          userAgent: seen.userAgent.slice(0, 300),
          at,
          idleEndsAt: after(Math.min(limits.idleMs, limits.maxMs)),
          endsAt,
        });
        const actor = actorOf({ id, user: person, roles: person.roles });
        await recordAudit(tx, {
          actor,
          action: 'session.open',
          objectKind: 'session',
          objectId: id,
          requestId: seen.requestId,
        });
      });
      return { secret, csrf, endsAt };
    },
    find: async (secret, { touch }) => {
      const found = await runningSession(sha256(secret));
      const row = found === null ? null : await checked(found);
      if (row === null) return null;
      if (touch && clock.now() - Date.parse(row.lastSeenAt) > TOUCH_STEP_MS) {
        await store.touchSession(db, row.id, { at: after(0), idleEndsAt: after(limits.idleMs) });
      }
      return { actor: actorOf(row), csrfHash: row.csrfHash, row };
    },
    list: () => store.listRunningSessions(db, after(0)),
    end,
    obey: async (order, requestId) => {
      // One transaction: an order that is remembered as carried out was, whatever dies in between.
      const ended = await inTransaction(db, async (tx) => {
        if (!(await store.rememberLogout(tx, order.jti, after(0)))) return null;
        const ids = await store.sessionsOfLogout(tx, order);
        return endAll(tx, ids, { actor: PULT, reason: 'provider_logout', requestId });
      });
      for (const id of ended ?? []) onEnd(id);
      return ended?.length ?? null;
    },
    purge: async () => {
      await store.purgeSessions(db, after(-KEEP_ENDED_MS));
      await store.forgetLogouts(db, after(-KEEP_LOGOUTS_MS));
    },
  };
}

const actorOf = ({
  id,
  user,
  roles,
}: Pick<store.SessionRow, 'id' | 'roles'> & { user: store.SessionRow['user'] }): PersonActor => ({
  kind: 'person',
  userId: user.id,
  name: user.name,
  email: user.email,
  roles,
  permissions: permissionsOf(roles),
  sessionId: id,
});
