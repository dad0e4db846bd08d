/** Putting files into folders so that nobody ever sees half of one, and a crash at any statement loses and doubles nothing. */
import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { markedName } from './file-name.ts';
import { codeOf } from './folder-fault.ts';

/** Folder of claims inside the inbox: a file is claimed by renaming it into here. */
export const WORK_FOLDER = '.pult-work';

/** Files of one name and mark but other content: only what is too large to be told apart by its content comes to that. */
const MOST_NAMESAKES = 50;

/** Makes the entries of a folder durable: without it a name may be gone after a power cut although its bytes are there. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Shares and some systems do not let a folder be synced; then the server decides.
    if (!['EINVAL', 'EISDIR', 'ENOTSUP', 'EPERM', 'EBADF'].includes(codeOf(error) ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Puts bytes under a name: written aside, made durable, then named. `present`: the very same file stood there already.
 * @throws Error with code EEXIST when other content bears the name
 */
export async function placeBytes(folder: string, name: string, bytes: Uint8Array): Promise<'placed' | 'present'> {
  const aside = join(folder, `.${randomUUID()}.tmp`);
  try {
    const handle = await open(aside, 'wx', 0o660);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return await settleName(aside, join(folder, name), bytes);
  } finally {
    await rm(aside, { force: true });
    await syncFolder(folder);
  }
}

/** Gives the written file its name without ever taking the name from another one. */
async function settleName(aside: string, path: string, bytes: Uint8Array): Promise<'placed' | 'present'> {
  try {
    await link(aside, path);
    return 'placed';
  } catch (error) {
    if (codeOf(error) === 'EEXIST') {
      if (Buffer.compare(await readFile(path), bytes) === 0) return 'present';
      throw error;
    }
    // Shares without hard links: looking first is the best there is.
    if (await exists(path)) {
      if (Buffer.compare(await readFile(path), bytes) === 0) return 'present';
      throw Object.assign(new Error('the name is taken'), { code: 'EEXIST' });
    }
    await rename(aside, path);
    return 'placed';
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

/**
 * Moves a file to a folder under its name; when other content bears it there, under the name with a mark of its own.
 * Done twice it is done once. @returns the name it has there, null when the file is gone: somebody else moved it
 */
export async function moveInto(
  from: string,
  folder: string,
  wish: { readonly name: string; readonly mark: string },
): Promise<string | null> {
  const marks = Array.from({ length: MOST_NAMESAKES }, (_, index) =>
    index === 0 ? wish.mark : `${wish.mark}-${index + 1}`,
  );
  for (const name of [wish.name, ...marks.map((mark) => markedName(wish.name, mark))]) {
    const moved = await tryMove(from, folder, name);
    if (moved === 'gone') return null;
    if (moved === 'moved') return name;
  }
  throw Object.assign(new Error(`every name of ${wish.name} is taken`), { code: 'EEXIST' });
}

async function tryMove(from: string, folder: string, name: string): Promise<'moved' | 'taken' | 'gone'> {
  const to = join(folder, name);
  try {
    await link(from, to);
  } catch (error) {
    const code = codeOf(error);
    if (code === 'ENOENT' && !(await exists(from))) return 'gone';
    if (code === 'ENOENT') throw error;
    if (code === 'EEXIST' || (await exists(to))) {
      if (!(await sameContent(from, to))) return 'taken';
    } else if (code === 'EXDEV') await placeBytes(folder, name, await readFile(from));
    // A share without hard links.
    else await rename(from, to);
  }
  await syncFolder(folder);
  await rm(from, { force: true });
  return 'moved';
}

async function sameContent(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([stat(one), stat(other)]);
  if (first.size !== second.size) return false;
  return first.ino === second.ino || Buffer.compare(await readFile(one), await readFile(other)) === 0;
}
