/**
 * A real Keycloak for trying the sign-in and for its tests: development mode on loopback, run by the Java of this machine
 * from the distribution that Maven fetches once into a git-ignored folder.
 */
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { choosePort } from './free-port.ts';
import { javaGap, outcomeOf, startOwned } from './java.ts';

const KEYCLOAK_VERSION = '26.7.3';
const ROOT = fileURLToPath(new URL('..', import.meta.url));
const TOOLS = join(ROOT, `.tools/keycloak-${KEYCLOAK_VERSION}`);
const REALM = join(ROOT, 'deploy/keycloak/realm.json');
/** The first start on a machine builds the server. */
const START_LIMIT_MS = 300_000;

/** Address and secrets of a Keycloak that runs. */
export interface Keycloak {
  readonly url: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Administrator of the master realm. */
  readonly admin: { readonly username: string; readonly password: string };
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

export interface KeycloakOptions {
  /** Any free one by default. */
  readonly port?: number;
  readonly clientSecret: string;
  readonly adminPassword: string;
  /** Address of the Pult that signs people in here; it is asked to end sessions at `<url>/auth/backchannel-logout`. */
  readonly pultUrl: string;
}

const isFetched = (): boolean => existsSync(join(TOOLS, 'bin/kc.sh'));

/** What this machine lacks for a Keycloak, as one sentence; undefined when nothing does. */
export const keycloakGap = (): string | undefined => javaGap('Keycloak', isFetched());

/** Fetches, unpacks and builds the distribution unless it is there. Several processes may do it at once: one folder wins. */
async function fetchDistribution(): Promise<void> {
  if (isFetched()) return;
  const part = `${TOOLS}.${process.pid}.part`;
  mkdirSync(part, { recursive: true });
  const steps: [string, string[]][] = [
    [
      'mvn',
      [
        '-q',
        '-B',
        'dependency:copy',
        `-Dartifact=org.keycloak:keycloak-quarkus-dist:${KEYCLOAK_VERSION}:zip`,
        '-DoutputDirectory=.',
      ],
    ],
    ['sh', ['-c', 'unzip -q *.zip || python3 -m zipfile -e *.zip . || bsdtar -xf *.zip']],
    ['sh', ['-c', 'chmod +x */bin/kc.sh && ./*/bin/kc.sh build --db=dev-mem --cache=local']],
  ];
  for (const [program, args] of steps) {
    const { code, output } = await outcomeOf(spawn(program, args, { cwd: part, stdio: ['ignore', 'pipe', 'pipe'] }));
    if (code === 0) continue;
    rmSync(part, { recursive: true, force: true });
    throw new Error(`Keycloak ${KEYCLOAK_VERSION} could not be fetched: ${output.trim().split('\n')[0] ?? ''}`);
  }
  try {
    renameSync(join(part, `keycloak-${KEYCLOAK_VERSION}`), TOOLS);
  } catch {
    if (!isFetched()) throw new Error(`${TOOLS} could not be made`);
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/**
 * Starts a Keycloak with the realm of deploy/keycloak. Its data is gone when it ends.
 * @throws Error with one sentence when the machine lacks something or the server does not come up
 */
export async function startKeycloak(options: KeycloakOptions): Promise<Keycloak> {
  const gap = keycloakGap();
  if (gap !== undefined) throw new Error(gap);
  await fetchDistribution();
  const port = options.port ?? (await choosePort(0));
  const home = mkdtempSync(join(tmpdir(), 'pult-keycloak-'));
  // Its home is written to: each run has one of its own around the same libraries.
  for (const part of ['lib', 'providers', 'themes']) symlinkSync(join(TOOLS, part), join(home, part));
  for (const part of ['bin', 'conf']) cpSync(join(TOOLS, part), join(home, part), { recursive: true });
  mkdirSync(join(home, 'data/import'), { recursive: true });
  const realm = readFileSync(REALM, 'utf8')
    .replaceAll('http://127.0.0.1:3000', options.pultUrl)
    .replaceAll(`\${OIDC_CLIENT_SECRET}`, options.clientSecret);
  writeFileSync(join(home, 'data/import/realm.json'), realm);
  const url = `http://127.0.0.1:${port}`;
  const command = [
    join(home, 'bin/kc.sh'),
    'start',
    '--optimized',
    '--http-enabled=true',
    '--hostname-strict=false',
    '--cache=local',
    '--http-host=127.0.0.1',
    `--http-port=${port}`,
    '--import-realm',
  ];
  const server = startOwned(command, {
    cwd: home,
    env: {
      ...process.env,
      KC_BOOTSTRAP_ADMIN_USERNAME: 'admin',
      KC_BOOTSTRAP_ADMIN_PASSWORD: options.adminPassword,
      JAVA_OPTS_KC_HEAP: '-Xmx512m -XX:MaxMetaspaceSize=256m',
      // It lives for minutes: compiling less is faster than compiling well.
      JAVA_OPTS_APPEND: '-XX:TieredStopAtLevel=1',
    },
  });
  const issuer = `${url}/realms/ekf`;
  const ready = (): Promise<boolean> =>
    fetch(`${issuer}/.well-known/openid-configuration`, { signal: AbortSignal.timeout(5_000) }).then(
      ({ ok }) => ok,
      () => false,
    );
  const deadline = Date.now() + START_LIMIT_MS;
  while (server.isRunning() && !(await ready())) {
    if (Date.now() > deadline) await server.kill();
    await pause(200);
  }
  const forget = (): void => rmSync(home, { recursive: true, force: true });
  if (!server.isRunning()) {
    forget();
    throw new Error(`Keycloak did not start: ${server.output().trim().slice(-600) || 'it said nothing'}`);
  }
  return {
    url,
    issuer,
    clientId: 'pult',
    clientSecret: options.clientSecret,
    admin: { username: 'admin', password: options.adminPassword },
    ended: server.ended,
    stop: async () => {
      await server.stop();
      forget();
    },
  };
}
