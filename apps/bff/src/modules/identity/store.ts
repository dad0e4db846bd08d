import type { Role } from '@pult/shared/domain/identity/permissions';
import { isRole } from '@pult/shared/domain/identity/permissions';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';

export interface UserRow {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly roles: readonly Role[];
  readonly lastLoginAt: string;
}

export interface SessionRow {
  readonly id: string;
  readonly csrfHash: string;
  readonly user: { readonly id: string; readonly name: string; readonly email: string | null };
  readonly roles: readonly Role[];
  readonly idToken: string | null;
  readonly userAgent: string;
  readonly createdAt: string;
  readonly lastSeenAt: string;
  readonly endsAt: string;
  /** Sealed; null when the roles cannot be asked anew. */
  readonly refreshToken: Buffer | null;
  readonly rolesCheckedAt: string | null;
  /** Since when the provider does not answer about this session. */
  readonly rolesStaleSince: string | null;
}

interface StoredSession {
  id: string;
  csrf_hash: string;
  user_id: string;
  name: string;
  email: string | null;
  roles: string[];
  id_token: string | null;
  user_agent: string;
  created_at: Date;
  last_seen_at: Date;
  ends_at: Date;
  refresh_token: Buffer | null;
  roles_checked_at: Date | null;
  roles_stale_since: Date | null;
}

const toSession = (row: StoredSession): SessionRow => ({
  id: row.id,
  csrfHash: row.csrf_hash,
  user: { id: row.user_id, name: row.name, email: row.email },
  roles: row.roles.filter(isRole),
  idToken: row.id_token,
  userAgent: row.user_agent,
  createdAt: row.created_at.toISOString(),
  lastSeenAt: row.last_seen_at.toISOString(),
  endsAt: row.ends_at.toISOString(),
  refreshToken: row.refresh_token,
  rolesCheckedAt: row.roles_checked_at?.toISOString() ?? null,
  rolesStaleSince: row.roles_stale_since?.toISOString() ?? null,
});

const SESSION_COLUMNS = sql`s.id, s.csrf_hash, s.user_id, u.name, u.email, s.roles, s.id_token, s.user_agent, s.created_at,
  s.last_seen_at, s.ends_at, s.refresh_token, s.roles_checked_at, s.roles_stale_since`;

export async function upsertUser(db: Db, user: Omit<UserRow, 'lastLoginAt'>, at: Date): Promise<void> {
  await sql`insert into app_user (id, name, email, roles, first_login_at, last_login_at)
    values (${user.id}, ${user.name}, ${user.email}, ${[...user.roles]}, ${at}, ${at})
    on conflict (id) do update set name = excluded.name, email = excluded.email, roles = excluded.roles,
      last_login_at = excluded.last_login_at`.execute(db);
}

export interface NewSession {
  readonly id: string;
  readonly secretHash: string;
  readonly csrfHash: string;
  readonly userId: string;
  readonly roles: readonly Role[];
  readonly idToken: string | null;
  readonly refreshToken: Buffer | null;
  readonly sid: string | null;
  readonly userAgent: string;
  readonly at: Date;
  readonly idleEndsAt: Date;
  readonly endsAt: Date;
}

export async function insertSession(db: Db, session: NewSession): Promise<void> {
  await sql`insert into session (id, secret_hash, csrf_hash, user_id, roles, id_token, user_agent, created_at, last_seen_at,
      idle_ends_at, ends_at, refresh_token, provider_sid, roles_checked_at)
    values (${session.id}, ${session.secretHash}, ${session.csrfHash}, ${session.userId}, ${[...session.roles]}, ${session.idToken},
      ${session.userAgent}, ${session.at}, ${session.at}, ${session.idleEndsAt}, ${session.endsAt}, ${session.refreshToken}, ${session.sid}, ${session.at})`.execute(
    db,
  );
}

/** Running sessions by the hashes of their secrets; those that do not run (any more) are absent. */
export async function findRunningSessions(
  db: Db,
  secretHashes: readonly string[],
  at: Date,
): Promise<ReadonlyMap<string, SessionRow>> {
  const { rows } = await sql<StoredSession & { secret_hash: string }>`select s.secret_hash, ${SESSION_COLUMNS}
    from session s join app_user u on u.id = s.user_id
    where s.secret_hash = any(${[...secretHashes]}) and s.ended_at is null and s.idle_ends_at > ${at} and s.ends_at > ${at}`.execute(
    db,
  );
  return new Map(rows.map((row) => [row.secret_hash, toSession(row)]));
}

export async function findSession(db: Db, id: string): Promise<SessionRow | null> {
  const { rows } = await sql<StoredSession>`select ${SESSION_COLUMNS} from session s join app_user u on u.id = s.user_id
    where s.id = ${id}`.execute(db);
  return rows[0] === undefined ? null : toSession(rows[0]);
}

export async function listRunningSessions(db: Db, at: Date): Promise<SessionRow[]> {
  const { rows } = await sql<StoredSession>`select ${SESSION_COLUMNS} from session s join app_user u on u.id = s.user_id
    where s.ended_at is null and s.idle_ends_at > ${at} and s.ends_at > ${at} order by s.last_seen_at desc limit 500`.execute(
    db,
  );
  return rows.map(toSession);
}

export async function touchSession(db: Db, id: string, seen: { at: Date; idleEndsAt: Date }): Promise<void> {
  await sql`update session set last_seen_at = ${seen.at}, idle_ends_at = least(${seen.idleEndsAt}::timestamptz, ends_at)
    where id = ${id} and ended_at is null`.execute(db);
}

/** @returns false when it had ended before */
export async function endSession(db: Db, id: string, ended: { at: Date; reason: string }): Promise<boolean> {
  const { rows } = await sql`update session set ended_at = ${ended.at}, end_reason = ${ended.reason}, id_token = null,
      refresh_token = null
    where id = ${id} and ended_at is null returning id`.execute(db);
  return rows.length > 0;
}

/**
 * Takes the question about the roles of a session for this process, unless they were asked after `before` and up to `after`:
 * later than that they were asked by a clock that was set back since. @returns false when somebody asked meanwhile
 */
export async function claimRolesCheck(
  db: Db,
  id: string,
  check: { at: Date; before: Date; after: Date },
): Promise<boolean> {
  const { rows } = await sql`update session set roles_checked_at = ${check.at}
    where id = ${id} and ended_at is null and (roles_checked_at <= ${check.before} or roles_checked_at >= ${check.after}) returning id`.execute(
    db,
  );
  return rows.length > 0;
}

export async function keepRefreshToken(db: Db, id: string, refreshToken: Buffer): Promise<void> {
  await sql`update session set refresh_token = ${refreshToken} where id = ${id} and ended_at is null`.execute(db);
}

export async function saveRenewal(
  db: Db,
  id: string,
  renewed: { roles: readonly Role[]; idToken: string | null },
): Promise<void> {
  await sql`with renewed as (
      update session set roles = ${[...renewed.roles]},
        id_token = coalesce(${renewed.idToken}, id_token), roles_stale_since = null
      where id = ${id} and ended_at is null returning user_id)
    update app_user set roles = ${[...renewed.roles]} from renewed where app_user.id = renewed.user_id`.execute(db);
}

/** @returns since when the provider does not answer about the session */
export async function noteStaleRoles(db: Db, id: string, at: Date): Promise<Date> {
  const { rows } = await sql<{ since: Date }>`update session set roles_stale_since = coalesce(roles_stale_since, ${at})
    where id = ${id} returning roles_stale_since as since`.execute(db);
  return rows[0]?.since ?? at;
}

/** Running sessions that an order of the provider ends. */
export async function sessionsOfLogout(db: Db, order: { sub: string | null; sid: string | null }): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from session where ended_at is null
    and (${order.sid}::text is null or provider_sid = ${order.sid})
    and (${order.sub}::text is null or user_id = ${order.sub}) order by id`.execute(db);
  return rows.map(({ id }) => id);
}

/** @returns false when the token was carried out before */
export async function rememberLogout(db: Db, jti: string, at: Date): Promise<boolean> {
  const { rows } = await sql`insert into logout_token (jti, seen_at) values (${jti}, ${at})
    on conflict do nothing returning jti`.execute(db);
  return rows.length > 0;
}

export async function forgetLogouts(db: Db, before: Date): Promise<void> {
  await sql`delete from logout_token where seen_at < ${before}`.execute(db);
}

/** Removes sessions that ended, by themselves or by somebody, before `at`. */
export async function purgeSessions(db: Db, at: Date): Promise<void> {
  await sql`delete from session where least(ends_at, idle_ends_at, ended_at) < ${at}`.execute(db);
}

export async function listUsers(db: Db): Promise<UserRow[]> {
  const { rows } = await sql<{ id: string; name: string; email: string | null; roles: string[]; last_login_at: Date }>`
    select id, name, email, roles, last_login_at from app_user order by name, id`.execute(db);
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    email: row.email,
    roles: row.roles.filter(isRole),
    lastLoginAt: row.last_login_at.toISOString(),
  }));
}
