import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { migrate } from '../../platform/db/migrate.ts';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';

/** What was planned before record keys had a field of their own. */

const MIGRATIONS = path.join(import.meta.dirname, '../../../migrations');
const ORDER_KEY = '0069_order_key.sql';

const RUNNING = '00000000-0000-4000-8000-000000000001';
const ENDED = '00000000-0000-4000-8000-000000000002';

let database: TestDatabase;
let folder: string;
beforeAll(async () => {
  database = await createTestDatabase({ empty: true });
  folder = await mkdtemp(path.join(tmpdir(), 'pult-order-key-'));
});
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const copy = (name: string): Promise<void> => copyFile(path.join(MIGRATIONS, name), path.join(folder, name));

it('keeps its record key and gets its document back, unless it is on its way', async () => {
  const { db, url } = database;
  const upgrade = () => migrate(url, pathToFileURL(`${folder}${path.sep}`));
  for (const name of await readdir(MIGRATIONS)) if (name < ORDER_KEY) await copy(name);
  await upgrade();
  await sql`
    insert into operation (id, verb, selection, plan, flows, rate, effective_rate, max_rate, created_at, created_by, expires_at,
      state, counts, finished_at)
    select id, 'resend', '{}', '{}', '{bus}', 1, 1, 1, now(), '{}', now(), state, '{}', ended
    from (values (${RUNNING}::uuid, 'running', null), (${ENDED}::uuid, 'completed', now())) as x (id, state, ended)`.execute(
    db,
  );
  await sql`
    insert into operation_item (operation_id, position, delivery_id, flow, consumer, message_id, business_key, document_type,
      document_number, document_ref, occurred_at, state)
    select o::uuid, p, p::text, 'bus', 'shop', p::text, k, 'Заказ', n, r, now(), s
    from (values (${RUNNING}, 1, 'digest', 'ЗК-1', null, 'sent'), (${RUNNING}, 2, 'digest', 'ЗК-1', null, 'waiting_previous'),
      (${RUNNING}, 3, 'digest', 'ЗК-2', 'ref-2', 'pending'), (${RUNNING}, 4, 'Заказ ЗК-3', 'ЗК-3', null, 'pending'),
      (${RUNNING}, 5, 'digest', 'ЗК-4', null, 'failed'), (${ENDED}, 6, 'digest', 'ЗК-5', null, 'applied'))
      as x (o, p, k, n, r, s)`.execute(db);
  await copy(ORDER_KEY);
  expect(await upgrade()).toEqual([69]);
  const { rows } = await sql`
    select business_key as document, order_key as key from operation_item order by position`.execute(db);
  expect(rows).toEqual([
    { document: 'digest', key: 'digest' },
    { document: 'Заказ ЗК-1', key: 'digest' },
    { document: 'Заказ ref-2', key: 'digest' },
    { document: 'Заказ ЗК-3', key: null },
    // What failed holds back what is behind it.
    { document: 'Заказ ЗК-4', key: 'digest' },
    // An operation that has ended binds nobody.
    { document: 'digest', key: null },
  ]);
});
