/** A process that takes every file of a folder, drops a copy for others and archives it; the test kills it. */
import { join } from 'node:path';
import { systemClock } from '../../../platform/clock.ts';
import { createTurns } from '../../port/connection.ts';
import { createFilesClient } from '../client.ts';

const root = process.argv[2] ?? '';
const files = createFilesClient({
  zone: 'Europe/Moscow',
  system: 'edi',
  config: {
    protocol: 'files',
    folders: {
      inbox: join(root, 'inbox'),
      archive: join(root, 'archive'),
      rejected: join(root, 'rejected'),
      deliver: join(root, 'deliver'),
    },
    partners: [],
    limits: { concurrency: 2, timeoutMs: 10_000, pollMs: 10, unfinishedMs: 1_000, maxKilobytes: 64 },
  },
  turns: createTurns(2),
  clock: systemClock,
  originals: async () => null,
  // The process before this one is dead.
  claimMs: 0,
});

await files.take(0);
for (;;) {
  const taken = await files.take(5);
  if (taken.length === 0) break;
  for (const file of taken) {
    await files.drop('deliver', file.name, file.bytes);
    console.log(file.name);
    await files.archive(file, file.changedAt);
  }
}
