import { type ConfigOf, type ConnectorParts, defineConnector } from '../port/connector.ts';
import { circuitOf, secretOf } from '../port/http-ways.ts';
import { networkOfAll } from '../port/network-of-all.ts';
import { networkTarget } from '../port/network-steps.ts';
import { kafkaSteps } from './check.ts';
import { createKafkaClient } from './client.ts';
import { busNeeds } from './needs.ts';
import { redrive } from './redrive.ts';
import { readTlsFiles } from './tls-files.ts';

/** The bus. */
export const kafkaConnector = defineConnector({
  protocol: 'kafka',
  addresses: () => [],
  login: ({ userEnv }) => (userEnv === undefined ? null : {}),
  open: (config, parts) => {
    const { landscape, system, secrets, clock } = parts;
    const { brokers, tls } = config;
    const tlsFiles = readTlsFiles(config, secrets);
    const client = createKafkaClient({ ...circuitOf(parts), tlsFiles, config, secrets });
    const { topics, groups, flows } = busNeeds(landscape, system.id, config);
    const targets = brokers.map((one) => ({ ...networkTarget(`http://${one}`), encrypted: tls }));
    const rights = [
      ...groups.map(({ right, group }) => `${right} group ${group}`),
      ...topics.map(({ right, topic }) => `${right} topic ${topic}`),
    ];
    return {
      client,
      state: client.state,
      check: client.check,
      steps: () => [
        ...networkOfAll({ targets, needed: 'any', timeoutMs: config.limits.timeoutMs, clock, tls: tlsFiles }),
        ...kafkaSteps({
          connect: () => createKafkaClient({ system: system.id, clock, tlsFiles, config, secrets }),
          brokers,
          tls,
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
