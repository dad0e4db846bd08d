import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { ROLES } from '@pult/shared/domain/identity/permissions';
import { expect, it } from 'vitest';
import { parseDocument, type ScalarTag } from 'yaml';
import { z } from 'zod';
import { environmentSchema } from './environment.ts';
import { withSecretFiles } from './secret-files.ts';
import { parseYaml } from './yaml-file.ts';

/** The examples in deploy/ against what the code reads: a container engine is not needed to see a wrong name. */

const ROOT = fileURLToPath(new URL('../../../../../', import.meta.url));
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
/** `!reset` of Compose: takes away what the file before it says. */
const reset: ScalarTag = { tag: '!reset', resolve: () => null };
const duration = z.string().regex(/^(\d+(ms|s|m|h))+$/);
/** What these files say, in the words of the Compose specification; an unknown key is a slip of the pen. */
const service = z.strictObject({
  image: z
    .string()
    .regex(/^[a-z0-9./-]+:[0-9][\w.-]*$/, 'an image with a version')
    .optional(),
  build: z.strictObject({ context: z.string(), dockerfile: z.string() }).optional(),
  profiles: z.array(z.string()).optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
  entrypoint: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), z.union([z.string(), z.number()])).optional(),
  env_file: z.array(z.string()).optional(),
  volumes: z.array(z.string()).optional(),
  ports: z.array(z.string().regex(/^\d+:\d+$/)).nullish(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']) }),
    )
    .optional(),
  healthcheck: z
    .strictObject({
      test: z.tuple([z.enum(['CMD', 'CMD-SHELL'])]).rest(z.string()),
      interval: duration.optional(),
      start_period: duration.optional(),
      retries: z.number().int().optional(),
    })
    .optional(),
  stop_grace_period: duration.optional(),
  deploy: z.strictObject({ replicas: z.number().int() }).optional(),
});
const composeFile = z.strictObject({
  services: z.record(z.string(), service),
  volumes: z.record(z.string(), z.null()).optional(),
});
type Service = z.output<typeof service>;
function compose(name: string): z.output<typeof composeFile> {
  const document = parseDocument(text(`deploy/${name}`), {
    customTags: [reset, { ...reset, collection: 'seq', resolve: (node: unknown) => node } as never],
  });
  expect(document.errors).toEqual([]);
  return composeFile.parse(document.toJS());
}
const FILES = ['compose.yaml', 'compose.instances.yaml'] as const;
const services = (): [string, Service][] => FILES.flatMap((name) => Object.entries(compose(name).services));

/** Variables of the landscape: in its addresses, and by name of a connector or an intake key. */
const OF_LANDSCAPE = new Set(
  [
    ...text('landscape.yaml')
      .replace(/#.*$/gm, '')
      .matchAll(/\$\{([A-Z0-9_]+)|[A-Za-z]+Env: "?([A-Z][A-Z0-9_]*)/g),
  ].map(([, variable, named]) => variable ?? named),
);
const OF_PULT = new Set([...Object.keys(environmentSchema.shape), 'KAFKA_BROKERS']);
/** Read by Compose for the other services of the file. */
const variablesOf = (name: string): Set<string> =>
  new Set([...text(name).matchAll(/\$\{([A-Z0-9_]+)/g)].map(([, variable = '']) => variable));
const OF_COMPOSE = new Set(FILES.flatMap((name) => [...variablesOf(`deploy/${name}`)]));
const EXAMPLE = new Map(
  text('deploy/example.env')
    .split('\n')
    .flatMap((line) => {
      const [, name, value = ''] = /^([A-Z][A-Z0-9_]*)=(.*)$/.exec(line) ?? [];
      return name === undefined ? [] : [[name, value] as const];
    }),
);

it('names no variable in the example that nothing reads', () => {
  const unread = [...EXAMPLE.keys()].filter(
    (name) => !OF_PULT.has(name) && !OF_LANDSCAPE.has(name) && !OF_COMPOSE.has(name),
  );
  expect(unread).toEqual([]);
});

it('names every secret and address of the landscape in the example, and all that must be set', () => {
  const required = Object.keys(environmentSchema.shape).filter(
    (name) =>
      !environmentSchema.safeParse({ OIDC_ISSUER: 'https://i', OIDC_CLIENT_SECRET: 's', [name]: undefined }).success,
  );
  expect(required.length).toBeGreaterThan(0);
  expect([...OF_LANDSCAPE, ...OF_COMPOSE, ...required].filter((name) => !EXAMPLE.has(name ?? ''))).toEqual([]);
});

it('gives Pult no variable that it does not read, and values that it takes', () => {
  const given = services().flatMap(([name, { environment }]) =>
    name === 'pult' ? Object.entries(environment ?? {}) : [],
  );
  expect(given.map(([name]) => name).filter((name) => !OF_PULT.has(name))).toEqual([]);
  const image = [...text('deploy/Dockerfile').matchAll(/\b([A-Z][A-Z_]+)=(\S+)/g)].map(([, name = '', value]) => [
    name,
    value,
  ]);
  const parsed = environmentSchema.safeParse({
    ...Object.fromEntries([...EXAMPLE].filter(([, value]) => value !== '')),
    OIDC_CLIENT_SECRET: 'secret',
    ...Object.fromEntries(image),
    ...Object.fromEntries(given.map(([name, value]) => [name, String(value).replace(/\$\{\w+\}/, 'p')])),
  });
  expect(parsed.error?.issues).toBeUndefined();
  // Behind the port mapping of the container, not on its loopback.
  expect(parsed.data).toMatchObject({ PULT_HOST: '0.0.0.0', PULT_PORT: 3000 });
});

it('mounts, builds and depends on what is there', () => {
  const all = services();
  const names = new Set(all.map(([name]) => name));
  const kept = new Set(Object.keys(compose('compose.yaml').volumes ?? {}));
  for (const [name, service] of all) {
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':');
      expect(from.startsWith('.') ? existsSync(join(ROOT, 'deploy', from)) : kept.has(from), `${name}: ${volume}`).toBe(
        true,
      );
    }
    for (const [other, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(names.has(other), `${name}: ${other}`).toBe(true);
      // Waiting for the health of a service that says nothing of it never ends.
      if (condition === 'service_healthy')
        expect(
          all.some(([own, { healthcheck }]) => own === other && healthcheck),
          `${name}: ${other}`,
        ).toBe(true);
    }
    if (service.build)
      expect(existsSync(join(ROOT, 'deploy', service.build.context, service.build.dockerfile))).toBe(true);
  }
});

it('makes the topics of the landscape on the Kafka to try, which makes none by itself', () => {
  const { kafka, 'kafka-topics': maker } = compose('compose.yaml').services;
  expect(kafka?.environment?.KAFKA_AUTO_CREATE_TOPICS_ENABLE).toBe('false');
  expect(maker).toMatchObject({
    image: kafka?.image,
    restart: 'no',
    depends_on: { kafka: { condition: 'service_healthy' } },
  });
  const env = { KAFKA_BROKERS: 'kafka:9092' };
  const file = parseYaml(text('landscape.yaml'), { file: 'landscape.yaml', schema: landscapeFile, env });
  const bus = file.systems.flatMap(({ connector }) => (connector?.protocol === 'kafka' ? [connector] : []));
  const wanted = [
    ...bus.flatMap(({ eventTopics }) => eventTopics.map(({ topic }) => topic)),
    ...file.flows.flatMap(({ topics, consumers }) => [
      ...topics,
      ...consumers.flatMap(({ retryTopic, deadLetterTopic }) => [retryTopic, deadLetterTopic]),
    ]),
  ].filter((topic) => topic !== undefined);
  expect(wanted.length).toBeGreaterThan(8);
  expect(String(maker?.environment?.TOPICS).split(/\s+/).sort()).toEqual([...new Set(wanted)].sort());
});

it('starts and copies in the image only what the repository has', () => {
  const dockerfile = text('deploy/Dockerfile');
  const copied = [...dockerfile.matchAll(/^COPY --from=build (.+) \S+$/gm)].flatMap(([, from = '']) => from.split(' '));
  const missing = copied
    .map((path) => path.replace(/^\/pult\//, ''))
    .filter((path) => path !== 'apps/web/dist' && !existsSync(join(ROOT, path)));
  expect(missing).toEqual([]);
  const [, command = '[]'] = /^CMD (.+)$/m.exec(dockerfile) ?? [];
  const [program, script] = JSON.parse(command) as string[];
  expect(program).toBe('node');
  expect(existsSync(join(ROOT, script ?? ''))).toBe(true);
});

it('asks for health where Pult answers, and leads the proxy to the port of the image', () => {
  const { pult } = compose('compose.yaml').services;
  const port = /PULT_PORT=(\d+)/.exec(text('deploy/Dockerfile'))?.[1];
  expect(pult?.healthcheck?.test.join(' ')).toContain(`http://127.0.0.1:${port}/readyz`);
  expect(text('deploy/proxy.conf')).toContain(`server pult:${port} `);
});

it('describes every variable of Pult in the documentation', () => {
  const documented = text('docs/operations.md');
  expect([...OF_PULT].filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
});

it('takes every variable from a file as well', () => {
  const file = join(ROOT, 'deploy/proxy.conf');
  const names = [...new Set([...OF_PULT, ...OF_LANDSCAPE])].filter((name) => name !== undefined);
  const { values, issues } = withSecretFiles(Object.fromEntries(names.map((name) => [`${name}_FILE`, file])));
  expect(issues).toEqual([]);
  expect(names.filter((name) => !values[name])).toEqual([]);
});

it('tries the versions of Kafka and Keycloak that the tests run on, and the Node.js of the project', () => {
  const { kafka, keycloak } = compose('compose.yaml').services;
  const tested = (script: string, name: string) => new RegExp(`${name} = '([^']+)'`).exec(text(script))?.[1] ?? script;
  expect(kafka?.image).toBe(`apache/kafka:${tested('scripts/kafka-broker.ts', 'KAFKA_VERSION')}`);
  const [major, minor] = tested('scripts/keycloak-server.ts', 'KEYCLOAK_VERSION').split('.');
  expect(keycloak?.image).toBe(`quay.io/keycloak/keycloak:${major}.${minor}`);
  const node = /^\s+node: (\d+)\./m.exec(text('pnpm-workspace.yaml'))?.[1];
  expect([...text('deploy/Dockerfile').matchAll(/^FROM node:(\d+)-/gm)].map(([, version]) => version)).toEqual([
    node,
    node,
  ]);
});

it('imports a realm that leads back to Pult', () => {
  const realm = JSON.parse(text('deploy/keycloak/realm.json')) as {
    realm: string;
    clients: { clientId: string; secret: string; redirectUris: string[] }[];
    roles: { client: Record<string, { name: string }[]> };
  };
  const { keycloak } = compose('compose.yaml').services;
  expect(keycloak?.command).toContain('--import-realm');
  expect(keycloak?.volumes).toEqual(['./keycloak:/opt/keycloak/data/import:ro']);
  const [client] = realm.clients;
  expect(client?.clientId).toBe(EXAMPLE.get('OIDC_CLIENT_ID'));
  // Filled in from the environment of the container, which gets it from the same variable as Pult.
  expect(client?.secret).toMatch(/^\$\{OIDC_CLIENT_SECRET\}$/);
  expect(keycloak?.environment?.OIDC_CLIENT_SECRET).toMatch(/^\$\{OIDC_CLIENT_SECRET:-\}$/);
  expect(client?.redirectUris.map((url) => new URL(url).pathname)).toEqual(['/auth/callback']);
  expect(realm.roles.client.pult?.map(({ name }) => name).sort()).toEqual([...ROLES].sort());
  expect(text('docs/operations.md')).toContain(`http://keycloak:8080/realms/${realm.realm}`);
});
