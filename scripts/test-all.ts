/**
 * Everything that must hold before a change lands, cheapest first. Prints a table of steps with their times, what this
 * machine could not run and why (a failure under CI=true), and one closing line.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { findChromium } from './chromium.ts';
import { kafkaGap } from './kafka-broker.ts';
import { keycloakGap } from './keycloak-server.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const BIN = `${ROOT}node_modules/.bin`;
const env: NodeJS.ProcessEnv = {
  ...process.env,
  PATH: `${BIN}:${process.env.PATH ?? ''}`,
  TZ: 'Europe/Moscow',
  FORCE_COLOR: '0',
};

interface Step {
  readonly name: string;
  readonly command: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Folder below the root; the root itself by default. */
  readonly folder?: string;
  /** Why the step cannot run here; undefined when it can. */
  readonly gap?: string | undefined;
}

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

const steps: Step[] = [
  ...PACKAGES.map((folder) => ({ name: `types ${folder}`, command: ['tsc', '--noEmit', '-p', folder] })),
  { name: 'lint', command: ['biome', 'check', '--error-on-warnings', '.'] },
  {
    name: 'architecture',
    command: ['depcruise', '--config', '.dependency-cruiser.mjs', 'apps', 'packages', 'e2e', 'bench', 'scripts'],
  },
  { name: 'unused code', command: ['knip'] },
  {
    name: 'unit and integration, bundled PostgreSQL 18',
    command: ['vitest', 'run', '--project', 'node', '--project', 'web'],
  },
  {
    name: 'the bus on a real Kafka broker',
    command: ['vitest', 'run', '--project', 'kafka'],
    gap: process.env.KAFKA_BROKERS ? undefined : kafkaGap(),
  },
  {
    name: 'integration on the system PostgreSQL',
    command: [
      'node',
      'scripts/with-system-postgres.ts',
      'vitest',
      'run',
      '--project',
      'node',
      'apps/bff/src/modules',
      'apps/bff/src/platform/db/migrate',
    ],
    ...(postgres ? { environment: { SYSTEM_POSTGRES_BIN: postgres } } : {}),
    gap: postgres ? undefined : 'no PostgreSQL 15 or newer is installed (Debian: apt-get install postgresql)',
  },
  { name: 'web build', command: ['vite', 'build', '--config', 'vite.config.ts', '--logLevel', 'warn'] },
  {
    name: 'end to end in a browser',
    folder: 'e2e',
    command: ['playwright', 'test'],
    ...(chromium && chromium !== 'playwright' ? { environment: { CHROMIUM_PATH: chromium } } : {}),
    gap: chromium
      ? undefined
      : 'no Chromium is installed (Debian: apt-get install chromium; elsewhere: npx playwright install chromium)',
  },
  {
    name: 'sign-in through a real Keycloak in a browser',
    folder: 'e2e',
    command: ['playwright', 'test', '--config', 'keycloak/playwright.config.ts'],
    ...(chromium && chromium !== 'playwright' ? { environment: { CHROMIUM_PATH: chromium } } : {}),
    gap: keycloakGap() ?? (chromium ? undefined : 'no Chromium is installed (Debian: apt-get install chromium)'),
  },
];

const run = (step: Step): Promise<boolean> =>
  new Promise((resolve) => {
    const [program = '', ...rest] = step.command;
    const cwd = `${ROOT}${step.folder ?? ''}`;
    // A program of a package (playwright) stands in the package's own bin folder.
    const PATH = step.folder ? `${cwd}/node_modules/.bin:${env.PATH}` : env.PATH;
    const child = spawn(program, rest, { cwd, env: { ...env, PATH, ...step.environment }, stdio: 'inherit' });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });

const only = process.argv.slice(2);
const results: { name: string; outcome: 'passed' | 'failed' | 'skipped'; seconds: number; note: string }[] = [];
for (const step of steps) {
  if (only.length > 0 && !only.some((part) => step.name.includes(part))) continue;
  if (step.gap) {
    const outcome = env.CI === 'true' ? 'failed' : 'skipped';
    results.push({ name: step.name, outcome, seconds: 0, note: step.gap });
    continue;
  }
  console.log(`\n── ${step.name}`);
  const startedAt = performance.now();
  const passed = await run(step);
  results.push({
    name: step.name,
    outcome: passed ? 'passed' : 'failed',
    seconds: (performance.now() - startedAt) / 1000,
    note: '',
  });
}

if (results.length === 0) {
  console.error(`no step is named ${only.join(', ')}; there are: ${steps.map(({ name }) => name).join('; ')}`);
  process.exit(2);
}
const count = (outcome: string): number => results.filter((result) => result.outcome === outcome).length;
console.log('\n');
for (const { name, outcome, seconds, note } of results)
  console.log(
    `${outcome.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s  ${name}${note ? ` — not run here: ${note}` : ''}`,
  );
console.log(
  `\n${count('passed')} passed, ${count('failed')} failed${count('skipped') > 0 ? `, ${count('skipped')} skipped` : ''}`,
);
process.exit(count('failed') > 0 ? 1 : 0);
