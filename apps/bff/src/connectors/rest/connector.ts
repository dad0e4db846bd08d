import { defineConnector } from '../port/connector.ts';
import { flowNeeds, NOBODYS } from '../port/flow-needs.ts';
import { bearer, createHttpWays, secretOf } from '../port/http-ways.ts';
import { restSteps } from './check.ts';
import { createRestClient } from './client.ts';
import { lookupPath, verifyByPath } from './verify.ts';

/** A JSON API with a bearer token: the shops. */
export const restConnector = defineConnector({
  protocol: 'rest',
  addresses: ({ url }) => [url],
  login: () => null,
  open: (config, parts) => {
    const { url, tokenEnv } = config;
    const { commands, questions, flows } = flowNeeds(parts.landscape, parts.system.id);
    const asked = questions.flatMap((question) =>
      question.protocol === 'rest' ? [lookupPath(question, NOBODYS)] : [],
    );
    const lookups = [...new Set(asked)];
    const ways = createHttpWays(config, parts, { addresses: [url], headers: () => bearer(parts, tokenEnv) });
    const connection = ways.connect();
    const client = createRestClient({ connection, url });
    return {
      client,
      state: connection.state,
      // The address at its root often answers whatever the API does, and without a token.
      check: () => {
        const [lookup] = lookups;
        return client.check({ path: lookup ?? commands[0] ?? '/', isLookup: lookup !== undefined });
      },
      probeEveryMs: config.limits.pollMs,
      steps: () => [
        ...ways.network(),
        ...restSteps({ connection, url, hasToken: secretOf(parts, tokenEnv) !== '', lookups, commands }),
      ],
      needs: { objects: [...commands, ...lookups], folders: [], flows },
      ask: client.ask,
      verify: (question, subject) => verifyByPath(client, question, subject),
    };
  },
});
