/**
 * Everything that must hold before a change lands, cheapest first: `node scripts/test-all.ts [part of a step's name…]`.
 * What needs the processors little goes beside what needs them; a step's output comes as a whole when it ends. At the end
 * a table of steps with their times, what this machine could not run and why (a failure under CI=true), and one line.
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.ts';
import { kafkaGap } from './kafka-broker.ts';
import { keycloakGap } from './keycloak-server.ts';
import { createStepRunner, endOnSignals, type Lane, type Result, type Step } from './step.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = `${ROOT}node_modules/.bin`;
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${BIN}:${process.env.PATH ?? ''}`,
  TZ: 'Europe/Moscow',
  FORCE_COLOR: '0',
};

const PACKAGES = ['packages/shared', 'apps/bff', 'apps/stand', 'apps/web', 'e2e', 'bench', 'scripts'];

function localPostgres(): string | undefined {
  for (let major = 20; major >= 15; major -= 1) {
    const folder = `/usr/lib/postgresql/${major}/bin`;
    if (existsSync(`${folder}/initdb`)) return folder;
  }
  return undefined;
}

const postgres = localPostgres();
const chromium = findChromium();

/** Suites that reach the database, whatever they are called and wherever they stand. */
const SQL_SUITES = ['related', 'apps/bff/src/platform/db/test-database.ts', '--run', '--project', 'node'];

const browser = {
  folder: 'e2e',
  ...(chromium && chromium !== 'playwright' ? { environment: { CHROMIUM_PATH: chromium } } : {}),
};
const chromiumGap = chromium
  ? undefined
  : 'no Chromium is installed (Debian: apt-get install chromium; elsewhere: npx playwright install chromium)';

/** Read the sources only, seconds each; both end-to-end steps serve the console that is built here. */
const reading: Lane[] = [
  PACKAGES.map((folder) => ({ name: `types ${folder}`, command: ['tsc', '--noEmit', '-p', folder] })),
  [
    { name: 'lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
    {
      name: 'architecture',
      command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'apps', 'packages', 'e2e', 'bench', 'scripts'],
    },
    { name: 'unused code', command: ['knip'] },
    { name: 'web build', command: ['node', 'scripts/build-web.ts'] },
  ],
];

const units: Step = {
  name: 'unit and integration, bundled PostgreSQL 18',
  command: ['vitest', 'run', '--project', 'node', '--project', 'web'],
};

const secondServer: Step = {
  name: 'integration on the system PostgreSQL',
  command: ['node', 'scripts/with-system-postgres.ts', 'vitest', ...SQL_SUITES],
  ...(postgres ? { environment: { SYSTEM_POSTGRES_BIN: postgres, SECOND_DATABASE_SERVER: '1' } } : {}),
  gap: postgres ? undefined : 'no PostgreSQL 15 or newer is installed (Debian: apt-get install postgresql)',
};

const bus: Step = {
  name: 'the bus on a real Kafka broker',
  command: ['vitest', 'run', '--project', 'kafka'],
  gap: process.env.KAFKA_BROKERS ? undefined : kafkaGap(),
};

const signIn: Step = {
  name: 'sign-in through a real Keycloak in a browser',
  ...browser,
  command: ['playwright', 'test', '--config', 'keycloak/playwright.config.ts'],
  gap: keycloakGap() ?? chromiumGap,
};

const journeys: Step = {
  name: 'end to end in a browser',
  ...browser,
  command: ['playwright', 'test'],
  gap: chromiumGap,
};

/**
 * Lanes of a stage go beside each other; a stage begins when the one before has ended. Units and journeys take both processors
 * of a small machine, so each has a stage of its own; the broker and Keycloak wait for time-outs half of their time.
 */
const STAGES: readonly (readonly Lane[])[] = [reading, [[units]], [[secondServer, signIn], [bus]], [[journeys]]];

const only = process.argv.slice(2);
const isWanted = ({ name }: Step): boolean => only.length === 0 || only.some((part) => name.includes(part));
const wanted = STAGES.map((lanes) => lanes.map((lane) => lane.filter(isWanted)));
const steps = wanted.flat(2);
if (steps.length === 0) {
  const names = STAGES.flat(2).map(({ name }) => name);
  console.error(`no step is named ${only.join(', ')}; there are: ${names.join('; ')}`);
  process.exit(2);
}

endOnSignals();
const runner = createStepRunner({ root: ROOT, env, live: steps.length === 1 });
const results: Result[] = [];
const startedAt = performance.now();
for (const lanes of wanted) results.push(...(await runner.runLanes(lanes)));

const having = (outcome: Result['outcome']): number => results.filter((result) => result.outcome === outcome).length;
console.log('\n');
for (const { name, outcome, seconds, note } of results)
  console.log(`${outcome.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${name}${note ? ` — ${note}` : ''}`);
const skipped = having('skipped') > 0 ? `, ${having('skipped')} skipped` : '';
const took = ((performance.now() - startedAt) / 1000).toFixed(0);
console.log(`\n${having('passed')} passed, ${having('failed')} failed${skipped} in ${took} s`);
process.exit(having('failed') > 0 ? 1 : 0);
