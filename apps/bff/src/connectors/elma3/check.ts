/** Steps of «Проверить подключение» for ELMA3. */
import type { CheckFaultCode } from '@pult/shared/contracts/connection-checks';
import { askStep } from '../port/ask-step.ts';
import { type CheckStep, failedStep, passed, type StepOutcome, unavailableFault } from '../port/check.ts';
import type { Connection } from '../port/connection.ts';
import { isHtml, isLoginPage, jsonOf, type RawAnswer } from '../port/raw-answer.ts';
import { type Elma3Credentials, loginRequest, readTokens, type Tokens, tokenHeaders } from './session.ts';

/** What an answer of ELMA3 means; null for a good one. Pure. */
export function elma3CheckFault(answer: RawAnswer): CheckFaultCode | null {
  const { status } = answer;
  if (status >= 300 && status < 400) return 'redirect';
  if (isLoginPage(answer)) return 'login_page';
  if (status >= 200 && status < 300) return isHtml(answer) || jsonOf(answer.text) === undefined ? 'not_the_api' : null;
  switch (status) {
    case 400:
    case 401:
    case 403:
      // The web server knows nothing of tokens; ELMA names the one that it refuses.
      return /ApplicationToken|токен приложения/i.test(answer.text) ? 'application_token_refused' : 'wrong_password';
    case 404:
      return 'not_published';
    case 429:
      return 'overloaded';
    case 503:
      return unavailableFault(answer);
    case 502:
    case 504:
      return 'gateway';
    default:
      return 'unexpected';
  }
}

export function elma3Steps(options: {
  readonly connection: Connection;
  readonly url: string;
  readonly credentials: Elma3Credentials;
  /** Entities that the landscape uses. */
  readonly types: readonly string[];
}): CheckStep[] {
  const { connection, credentials, types } = options;
  const root = options.url.replace(/\/$/, '');
  let kept: Tokens | null = null;
  /** One login for the whole check. */
  const logIn = async (): Promise<Tokens | StepOutcome> => {
    if (kept !== null) return kept;
    const asked = await askStep(connection, loginRequest(root, credentials, null));
    if ('failed' in asked) return asked.failed;
    const data = { user: credentials.user };
    const fault = elma3CheckFault(asked.answer);
    if (fault !== null) return failedStep(fault, { data, ...asked.said });
    const tokens = readTokens(asked.answer);
    // The quoted answer would carry the tokens.
    if ('fault' in tokens) return failedStep('not_the_api', { data, request: asked.said.request });
    kept = tokens.value;
    return kept;
  };
  const askType = async (type: string): Promise<StepOutcome> => {
    const tokens = await logIn();
    if ('ok' in tokens) return tokens;
    const query = `type=${encodeURIComponent(type)}&q=&limit=1&offset=0&sort=&filterProviderUid=&filterProviderData=&filter=`;
    const asked = await askStep(connection, {
      method: 'GET',
      url: `${root}/API/REST/Entity/Query?${query}`,
      headers: { ...tokenHeaders(tokens), 'WebData-Version': '2.0' },
    });
    if ('failed' in asked) return asked.failed;
    const { status } = asked.answer;
    const data = { user: credentials.user, objects: [type] };
    if (status === 401) return failedStep('session_refused', { data, ...asked.said });
    if (status === 403) return failedStep('read_denied', { data, ...asked.said });
    if (status === 404 || status === 400) return failedStep('app_missing', { data, ...asked.said });
    const fault = elma3CheckFault(asked.answer);
    if (fault !== null) return failedStep(fault, { data, ...asked.said });
    const rows = jsonOf(asked.answer.text);
    return Array.isArray(rows)
      ? passed({ object: type, rows: rows.length })
      : failedStep('not_the_api', { data, ...asked.said });
  };
  const askAll = async (skip: CheckFaultCode | null): Promise<StepOutcome> => {
    for (const type of types) {
      const outcome = await askType(type);
      if (!outcome.ok && outcome.fault.code !== skip) return outcome;
    }
    return passed({ objects: types.length });
  };
  return [
    {
      id: 'login',
      run: async () => {
        const { user, password, applicationToken } = credentials;
        if (user === '' || password === '' || applicationToken === '') return failedStep('no_credentials');
        const tokens = await logIn();
        return 'ok' in tokens ? tokens : passed({ user });
      },
    },
    // That the entity is missing is the business of the next step.
    { id: 'rights', run: () => askAll('app_missing') },
    { id: 'objects', run: () => askAll(null) },
    {
      id: 'sample',
      run: async () => (types[0] === undefined ? passed({ nothing: true }) : askType(types[0])),
    },
  ];
}
