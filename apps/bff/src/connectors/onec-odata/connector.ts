import { createOnecServicesClient } from '../onec-http/client.ts';
import { jointState } from '../port/connection-health.ts';
import { type ConfigOf, defineConnector } from '../port/connector.ts';
import { createHttpWays, secretOf } from '../port/http-ways.ts';
import { onecSteps } from './check.ts';
import { createOnecClient } from './client.ts';
import { onecNeeds } from './needs.ts';
import { verifyInBase } from './verify.ts';

const addresses = ({ url, servicesUrl }: ConfigOf<'onec-odata'>): readonly string[] =>
  servicesUrl === undefined ? [url] : [url, servicesUrl];

/** A 1С base: OData, and HTTP services beside it where the landscape names them. */
export const onecConnector = defineConnector({
  protocol: 'onec-odata',
  addresses,
  login: () => ({}),
  open: (config, parts) => {
    const { landscape, system } = parts;
    const { url, servicesUrl } = config;
    const user = secretOf(parts, config.userEnv);
    const password = secretOf(parts, config.passwordEnv);
    const ways = createHttpWays(config, parts, {
      addresses: addresses(config),
      // UTF-8 on purpose: 1С behind IIS refuses credentials in cp1251.
      headers: () => ({ authorization: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}` }),
    });
    const data = ways.connect();
    const client = createOnecClient({ connection: data, url });
    const beside = servicesUrl === undefined ? null : ways.connect('services');
    const services =
      beside === null || servicesUrl === undefined
        ? null
        : createOnecServicesClient({ connection: beside, url: servicesUrl });
    const needs = onecNeeds(landscape, system.id, config);
    const { sets, optionalSets, questions } = needs;
    return {
      client,
      state: () => (beside === null ? data.state() : jointState(data.state(), beside.state())),
      check: async () => {
        // The service document: readable with any rights, empty composition included.
        await client.fetch('');
        await services?.check();
      },
      steps: () => [
        ...ways.network(),
        ...onecSteps({
          connection: data,
          url,
          servicesUrl: servicesUrl ?? null,
          user,
          hasPassword: password !== '',
          sets,
          optionalSets,
          questions,
          services: needs.services,
        }),
      ],
      needs: { objects: [...sets, ...optionalSets, ...needs.services], folders: [], flows: needs.flows },
      ...(services === null ? {} : { ask: services.ask }),
      verify: (question, subject) => verifyInBase(client, question, subject),
    };
  },
});
