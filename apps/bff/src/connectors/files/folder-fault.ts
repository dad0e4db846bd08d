import { SourceError } from '@pult/shared/errors/app-error';
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

/**
 * A share that is gone hangs instead of failing: no call is waited for longer than `ms`. The call itself cannot be ended and
 * holds one of the few threads that files and names of hosts share, so a folder in which one hangs is asked nothing more until
 * that one has come back.
 */
export function createFolderCalls(ms: number): FolderCalls {
  const hanging = new Map<string, number>();
  const hang = (where: string, change: 1 | -1): void => {
    const left = (hanging.get(where) ?? 0) + change;
    if (left > 0) hanging.set(where, left);
    else hanging.delete(where);
  };
  return async (where, work) => {
    if (hanging.has(where)) throw silence();
    const call = work();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        hang(where, 1);
        const back = (): void => hang(where, -1);
        call.then(back, back);
        reject(silence());
      }, ms);
    });
    try {
      return await Promise.race([call, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

const silence = (): Error => Object.assign(new Error('no answer of the folder'), { code: 'ETIMEDOUT' });
