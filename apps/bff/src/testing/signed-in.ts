import type { Role } from '@pult/shared/domain/identity/permissions';
import { sql } from 'kysely';
import type { Db } from '../platform/db/database.ts';
import { CSRF_COOKIE, SESSION_COOKIE, sha256 } from '../platform/http/gate.ts';
import { Browser } from './browser.ts';

/** Somebody in a session, straight into its table: the login has tests of its own. The same person at any instance. */
export async function signedIn(db: Db, url: string, role: Role): Promise<Browser> {
  await sql`insert into app_user (id, name, roles, first_login_at, last_login_at)
    values (${role}, ${role}, ${[role]}, now(), now()) on conflict do nothing`.execute(db);
  await sql`insert into session (id, secret_hash, csrf_hash, user_id, roles, user_agent, created_at, last_seen_at, idle_ends_at, ends_at)
    values (gen_random_uuid(), ${sha256(`secret-${role}`)}, ${sha256('csrf')}, ${role}, ${[role]}, '', now(), now(),
      now() + interval '1 hour', now() + interval '1 hour') on conflict do nothing`.execute(db);
  const browser = new Browser(url);
  browser.cookies.set(SESSION_COOKIE, `secret-${role}`);
  browser.cookies.set(CSRF_COOKIE, 'csrf');
  return browser;
}
