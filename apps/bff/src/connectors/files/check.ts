/** Steps of «Проверить подключение» for watched folders: they are there, and Pult may do in each what it does. Nothing is written. */
import { constants } from 'node:fs';
import { access, readdir, stat } from 'node:fs/promises';
import { type CheckStep, failedStep, passed } from '../port/check.ts';

export function filesSteps(folders: Readonly<Record<string, string | undefined>>): CheckStep[] {
  const named = Object.entries(folders).flatMap(([role, path]) => (path === undefined ? [] : [{ role, path }]));
  /** Files are taken out of the inbox by renaming: it is written to as well. */
  const wanted = constants.R_OK | constants.W_OK | constants.X_OK;
  const those = async (fails: (path: string) => Promise<boolean>): Promise<string[]> => {
    const found: string[] = [];
    for (const { path } of named) if (await fails(path)) found.push(path);
    return found;
  };
  return [
    {
      id: 'rights',
      run: async () => {
        const denied = await those((path) =>
          access(path, wanted).then(
            () => false,
            (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
          ),
        );
        return denied.length > 0
          ? failedStep('folder_denied', { data: { objects: denied } })
          : passed({ objects: named.length });
      },
    },
    {
      id: 'objects',
      run: async () => {
        const missing = await those((path) =>
          stat(path).then(
            (found) => !found.isDirectory(),
            () => true,
          ),
        );
        return missing.length > 0
          ? failedStep('folder_missing', { data: { objects: missing } })
          : passed({ objects: named.length });
      },
    },
    {
      id: 'sample',
      run: async () => {
        const inbox = folders.inbox ?? '';
        const names = await readdir(inbox);
        return passed({ object: inbox, rows: names.length });
      },
    },
  ];
}
