import { faultOf } from '../onec-odata/answer.ts';
import type { AskAnswer, AskRequest } from '../port/ask.ts';
import { askSource } from '../port/ask-answer.ts';
import type { Connection } from '../port/connection.ts';

/** HTTP services of one 1С base (`/hs/…`): the extension that sends a message again. */
export interface OnecServicesClient {
  readonly system: string;
  ask(path: string, request: AskRequest): Promise<AskAnswer>;
  /** Whether the services answer at all; «no such address» is an answer. @throws SourceError */
  check(): Promise<void>;
}

/** Codes behind which the services are alive. */
const ANSWERS: ReadonlySet<string> = new Set(['source.not_found', 'source.rejected', 'source.forbidden']);

/** Bodies of refusals are those of the platform, hence the reading of the OData connector. */
export function createOnecServicesClient(options: { connection: Connection; url: string }): OnecServicesClient {
  const root = options.url.replace(/\/$/, '');
  return {
    system: options.connection.system,
    ask: (path, request) => askSource({ connection: options.connection, url: `${root}${path}`, request, faultOf }),
    check: () =>
      options.connection.call<void>({
        method: 'GET',
        url: `${root}/`,
        intent: 'read',
        read: (answer) => {
          const fault = faultOf(answer);
          return fault === null || ANSWERS.has(fault.code) ? { value: undefined } : { fault };
        },
      }),
  };
}
