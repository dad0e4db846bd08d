import { link, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { processStart } from './processes.ts';

export interface FolderClaim {
  release(): Promise<void>;
}

/**
 * Makes this process the only user of a folder. A claim of a process that is gone (kill -9, power loss) is taken
 * over; a claim of a living one throws.
 */
export async function claimFolder(folder: string): Promise<FolderClaim> {
  const file = path.join(folder, 'owner.json');
  const own = { pid: process.pid, start: processStart(process.pid) };
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, JSON.stringify(own));
  try {
    for (;;) {
      try {
        // A link is made whole or not at all, also when two processes try at once.
        await link(draft, file);
        return { release: () => releaseOwn(file, own.pid) };
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
      const owner = await readOwner(file);
      if (owner !== null && owner.pid !== own.pid && processStart(owner.pid) === owner.start) {
        throw new Error(`${folder} is in use by another Pult (process ${owner.pid}); stop it or set PULT_DATA_DIR`);
      }
      if (owner !== null && owner.pid === own.pid && owner.start === own.start) {
        throw new Error(`${folder} is in use by this process already`);
      }
      await rm(file, { force: true });
    }
  } finally {
    await rm(draft, { force: true });
  }
}

async function readOwner(file: string): Promise<{ pid: number; start: string | null } | null> {
  try {
    const value: unknown = JSON.parse(await readFile(file, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null;
    return { pid: value.pid, start: 'start' in value && typeof value.start === 'string' ? value.start : null };
  } catch {
    return null;
  }
}

async function releaseOwn(file: string, pid: number): Promise<void> {
  if ((await readOwner(file))?.pid === pid) await rm(file, { force: true });
}
