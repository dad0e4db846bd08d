import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../http/free-port.ts';
import { inTransaction, openDatabase } from './database.ts';
import { isDatabaseUnavailable, sqlStateOf } from './database-errors.ts';
import { createTestDatabase, type TestDatabase } from './test-database.ts';
import { openSilentWay } from './testing/silent-way.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await sql`create table probe (id int primary key)`.execute(database.db);
});
afterAll(() => database.close());

test('parses what PostgreSQL sends into the promised types', async () => {
  const { rows } =
    await sql`select 9007199254740991::int8 as big, array[1,null]::int8[] as bigs, 1.10::numeric as money,
    '2026-01-02'::date as day, '2026-01-02T03:04:05Z'::timestamptz as at, '{"a":[1]}'::jsonb as json`.execute(
      database.db,
    );
  expect(rows).toEqual([
    {
      big: 9007199254740991,
      bigs: [1, null],
      money: '1.10',
      day: '2026-01-02',
      at: new Date('2026-01-02T03:04:05Z'),
      json: { a: [1] },
    },
  ]);
});

test('refuses an int8 that a number would round', async () => {
  await expect(sql`select 9007199254740993::int8 as big`.execute(database.db)).rejects.toThrow('does not fit');
});

test('an inner transaction joins the outer one', async () => {
  const outer = inTransaction(database.db, async (tx) => {
    await inTransaction(tx, (inner) => sql`insert into probe values (1)`.execute(inner));
    throw new Error('undo');
  });
  await expect(outer).rejects.toThrow('undo');
  const { rows } = await sql`select * from probe`.execute(database.db);
  expect(rows).toEqual([]);
});

test('ends a statement that takes too long, and calls it «try again»', async () => {
  const hasty = openDatabase(database.url, { statementLimitMs: 50 });
  const ended: unknown = await sql`select pg_sleep(30)`.execute(hasty.db).catch((error: unknown) => error);
  expect(isDatabaseUnavailable(ended)).toBe(true);
  await expect(sql`select 1`.execute(hasty.db)).resolves.toBeDefined();
  await hasty.close();
});

test('gives up connections on which the host vanished without a word, in a transaction too, and goes on over new ones', async () => {
  const way = await openSilentWay(database.url);
  const hasty = openDatabase(way.url, { max: 2, silenceLimitMs: 300 });
  const begun = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const failures = [
    sql`select pg_sleep(60)`.execute(hasty.db),
    inTransaction(hasty.db, async (tx) => {
      await sql`select 1`.execute(tx);
      begun.resolve();
      await gone.promise;
      await sql`select 2`.execute(tx);
    }),
  ].map((asked) => asked.then(() => expect.unreachable(), isDatabaseUnavailable));
  await begun.promise;
  way.vanish();
  gone.resolve();
  // Both connections are in use: this one is answered only when one of them was given up, not given back.
  await expect(sql`select 3`.execute(hasty.db)).resolves.toBeDefined();
  expect(await Promise.all(failures)).toEqual([true, true]);
  await hasty.close();
  await way.close();
});

test('tells an unreachable server from a refused statement', async () => {
  const port = await freePort();
  const away = openDatabase(`postgres://pult:x@127.0.0.1:${port}/pult`);
  const unreachable: unknown = await sql`select 1`.execute(away.db).catch((error: unknown) => error);
  await away.close();
  const refused: unknown = await sql`select nonsense`.execute(database.db).catch((error: unknown) => error);
  expect(isDatabaseUnavailable(unreachable)).toBe(true);
  expect(isDatabaseUnavailable(refused)).toBe(false);
  expect(sqlStateOf(refused)).toBe('42703');
});
