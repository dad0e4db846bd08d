import { SourceError } from '@pult/shared/errors/app-error';
import { type Clock, systemClock } from '../../platform/clock.ts';
import { type Intent, type SourceFault, sourceError } from '../port/source-errors.ts';

/** Errors of the file system as errors of a source: gone, refused, full. They open the circuit like those of a network. */

const CODES: Readonly<Record<string, SourceFault['code']>> = {
  ENOENT: 'source.unreachable',
  ENOTDIR: 'source.unreachable',
  ESTALE: 'source.unreachable',
  EHOSTDOWN: 'source.unreachable',
  EIO: 'source.unreachable',
  ENODEV: 'source.unreachable',
  ETIMEDOUT: 'source.timeout',
  EACCES: 'source.unauthorized',
  EPERM: 'source.unauthorized',
  EROFS: 'source.unauthorized',
  ENOSPC: 'source.overloaded',
  EDQUOT: 'source.overloaded',
  EMFILE: 'source.overloaded',
  ENFILE: 'source.overloaded',
};

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'папки нет',
  ENOTDIR: 'это не папка',
  EACCES: 'нет прав на папку',
  EPERM: 'нет прав на папку',
  EROFS: 'папка только для чтения',
  ENOSPC: 'на диске нет места',
  EDQUOT: 'исчерпана квота диска',
};

/** Of these the folder itself says that nothing was placed. Behind any other, a hanging share first, the file may lie there. */
const REFUSED = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE']);

export const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;

/** @param where folder as the landscape names it: never more of a path than a person configured */
export function folderError(system: string, where: string, options: { error: unknown; intent: Intent }): SourceError {
  const { error, intent } = options;
  if (error instanceof SourceError) return error;
  const code = codeOf(error) ?? '';
  const fault: SourceFault = {
    code: CODES[code] ?? 'source.unreachable',
    text: `${where}: ${WORDS[code] ?? (code || (error instanceof Error ? error.message : String(error)))}`,
    maybeSent: intent === 'write' && !REFUSED.has(code),
  };
  return sourceError(system, fault, { intent, cause: error });
}

/**
 * Runs a call into the folder `where` for as long as the folder may take. @throws Error with code ETIMEDOUT, what the call throws
 */
export type FolderCalls = <T>(where: string, work: () => Promise<T>) => Promise<T>;

/** A folder in which calls hang lets the next one through after so long: after the first one, and after each further one. */
const AGAIN_MS = [5 * 60_000, 60 * 60_000];
/** Of the four threads that files and names of hosts share, one is left by the folders of a system. */
const MOST_HANGING = 3;

interface Silence {
  hanging: number;
  /** A call is let through then; one at a time. */
  nextAt: number;
}

/**
 * A share that is gone hangs instead of failing: no call is waited for longer than `ms`. The call itself cannot be ended and
 * holds one of the few threads that files and names of hosts share, so a folder in which one hangs is asked nothing more until
 * that one has come back. One under a mount that was replaced never does: now and then another call tries the folder, and its
 * answer opens it. While {@link MOST_HANGING} hang, no folder of
 * the system is asked.
 */
export function createFolderCalls(ms: number, clock: Clock = systemClock): FolderCalls {
  const silences = new Map<string, Silence>();
  let hanging = 0;
  const againAfter = (calls: number): number => AGAIN_MS[Math.min(calls, AGAIN_MS.length) - 1] ?? 0;
  const hang = (where: string, call: Promise<unknown>): void => {
    const silent = silences.get(where) ?? { hanging: 0, nextAt: 0 };
    silences.set(where, silent);
    silent.hanging += 1;
    silent.nextAt = clock.now() + againAfter(silent.hanging);
    hanging += 1;
    const back = (): void => {
      hanging -= 1;
      silent.hanging -= 1;
      if (silent.hanging === 0 && silences.get(where) === silent) silences.delete(where);
    };
    call.then(back, back);
  };
  const assertOpen = (where: string): Silence | null => {
    if (hanging >= MOST_HANGING) throw silence();
    const silent = silences.get(where);
    if (silent === undefined) return null;
    if (clock.now() < silent.nextAt) throw silence();
    silent.nextAt = Number.POSITIVE_INFINITY;
    return silent;
  };
  return async (where, work) => {
    const tried = assertOpen(where);
    const call = (async () => work())();
    // It answered, whatever it said: calls that hang still are under a mount that is there no more.
    const open = (): void => {
      if (tried !== null && silences.get(where) === tried) silences.delete(where);
    };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        hang(where, call);
        reject(silence());
      }, ms);
    });
    try {
      return await Promise.race([call.finally(open), late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

const silence = (): Error => Object.assign(new Error('no answer of the folder'), { code: 'ETIMEDOUT' });
