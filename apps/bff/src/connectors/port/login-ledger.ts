import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import { sql } from 'kysely';
import type { Db } from '../../platform/db/database.ts';
import type { RefusedLogin } from './login-hold.ts';

/** One login at one system. */
export interface LoginKey {
  readonly system: string;
  /** See {@link loginMark}. */
  readonly login: string;
}

/** What all instances know of a login. Version 0: no verdict yet. */
export interface LoginVerdict {
  readonly version: number;
  readonly held: RefusedLogin | null;
  readonly ways: readonly string[];
}

/** A verdict on a login as one instance heard it. */
export type LoginNews =
  /** `expected` is the version at which the request began: the refusal of an older one adds its way and no more. */
  | {
      readonly kind: 'refused';
      readonly expected: number;
      readonly held: RefusedLogin;
      readonly ways: readonly string[];
    }
  /** `expected` null: whatever was said, as after a check that was let in. */
  | { readonly kind: 'good'; readonly expected: number | null };

/** Verdicts on logins that all instances on one database share. Every verb may fail: the database may be away. */
export interface LoginLedger {
  read(key: LoginKey): Promise<LoginVerdict>;
  /** @returns the verdict that holds afterwards */
  tell(key: LoginKey, news: LoginNews): Promise<LoginVerdict>;
  /** Takes the one try after a pause. @returns false when it is not due, or another instance has it */
  claimProbe(key: LoginKey, claim: { id: string; version: number; now: number; untilMs: number }): Promise<boolean>;
  endProbe(key: LoginKey, id: string): Promise<void>;
}

interface Row {
  readonly version: number;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly refusals: number;
  readonly ways: string[];
}

const COLUMNS = sql.raw('version, since, until, refusals, ways');

export function createLoginLedger(db: Db): LoginLedger {
  const read: LoginLedger['read'] = async ({ system, login }) => {
    const { rows } = await sql<Row>`
      select ${COLUMNS} from login_hold where system_id = ${system} and login = ${login}`.execute(db);
    return verdictOf(rows[0]);
  };
  return {
    read,
    tell: async (key, news) => {
      if (news.kind === 'refused') return verdictOf(await tellRefused(db, key, news));
      const { rows } = await sql<Row>`
        update login_hold
        set version = version + 1, since = null, until = null, refusals = 0, ways = '{}', probe_by = null,
          probe_until = null
        where system_id = ${key.system} and login = ${key.login} and since is not null
          and version = coalesce(${news.expected}::integer, version)
        returning ${COLUMNS}`.execute(db);
      return rows[0] === undefined ? read(key) : verdictOf(rows[0]);
    },
    claimProbe: async ({ system, login }, { id, version, now, untilMs }) => {
      const at = new Date(now);
      const { rows } = await sql`
        update login_hold set probe_by = ${id}, probe_until = ${new Date(untilMs)}
        where system_id = ${system} and login = ${login} and version = ${version} and until <= ${at}
          and (probe_until is null or probe_until <= ${at})
        returning version`.execute(db);
      return rows.length > 0;
    },
    endProbe: async ({ system, login }, id) => {
      await sql`
        update login_hold set probe_by = null, probe_until = null
        where system_id = ${system} and login = ${login} and probe_by = ${id}`.execute(db);
    },
  };
}

async function tellRefused(
  db: Db,
  { system, login }: LoginKey,
  { expected, held, ways }: Extract<LoginNews, { kind: 'refused' }>,
): Promise<Row | undefined> {
  const isNews = sql`known.version = ${expected}`;
  const { rows } = await sql<Row>`
    insert into login_hold as known (system_id, login, version, since, until, refusals, ways)
    values (${system}, ${login}, ${expected + 1}, ${new Date(held.since)}, ${new Date(held.until)}, ${held.refusals},
      ${[...ways]})
    on conflict (system_id, login) do update set
      version = case when ${isNews} then excluded.version else known.version end,
      since = case when ${isNews} then excluded.since else known.since end,
      until = case when ${isNews} then excluded.until else known.until end,
      refusals = case when ${isNews} then excluded.refusals else known.refusals end,
      probe_by = case when ${isNews} then null else known.probe_by end,
      probe_until = case when ${isNews} then null else known.probe_until end,
      ways = case when ${isNews} then excluded.ways when known.since is null then known.ways
        else array(select distinct unnest(known.ways || excluded.ways)) end
    returning ${COLUMNS}`.execute(db);
  return rows[0];
}

function verdictOf(row: Row | undefined): LoginVerdict {
  if (row === undefined) return { version: 0, held: null, ways: [] };
  const { version, since, until, refusals, ways } = row;
  const held = since === null || until === null ? null : { since: since.getTime(), until: until.getTime(), refusals };
  return { version, held, ways };
}

const MARK_BYTES = 2;

/**
 * Tells one login of a system from another one: a restart with another password goes on at once, with the same one it
 * does not. Sixteen bits of a slow hash: one of 65,536 changed passwords counts as the same and waits for its pause, and
 * whoever reads the database can neither find a password by it nor prove one.
 */
export async function loginMark(system: string, secrets: readonly string[]): Promise<string> {
  const mark = await promisify<string, string, number, Buffer>(scrypt)(
    JSON.stringify(secrets),
    `pult-login:${system}`,
    MARK_BYTES,
  );
  return mark.toString('hex');
}
