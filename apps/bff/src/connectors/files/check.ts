/** Steps of «Проверить подключение» for watched folders: they are there, and Pult may do in each what it does. Nothing is written. */
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type CheckStep, failedStep, passed, type StepOutcome } from '../port/check.ts';
import { codeOf, type FolderCalls } from './folder-fault.ts';
import { WORK_FOLDER } from './placing.ts';

/** What a check asks of the file system. */
export interface FolderLook {
  /** Rejects with the code of the system when the folder may not be used so. */
  access(path: string, mode: number): Promise<void>;
  /** `dev` is the file system on which it lies. */
  stat(path: string): Promise<{ isDirectory(): boolean; readonly dev: number }>;
  readdir(path: string): Promise<readonly string[]>;
}

export interface FilesCheckOptions {
  readonly folders: Readonly<Record<string, string | undefined>>;
  /** Keeps the time limit of the connection: those of its client. */
  readonly calls: FolderCalls;
  readonly look?: FolderLook;
}

/** Files are taken out of the inbox by renaming: it is written to as well. */
const WANTED = constants.R_OK | constants.W_OK | constants.X_OK;
const DENIED = new Set(['EACCES', 'EPERM', 'EROFS']);
const MISSING = new Set(['ENOENT', 'ENOTDIR']);
/** Into these Pult moves what it has taken. On another file system a move is a copy: slower, and as safe. */
const MOVED_INTO = ['archive', 'rejected'];

export function filesSteps({ folders, calls, look = { access, stat, readdir } }: FilesCheckOptions): CheckStep[] {
  const named = Object.entries(folders).flatMap(([role, path]) => (path === undefined ? [] : [{ role, path }]));
  const inbox = folders.inbox ?? '';
  /** A folder that hangs ends the step: the ones behind it are mostly of the same share. */
  const explained = async (run: (at: (path: string) => void) => Promise<StepOutcome>): Promise<StepOutcome> => {
    let asked = inbox;
    const begun = performance.now();
    try {
      return await run((path) => {
        asked = path;
      });
    } catch (error) {
      const code = codeOf(error) ?? '';
      const objects = [asked];
      const seconds = Math.round((performance.now() - begun) / 1000);
      if (code === 'ETIMEDOUT') return failedStep('folder_silent', { data: { objects, seconds } });
      if (DENIED.has(code)) return failedStep('folder_denied', { data: { objects }, answer: code });
      if (MISSING.has(code)) return failedStep('folder_missing', { data: { objects }, answer: code });
      return failedStep('folder_broken', { data: { objects }, answer: code || String(error) });
    }
  };
  /** Folders that refuse with one of the codes; another failure is thrown. */
  const refused = async (
    codes: ReadonlySet<string>,
    ask: (path: string) => Promise<boolean>,
    at: (path: string) => void,
  ) => {
    const found: string[] = [];
    for (const { path } of named) {
      at(path);
      const good = await calls(path, () => ask(path)).catch((error: unknown) => {
        if (codes.has(codeOf(error) ?? '')) return false;
        throw error;
      });
      if (!good) found.push(path);
    }
    return found;
  };
  /** Pult makes them with the first file that goes there. */
  const ownFolders = new Set(named.flatMap(({ role, path }) => (MOVED_INTO.includes(role) ? [path] : [])));
  /** The folder in which a missing one would be made. @throws Error with ENOENT where Pult may not make one */
  const whereItIsMade = async (path: string): Promise<{ isDirectory(): boolean; readonly dev: number }> => {
    const parent = dirname(path);
    const facts = await look.stat(parent).catch((error: unknown) => {
      if (codeOf(error) !== 'ENOENT' || parent === path) throw error;
      return null;
    });
    if (facts === null) return whereItIsMade(parent);
    await look.access(parent, constants.W_OK | constants.X_OK).catch(() => {
      throw Object.assign(new Error('the folder may not be made'), { code: 'ENOENT' });
    });
    return facts;
  };
  return [
    {
      id: 'rights',
      run: () =>
        explained(async (at) => {
          // What is not there, or is no folder, is named by the next step together with all others like it.
          const allowed = async (path: string): Promise<boolean> => {
            try {
              await look.access(path, WANTED);
              return true;
            } catch (error) {
              if (MISSING.has(codeOf(error) ?? '')) return true;
              if (
                await look.stat(path).then(
                  (facts) => !facts.isDirectory(),
                  () => false,
                )
              )
                return true;
              throw error;
            }
          };
          const denied = await refused(DENIED, allowed, at);
          return denied.length > 0
            ? failedStep('folder_denied', { data: { objects: denied } })
            : passed({ objects: named.length });
        }),
    },
    {
      id: 'objects',
      run: () =>
        explained(async (at) => {
          const device = new Map<string, number>();
          const made: string[] = [];
          const isFolder = async (path: string): Promise<boolean> => {
            const facts = await look.stat(path).catch(async (error: unknown) => {
              if (codeOf(error) !== 'ENOENT' || !ownFolders.has(path)) throw error;
              made.push(path);
              return whereItIsMade(path);
            });
            device.set(path, facts.dev);
            return facts.isDirectory();
          };
          const missing = await refused(MISSING, isFolder, at);
          if (missing.length > 0) return failedStep('folder_missing', { data: { objects: missing } });
          const work = join(inbox, WORK_FOLDER);
          at(work);
          // Made by the first look of the exchange; a claim is a renaming into it, which no file system does to another one.
          const workDevice = await calls(inbox, () => look.stat(work)).then(
            ({ dev }) => dev,
            (error: unknown) => {
              if (MISSING.has(codeOf(error) ?? '')) return device.get(inbox);
              throw error;
            },
          );
          if (workDevice !== device.get(inbox)) return failedStep('folder_apart', { data: { objects: [inbox, work] } });
          const copied = named
            .filter(({ role, path }) => MOVED_INTO.includes(role) && device.get(path) !== device.get(inbox))
            .map(({ path }) => path);
          return passed({
            objects: named.length,
            ...(made.length === 0 ? {} : { made }),
            ...(copied.length === 0 ? {} : { copied }),
          });
        }),
    },
    {
      id: 'sample',
      run: () =>
        explained(async () => {
          const names = await calls(inbox, () => look.readdir(inbox));
          return passed({ object: inbox, rows: names.length });
        }),
    },
  ];
}
