import { faultOf } from '../onec-odata/answer.ts';
import type { AskAnswer, AskRequest } from '../port/ask.ts';
import { askSource } from '../port/ask-answer.ts';
import type { Connection } from '../port/connection.ts';

/** HTTP services of one 1С base (`/hs/…`): the extension that sends a message again. */
export interface OnecServicesClient {
  readonly system: string;
  ask(path: string, request: AskRequest): Promise<AskAnswer>;
}

/** Bodies of refusals are those of the platform, hence the reading of the OData connector. */
export function createOnecServicesClient(options: { connection: Connection; url: string }): OnecServicesClient {
  const root = options.url.replace(/\/$/, '');
  return {
    system: options.connection.system,
    ask: (path, request) => askSource({ connection: options.connection, url: `${root}${path}`, request, faultOf }),
  };
}
