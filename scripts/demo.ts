/**
 * `npm start`: builds the console when its sources changed, starts the demonstration landscape and Pult on free ports, prints
 * the address and the demo users. Everything ends with it; if Pult itself dies it is started again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { buildWeb } from './build-web.ts';
import { withElma3 } from './elma3-landscape.ts';
import { choosePort } from './free-port.ts';
import { type KafkaBroker, kafkaGap, lastKafkaPort, startKafka } from './kafka-broker.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const DATA = resolve(process.env.PULT_DATA_DIR ?? join(ROOT, '.data'));
const READY_LIMIT_MS = 180_000;
const PROBE_MS = 3_000;
const children = new Set<ChildProcess>();
let broker: KafkaBroker | null = null;
let stopping = false;

/** Bases of 1С by the beginning of their variables, and where each is below the address of the 1С server. */
const BASES = { UT: 'ut', BP: 'bp', ERP_1: 'erp-1', ERP_2: 'erp-2', ERP_3: 'erp-3', ZUP: 'zup', UH: 'uh' } as const;

const SECRETS = [
  ...Object.keys(BASES).map((base) => `${base}_ODATA_PASSWORD`),
  ...[...Object.keys(BASES), 'SITE', 'MARKET', 'ELMA', 'HRTEK', 'QC', 'GO_SERVICES', 'IMS3', 'NOTIFY', 'EDI'].map(
    (system) => `INTAKE_TOKEN_${system}`,
  ),
  'ELMA_TOKEN',
  'ELMA_PASSWORD',
  'ELMA_APPLICATION_TOKEN',
  'SITE_TOKEN',
  'MARKET_TOKEN',
  'ELMA_WEBHOOK_TOKEN',
  'OIDC_CLIENT_SECRET',
];

/** PULT_DEMO_ELMA=3: ELMA is an ELMA3 here, with a landscape that says so. */
const HAS_ELMA3 = process.env.PULT_DEMO_ELMA === '3';

function elma3Landscape(): string {
  const text = readFileSync(process.env.LANDSCAPE_FILE ?? join(ROOT, 'landscape.yaml'), 'utf8');
  const file = join(DATA, 'landscape-elma3.yaml');
  writeFileSync(file, withElma3(text));
  return file;
}

/** Made once per data folder, so that the stand and the database keep knowing each other. */
function credentials(): Record<string, string> {
  const file = join(DATA, 'credentials.json');
  const known = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>) : {};
  const all: Record<string, string> = {
    ...Object.fromEntries(Object.keys(BASES).map((base) => [`${base}_ODATA_USER`, 'pult-odata'])),
    OIDC_CLIENT_ID: 'pult',
    ELMA_USER: 'pult',
    ...known,
  };
  for (const name of SECRETS) all[name] ??= randomBytes(24).toString('base64url');
  writeFileSync(file, JSON.stringify(all, null, 2), { mode: 0o600 });
  return all;
}

function run(
  name: string,
  script: string,
  env: NodeJS.ProcessEnv,
  onExit: (code: number | null) => void,
): ChildProcess {
  const child = spawn(process.execPath, [join(ROOT, script)], { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'inherit'] });
  children.add(child);
  child.stdout?.on('data', (chunk: Buffer) => {
    if (process.env.PULT_DEMO_VERBOSE) process.stdout.write(`[${name}] ${chunk.toString()}`);
  });
  child.once('exit', (code) => {
    children.delete(child);
    onExit(code);
  });
  return child;
}

async function answers(url: string, deadline: number): Promise<void> {
  while (Date.now() < deadline) {
    // A process that is still starting may take a request and never answer it.
    const ok = await fetch(url, { signal: AbortSignal.timeout(PROBE_MS) }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    if (ok) return;
    await pause(150);
  }
  throw new Error(`${url} does not answer`);
}

async function stop(code: number): Promise<never> {
  stopping = true;
  const gone = [...children].map((child) => new Promise((done) => child.once('exit', done)));
  for (const child of children) child.kill('SIGTERM');
  await Promise.race([Promise.all(gone), pause(15_000)]);
  for (const child of children) child.kill('SIGKILL');
  // Last: those that use it have said good-bye to it.
  await broker?.stop();
  process.exit(code);
}

/**
 * Address of the bus: KAFKA_BROKERS, or a broker of this machine that comes up beside Pult, which does not wait for it.
 * Empty where there is neither: flows over the bus are shown as not connected.
 */
async function startBus(): Promise<string> {
  if (process.env.KAFKA_BROKERS !== undefined) return process.env.KAFKA_BROKERS;
  const gap = kafkaGap();
  if (gap !== undefined) {
    console.log(`Без шины / Without the bus: ${gap}.`);
    return '';
  }
  const dir = join(DATA, 'kafka');
  const port = await choosePort(process.env.PULT_PORT === '0' ? 0 : lastKafkaPort(dir) || 9092);
  const run = async (): Promise<void> => {
    broker = await startKafka({ dir, port, heapMb: 384, light: true });
    await broker.ended;
    if (stopping) return;
    console.error('The broker ended, starting it again.');
    await pause(1_000);
    await run();
  };
  run().catch((error: unknown) => {
    if (!stopping) console.error(error instanceof Error ? error.message : error);
  });
  return `127.0.0.1:${port}`;
}

async function main(): Promise<void> {
  mkdirSync(DATA, { recursive: true });
  const port = await choosePort(Number(process.env.PULT_PORT ?? 3000));
  const common = ['ONEC', 'ELMA', 'SITE', 'WORKERS', 'CONTROL', 'IDP', 'MARKET', 'BUS', 'EDI'] as const;
  const names = HAS_ELMA3 ? ([...common, 'ELMA3'] as const) : common;
  const ports: Record<string, number> = {};
  for (const [index, name] of names.entries())
    ports[name] = await choosePort(process.env.PULT_PORT === '0' ? 0 : 4101 + index);
  const at = (name: string) => `http://127.0.0.1:${ports[name]}`;
  const secrets = credentials();
  const url = `http://127.0.0.1:${port}`;
  const shared: NodeJS.ProcessEnv = {
    ...process.env,
    ...secrets,
    EDI_DIR: join(DATA, 'stand/edi'),
    PULT_URL: url,
    KAFKA_BROKERS: await startBus(),
  };
  for (const name of names) shared[`STAND_${name}_PORT`] = String(ports[name]);

  await buildWeb();
  run('stand', 'apps/stand/src/main.ts', { ...shared, STAND_DATA_DIR: join(DATA, 'stand') }, (code) => {
    if (!stopping) {
      console.error(`The stand ended (${code}).`);
      void stop(1);
    }
  });
  const startPult = (): void => {
    run(
      'pult',
      'apps/bff/src/main.ts',
      {
        ...shared,
        PULT_PORT: String(port),
        PULT_DATA_DIR: join(DATA, 'database'),
        OIDC_ISSUER: at('IDP'),
        ...Object.fromEntries(
          Object.entries(BASES).map(([variable, base]) => [`${variable}_URL`, `${at('ONEC')}/${base}`]),
        ),
        SITE_URL: at('SITE'),
        MARKET_URL: at('MARKET'),
        SERVICES_URL: at('BUS'),
        ELMA_URL: at(HAS_ELMA3 ? 'ELMA3' : 'ELMA'),
        ...(HAS_ELMA3 ? { LANDSCAPE_FILE: elma3Landscape() } : {}),
        LOG_LEVEL: process.env.LOG_LEVEL ?? 'warn',
        SESSION_IDLE_MINUTES: '720',
      },
      (code) => {
        if (stopping) return;
        if (code === 1 && !ready) void stop(1);
        else {
          console.error(`Pult ended (${code}), starting it again.`);
          setTimeout(startPult, 1_000);
        }
      },
    );
  };
  let ready = false;
  startPult();
  const deadline = Date.now() + READY_LIMIT_MS;
  await Promise.all([
    answers(`${url}/readyz`, deadline),
    answers(`${at('IDP')}/.well-known/openid-configuration`, deadline),
  ]);
  ready = true;
  const info = process.env.PULT_DEMO_INFO;
  if (info) {
    const text = {
      url,
      control: at('CONTROL'),
      onec: at('ONEC'),
      elma: at('ELMA'),
      site: at('SITE'),
      market: at('MARKET'),
      edi: at('EDI'),
      kafka: shared.KAFKA_BROKERS,
      credentials: secrets,
    };
    writeFileSync(`${info}.part`, JSON.stringify(text), { mode: 0o600 });
    renameSync(`${info}.part`, info);
  }
  console.log(`
  Пульт: ${url}          (стенд и сбои / stand and faults: ${at('CONTROL')})

  логин / login    роль / role                        пароль / password: demo
  manager          согласующий / manager
  manager2         второй согласующий / second manager
  ops, ops2        эксплуатация / operations
  analyst          аналитик / analyst
  admin            администратор / administrator

  Остановить: Ctrl-C / Stop: Ctrl-C
`);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => void stop(0));
main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  void stop(1);
});
