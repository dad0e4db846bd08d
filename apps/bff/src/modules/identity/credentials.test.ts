import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../platform/db/test-database.ts';
import { createCredentials } from './credentials.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.close());

it('says of a system which keys it has, when each was used last, and which are revoked', async () => {
  let now = Date.parse('2026-11-26T09:00:00Z');
  const credentials = createCredentials({ db: database.db, clock: { now: () => now } });
  await credentials.seed({ INTAKE_TOKEN_QC: 'first', INTAKE_TOKEN_UT: 'other' });
  expect(await credentials.ofSystem('qc')).toEqual([{ label: 'INTAKE_TOKEN_QC', lastUsedAt: null, revokedAt: null }]);
  now += 60_001;
  expect(await credentials.systemOf('first')).toBe('qc');
  const usedAt = now;
  now += 60_000;
  // A restart with another key in the same variable.
  await credentials.seed({ INTAKE_TOKEN_QC: 'second' });
  expect(await credentials.ofSystem('qc')).toEqual([
    { label: 'INTAKE_TOKEN_QC', lastUsedAt: usedAt, revokedAt: now },
    { label: 'INTAKE_TOKEN_QC', lastUsedAt: null, revokedAt: null },
  ]);
  expect(await credentials.systemOf('first')).toBeNull();
  expect(await credentials.ofSystem('nobody')).toEqual([]);
});
