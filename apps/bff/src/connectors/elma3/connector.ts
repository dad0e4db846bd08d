import { defineConnector } from '../port/connector.ts';
import { flowNeeds } from '../port/flow-needs.ts';
import { createHttpWays, secretOf } from '../port/http-ways.ts';
import { verifyInApp } from '../port/verify-in-app.ts';
import { elma3Steps } from './check.ts';
import { createElma3Client } from './client.ts';
import { SESSION_PAUSES_MS } from './session.ts';

/** ELMA3 / ELMA BPM by its web API: the second dialect of an app with requests. */
export const elma3Connector = defineConnector({
  protocol: 'elma3',
  addresses: ({ url }) => [url],
  login: () => ({ pausesMs: SESSION_PAUSES_MS }),
  open: (config, parts) => {
    const { url, requestsType } = config;
    const { clock, system, login } = parts;
    const { questions, flows } = flowNeeds(parts.landscape, system.id);
    const named = questions.flatMap((question) => ('app' in question ? [question.app] : []));
    const types = [...new Set([...(requestsType === undefined ? [] : [requestsType]), ...named])];
    const credentials = () => ({
      user: secretOf(parts, config.userEnv),
      password: secretOf(parts, config.passwordEnv),
      applicationToken: secretOf(parts, config.applicationTokenEnv),
    });
    // Its requests carry tokens that come and go: the client adds them.
    const ways = createHttpWays(config, parts, { addresses: [url], headers: () => ({}), loginBySession: true });
    const connection = ways.connect();
    const held = login === undefined ? {} : { login };
    const client = createElma3Client({ connection, url, clock, zone: system.zone, credentials, ...held });
    return {
      client,
      state: connection.state,
      check: client.check,
      steps: () => [...ways.network(), ...elma3Steps({ connection, url, credentials: credentials(), types })],
      needs: { objects: types, folders: [], flows },
      verify: (question, subject) => verifyInApp(client, question, subject),
    };
  },
});
