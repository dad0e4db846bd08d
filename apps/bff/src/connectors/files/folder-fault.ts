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

/** A share that is gone hangs instead of failing: waits no longer than this. */
export async function withinTime<T>(ms: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('no answer of the folder'), { code: 'ETIMEDOUT' })), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
