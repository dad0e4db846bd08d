/** Steps of «Проверить подключение» for a JSON API with a bearer token. */
import { askStep } from '../port/ask-step.ts';
import { type CheckStep, failedStep, passed } from '../port/check.ts';
import type { Connection } from '../port/connection.ts';
import { jsonApiCheckFault } from '../port/json-check-fault.ts';
import { isHtml, type RawAnswer } from '../port/raw-answer.ts';

export function restSteps(options: {
  readonly connection: Connection;
  readonly url: string;
  readonly hasToken: boolean;
  /** Paths of the flows: a question about a document that no one has, commands asked with GET. */
  readonly lookups: readonly string[];
  readonly commands: readonly string[];
}): CheckStep[] {
  const { connection, lookups, commands } = options;
  const root = options.url.replace(/\/$/, '');
  const ask = (path: string) => askStep(connection, { method: 'GET', url: `${root}${path}` });
  /** «No such document» is an answer of the API; a page about a missing address is one of the web server. */
  const notThere = (answer: RawAnswer): boolean => answer.status === 404 && !isHtml(answer);
  return [
    {
      id: 'login',
      run: async () => {
        if (!options.hasToken) return failedStep('no_credentials');
        const path = lookups[0] ?? commands[0] ?? '/';
        const asked = await ask(path);
        if ('failed' in asked) return asked.failed;
        const fault = jsonApiCheckFault(asked.answer);
        // Whether the address is there is asked two steps later; a token that was refused says so here.
        const behind = fault === null || fault === 'path_missing' || fault === 'unexpected' || fault === 'forbidden';
        return behind ? passed() : failedStep(fault, { ...asked.said });
      },
    },
    {
      id: 'rights',
      run: async () => {
        for (const path of [...lookups, ...commands]) {
          const asked = await ask(path);
          if ('failed' in asked) return asked.failed;
          const fault = jsonApiCheckFault(asked.answer);
          if (fault === 'forbidden' || fault === 'token_refused' || fault === 'gateway' || fault === 'platform_error')
            return failedStep(fault, { data: { objects: [path] }, ...asked.said });
        }
        return passed({ objects: lookups.length + commands.length });
      },
    },
    {
      id: 'objects',
      run: async () => {
        for (const path of lookups) {
          const asked = await ask(path);
          if ('failed' in asked) return asked.failed;
          const fault = jsonApiCheckFault(asked.answer);
          if (fault !== null && !notThere(asked.answer))
            return failedStep(fault, { data: { objects: [path] }, ...asked.said });
        }
        for (const path of commands) {
          const asked = await ask(path);
          if ('failed' in asked) return asked.failed;
          // A command refuses GET with 405 or 400 where it stands; 404 says that nothing does.
          if (asked.answer.status === 404)
            return failedStep('path_missing', { data: { objects: [path] }, ...asked.said });
        }
        return passed({ objects: lookups.length, services: commands.length });
      },
    },
    {
      id: 'sample',
      run: async () => {
        const [path] = lookups;
        const asked = await ask(path ?? '/');
        if ('failed' in asked) return asked.failed;
        const fault = jsonApiCheckFault(asked.answer);
        if (fault !== null && !notThere(asked.answer))
          return failedStep(fault, { data: { objects: [path ?? '/'] }, ...asked.said });
        return passed({ object: path ?? '/', rows: 0 });
      },
    },
  ];
}
