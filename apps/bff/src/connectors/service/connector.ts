import { type ConfigOf, defineConnector } from '../port/connector.ts';
import { flowNeeds } from '../port/flow-needs.ts';
import { bearer, createHttpWays } from '../port/http-ways.ts';
import { serviceSteps } from './check.ts';
import { anyInstance, createServiceInstance, type ServiceClient } from './client.ts';

const addresses = ({ url, more }: ConfigOf<'service'>): readonly string[] => [url, ...more];

/** A service that tells health and metrics, instance by instance. */
export const serviceConnector = defineConnector({
  protocol: 'service',
  addresses,
  login: () => null,
  open: (config, parts) => {
    const { healthPath, metricsPath, tokenEnv } = config;
    const urls = addresses(config);
    const ways = createHttpWays(config, parts, {
      addresses: urls,
      headers: () => (tokenEnv === undefined ? {} : bearer(parts, tokenEnv)),
    });
    const opened = urls.map((url) => {
      const connection = ways.connect();
      return { connection, instance: createServiceInstance({ connection, url, healthPath, metricsPath }) };
    });
    const instances = opened.map(({ instance }) => instance);
    const client: ServiceClient = { system: parts.system.id, instances };
    return {
      client,
      state: () => opened.map(({ connection }) => connection.state()).reduce(anyInstance),
      // Each instance is asked: one that is well again must not stay behind its open circuit.
      check: async () => {
        const asked = await Promise.allSettled(instances.map((instance) => instance.health()));
        const refused = asked.filter((one) => one.status === 'rejected');
        if (refused.length === asked.length) throw refused[0]?.reason;
      },
      steps: () => [
        ...ways.network(),
        ...serviceSteps({
          connection: ways.connect(),
          urls,
          healthPath,
          metricsPath,
          hasToken: tokenEnv !== undefined,
        }),
      ],
      needs: { objects: [], folders: [], flows: flowNeeds(parts.landscape, parts.system.id).flows },
    };
  },
});
