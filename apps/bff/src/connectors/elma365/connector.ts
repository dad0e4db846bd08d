import { defineConnector } from '../port/connector.ts';
import { flowNeeds } from '../port/flow-needs.ts';
import { bearer, createHttpWays, secretOf } from '../port/http-ways.ts';
import { verifyInApp } from '../port/verify-in-app.ts';
import { elma365Steps } from './check.ts';
import { createElmaClient } from './client.ts';

/** ELMA365 by its public API. */
export const elma365Connector = defineConnector({
  protocol: 'elma365',
  addresses: ({ url }) => [url],
  login: () => null,
  open: (config, parts) => {
    const { url, approvalsApp, tokenEnv } = config;
    const { questions, flows } = flowNeeds(parts.landscape, parts.system.id);
    const named = questions.flatMap((question) => ('app' in question ? [question.app] : []));
    const apps = [...new Set([...(approvalsApp === undefined ? [] : [approvalsApp]), ...named])];
    const ways = createHttpWays(config, parts, { addresses: [url], headers: () => bearer(parts, tokenEnv) });
    const connection = ways.connect();
    const client = createElmaClient({ connection, url, clock: parts.clock });
    return {
      client,
      state: connection.state,
      check: async () => {
        const [known] = apps;
        if (known === undefined) await client.check();
        else await client.list(known, { size: 1 });
      },
      steps: () => [
        ...ways.network(),
        ...elma365Steps({
          connection,
          url,
          hasToken: secretOf(parts, tokenEnv) !== '',
          apps,
          approvalsApp: approvalsApp ?? null,
        }),
      ],
      needs: { objects: apps, folders: [], flows },
      verify: (question, subject) => verifyInApp(client, question, subject),
    };
  },
});
