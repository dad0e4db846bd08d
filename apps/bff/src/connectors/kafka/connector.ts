import { type ConfigOf, type ConnectorParts, defineConnector } from '../port/connector.ts';
import { circuitOf, secretOf } from '../port/http-ways.ts';
import { networkOfAll } from '../port/network-of-all.ts';
import { networkTarget } from '../port/network-steps.ts';
import { kafkaSteps } from './check.ts';
import { createKafkaClient } from './client.ts';
import { busNeeds } from './needs.ts';
import { redrive } from './redrive.ts';
import { createTlsSource } from './tls-source.ts';

/** The bus. */
export const kafkaConnector = defineConnector({
  protocol: 'kafka',
  addresses: () => [],
  login: ({ userEnv }) => (userEnv === undefined ? null : {}),
  open: (config, parts) => {
    const { landscape, system, secrets, clock, log } = parts;
    const { brokers } = config;
    const tls = createTlsSource(log === undefined ? { config, secrets } : { config, secrets, log });
    const client = createKafkaClient({ ...circuitOf(parts), tls, config, secrets });
    const { topics, groups, flows } = busNeeds(landscape, system.id, config);
    const targets = brokers.map((one) => ({ ...networkTarget(`http://${one}`), encrypted: config.tls }));
    const rights = [
      ...groups.map(({ right, group }) => `${right} group ${group}`),
      ...topics.map(({ right, topic }) => `${right} topic ${topic}`),
    ];
    return {
      client,
      state: client.state,
      check: client.check,
      steps: () => [
        ...networkOfAll({ targets, needed: 'any', timeoutMs: config.limits.timeoutMs, clock, tls: tls.files() }),
        ...kafkaSteps({
          connect: () => createKafkaClient({ system: system.id, clock, tls, config, secrets }),
          brokers,
          tls: config.tls,
          certificate: config.certFile !== undefined,
          login: loginOf(config, parts),
          groups,
          topics,
        }),
      ],
      needs: { objects: rights, folders: [], flows },
      redrive: (request) => redrive(client, request),
      close: client.close,
    };
  },
});

const loginOf = ({ userEnv, passwordEnv, sasl }: ConfigOf<'kafka'>, parts: Pick<ConnectorParts, 'secrets'>) =>
  userEnv === undefined
    ? null
    : { user: secretOf(parts, userEnv), hasPassword: secretOf(parts, passwordEnv) !== '', mechanism: sasl };
