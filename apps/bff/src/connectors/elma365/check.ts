/** Steps of «Проверить подключение» for ELMA365. */
import type { CheckFaultCode } from '@pult/shared/contracts/connection-checks';
import { type Asked, askStep } from '../port/ask-step.ts';
import { type CheckStep, failedStep, passed, type StepOutcome, unavailableFault } from '../port/check.ts';
import type { Connection } from '../port/connection.ts';
import { isHtml, isLoginPage, isRecord, jsonOf, type RawAnswer } from '../port/raw-answer.ts';
import { statusCodes } from './item.ts';

/** Statuses of an app with requests that Pult reads and sets (docs/protocols/elma365.md). */
const STATUSES = ['in_progress', 'clarification', 'approved', 'rejected'];

/** What an answer of ELMA365 means; null for a good envelope. Pure. */
export function elmaCheckFault(answer: RawAnswer): CheckFaultCode | null {
  const { status } = answer;
  if (status >= 300 && status < 400) return 'redirect';
  if (isLoginPage(answer)) return 'login_page';
  // ELMA365 answers 403 to a missing or wrong token, and has no 401 (help 360004962211).
  if (status === 403 || status === 401) return 'token_refused';
  if (status === 429) return 'overloaded';
  if (status === 503) return unavailableFault(answer);
  if (status === 502 || status === 504) return 'gateway';
  const body = jsonOf(answer.text);
  if (status === 404) return isRecord(body) && 'success' in body ? 'app_missing' : 'not_published';
  if (isHtml(answer) || !isRecord(body) || typeof body.success !== 'boolean')
    return status < 300 ? 'not_the_api' : 'unexpected';
  if (!body.success) return 'refused_by_text';
  return status < 300 ? null : 'unexpected';
}

export function elma365Steps(options: {
  readonly connection: Connection;
  readonly url: string;
  readonly hasToken: boolean;
  /** Apps that the landscape uses, `namespace/code`. */
  readonly apps: readonly string[];
  /** The one with approval requests, whose statuses are needed. */
  readonly approvalsApp: string | null;
}): CheckStep[] {
  const { connection, apps } = options;
  const root = options.url.replace(/\/$/, '');
  const appUrl = (app: string, tail: string): string =>
    `${root}/app/${app.split('/').map(encodeURIComponent).join('/')}/${tail}`;
  const settle = (asked: Asked, objects: string[]): StepOutcome | null => {
    if ('failed' in asked) return asked.failed;
    const fault = elmaCheckFault(asked.answer);
    return fault === null ? null : failedStep(fault, { data: { objects }, ...asked.said });
  };
  const list = (app: string): Promise<Asked> =>
    askStep(connection, { method: 'POST', url: appUrl(app, 'list'), body: { active: true, from: 0, size: 1 } });
  return [
    {
      id: 'login',
      run: async () => {
        if (!options.hasToken) return failedStep('no_credentials');
        const url = apps[0] === undefined ? `${root}/user/list` : appUrl(apps[0], 'settings/status');
        const asked = await askStep(
          connection,
          apps[0] === undefined ? { method: 'POST', url, body: { from: 0, size: 1 } } : { method: 'GET', url },
        );
        if ('failed' in asked) return asked.failed;
        const fault = elmaCheckFault(asked.answer);
        // A refusal of the app comes from behind the token.
        return fault === null || fault === 'app_missing' || fault === 'refused_by_text'
          ? passed()
          : failedStep(fault, { data: {}, ...asked.said });
      },
    },
    {
      id: 'rights',
      run: async () => {
        for (const app of apps) {
          const asked = await list(app);
          const failed = settle(asked, [app]);
          // That it is missing is the business of the next step.
          if (failed !== null && !(failed.ok === false && failed.fault.code === 'app_missing')) return failed;
        }
        return passed({ objects: apps.length });
      },
    },
    {
      id: 'objects',
      run: async () => {
        for (const app of apps) {
          const asked = await askStep(connection, { method: 'GET', url: appUrl(app, 'settings/status') });
          const failed = settle(asked, [app]);
          if (failed !== null || 'failed' in asked) return failed ?? passed();
          if (app !== options.approvalsApp) continue;
          const body = jsonOf(asked.answer.text);
          const known = new Set(statusCodes(isRecord(body) ? body : {}).values());
          const missing = STATUSES.filter((code) => !known.has(code));
          if (missing.length > 0)
            return failedStep('status_missing', { data: { objects: missing, app }, ...asked.said });
        }
        return passed({ objects: apps.length });
      },
    },
    {
      id: 'sample',
      run: async () => {
        const [app] = apps;
        if (app === undefined) return passed({ nothing: true });
        const asked = await list(app);
        const failed = settle(asked, [app]);
        if (failed !== null || 'failed' in asked) return failed ?? passed();
        const body = jsonOf(asked.answer.text);
        const result = isRecord(body) && isRecord(body.result) ? body.result.result : null;
        return Array.isArray(result)
          ? passed({ object: app, rows: result.length })
          : failedStep('not_the_api', { data: { objects: [app] }, ...asked.said });
      },
    },
  ];
}
