/** Composition root: reads the configuration, wires platform, connectors and modules, starts, and ends gracefully. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type LandscapeFile, landscapeFile } from '@pult/shared/contracts/landscape-file';
import { ENDPOINTS } from '@pult/shared/contracts/table';
import { readOverview } from './connectors/kafka/overview.ts';
import { assertTlsFiles } from './connectors/kafka/tls-files.ts';
import { createLoginLedger } from './connectors/port/login-ledger.ts';
import { createConnectors } from './connectors/registry.ts';
import { createAnalyticsModule } from './modules/analytics/index.ts';
import { createApprovalsModule, undelivered } from './modules/approvals/index.ts';
import { createAuditModule } from './modules/audit/index.ts';
import { createIdentityModule } from './modules/identity/index.ts';
import { createLandscapeModule } from './modules/landscape/index.ts';
import { busTopicsOf, createMessagesModule } from './modules/messages/index.ts';
import { createOperationsModule } from './modules/operations/index.ts';
import { createSlaModule } from './modules/sla/index.ts';
import { PULT } from './platform/actor.ts';
import { systemClock } from './platform/clock.ts';
import {
  configProblemLines,
  type Environment,
  gatherProblems,
  readEnvironment,
} from './platform/config/environment.ts';
import { withSecretFiles } from './platform/config/secret-files.ts';
import { loadYamlFile } from './platform/config/yaml-file.ts';
import { openDatabase } from './platform/db/database.ts';
import { startEmbeddedDatabase } from './platform/db/embedded.ts';
import { migrate } from './platform/db/migrate.ts';
import { createApp } from './platform/http/app.ts';
import { notReadyYet } from './platform/http/not-ready-yet.ts';
import { startLeader } from './platform/jobs/leader.ts';
import { createTicker } from './platform/jobs/ticker.ts';
import { createFanOut } from './platform/live/fan-out.ts';
import { createLive, type Live, type LiveServer } from './platform/live/live.ts';
import { createLogger } from './platform/telemetry/logger.ts';
import { addLeaderMetric, addPoolMetrics, createMetrics } from './platform/telemetry/metrics.ts';
import { probes } from './platform/telemetry/probes.ts';
import { addWorkGauges } from './work-gauges.ts';

const VERSION = '0.1.0';
const DEFAULT_LANDSCAPE = fileURLToPath(new URL('../../../landscape.yaml', import.meta.url));
const DEFAULT_WEB = fileURLToPath(new URL('../../web/dist', import.meta.url));
const DRAIN_LIMIT_MS = 15_000;
const DAY_MS = 86_400_000;
/** The house calendar is kept in Moscow time, UTC+3 all year. */
const MOSCOW_OFFSET_MS = 3 * 3_600_000;

/** What the environment and the landscape file say, and the secrets that they name. */
interface Configuration {
  readonly env: Environment;
  readonly landscape: LandscapeFile;
  readonly landscapePath: string;
  readonly secrets: Readonly<Record<string, string | undefined>>;
}

/** Reads both sources and throws one `config.invalid` with the mistakes of both. */
async function readConfiguration(): Promise<Configuration> {
  const secrets = withSecretFiles(process.env);
  const landscapePath = secrets.values.LANDSCAPE_FILE || DEFAULT_LANDSCAPE;
  const [env, landscape] = await gatherProblems(
    [
      async () => readEnvironment(secrets.values),
      async () => {
        const file = await loadYamlFile(landscapePath, { schema: landscapeFile, env: secrets.values });
        assertTlsFiles(file, secrets.values);
        return file;
      },
    ],
    secrets.issues,
  );
  return { env, landscape, landscapePath, secrets: secrets.values };
}

async function start({ env, landscape, landscapePath, secrets }: Configuration): Promise<void> {
  const log = createLogger({ level: env.LOG_LEVEL });
  const metrics = createMetrics({ process: true });
  const clock = systemClock;
  const fileHash = createHash('sha256')
    .update(await readFile(landscapePath))
    .digest('hex')
    .slice(0, 12);
  for (const { id, connector } of landscape.systems) {
    const names = Object.entries(connector ?? {}).filter(([field]) => field.endsWith('Env'));
    const missing = names.map(([, name]) => String(name)).filter((name) => !secrets[name]);
    if (missing.length > 0)
      log.warn({ system: id, missing }, 'the connector has no credentials: its requests will be refused');
  }
  const flows = new Map(landscape.flows.map((flow) => [flow.id, flow]));

  const embedded =
    env.DATABASE_URL === undefined
      ? await startEmbeddedDatabase({
          dir: env.PULT_DATA_DIR,
          onEvent: (event, detail) =>
            log[event === 'started' ? 'info' : 'error']({ ...detail, event }, 'bundled database'),
        })
      : null;
  const databaseUrl = env.DATABASE_URL ?? embedded?.url ?? '';
  const applied = await migrate(databaseUrl);
  if (applied.length > 0) log.info({ migrations: applied }, 'schema is up to date');
  const {
    db,
    pool,
    close: closeDatabase,
  } = openDatabase(databaseUrl, {
    max: env.DATABASE_POOL,
    onIdleError: ({ message }) => log.warn({ message }, 'an idle database connection was lost'),
  });
  addPoolMetrics(metrics, pool);

  let draining = false;
  const isDraining = (): boolean => draining;
  const leader = startLeader({ url: databaseUrl, log });
  addLeaderMetric(metrics, leader.isLeading);
  const ticker = createTicker({ log, metrics, leader });
  // The live channel takes over the listeners that are there when it attaches; one added later would answer its requests too.
  const door: { handle: RequestListener } = { handle: notReadyYet };
  const server = createServer((request, response) => door.handle(request, response));
  const publicUrl = await listen(server, env);

  const late: { live: Live & Partial<LiveServer> } = { live: { announce: () => undefined } };
  const identity = createIdentityModule({
    db,
    clock,
    log,
    provider: {
      issuer: env.OIDC_ISSUER,
      clientId: env.OIDC_CLIENT_ID,
      clientSecret: env.OIDC_CLIENT_SECRET,
      clientAuth: env.OIDC_CLIENT_AUTH,
      scope: env.OIDC_SCOPE,
      rolesClaims: env.OIDC_ROLES_CLAIM,
      roleMap: env.OIDC_ROLE_MAP,
      publicUrl,
    },
    limits: {
      idleMs: env.SESSION_IDLE_MINUTES * 60_000,
      maxMs: env.SESSION_MAX_MINUTES * 60_000,
      checkMs: env.SESSION_ROLES_SECONDS * 1_000,
      staleMs: env.SESSION_STALE_ROLES_MINUTES * 60_000,
    },
    loginsPerMinute: env.LOGINS_PER_MINUTE,
    onSessionEnd: (sessionId) => late.live.endSession?.(sessionId),
    onRolesChange: (sessionId) => late.live.refreshSession?.(sessionId),
  });
  await identity.seedCredentials(secrets);
  const live: LiveServer = createLive({
    server,
    gatekeeper: identity.gatekeeper,
    log,
    metrics,
    publicUrl,
    clock,
    numbersOf: (actor) => landscapeModule.counters(actor),
    fanOut: createFanOut({ url: databaseUrl, pool, log, onGap: () => live.lookAgain() }),
  });
  late.live = live;

  const logins = createLoginLedger(db);
  const connectors = createConnectors({
    landscape,
    secrets,
    clock,
    logins,
    log,
    originals: (of) => messages.originals(of),
  });
  connectors.onCircuit(({ system, to }) => {
    log.warn({ system, circuit: to }, 'circuit changed');
    live.announce('sources', [system]);
    live.announce('landscape');
    live.announce('messages');
  });
  const downSince = (systemId: string): number | null =>
    connectors.state(systemId)?.downSince ?? landscapeModule.bus.downSince(systemId);

  const audit = createAuditModule({ db });
  const sla = createSlaModule({ db, clock });
  const approvals = createApprovalsModule({
    db,
    sla,
    connectors,
    landscape,
    live,
    clock,
    log,
    carried: (of) => messages.decisions(of),
  });
  const busId = connectors.systemsWith('kafka')[0];
  const busClient = busId === undefined ? null : connectors.kafka(busId);
  const messages = createMessagesModule({
    log,
    ...(busClient
      ? { bus: { client: busClient, topics: busTopicsOf(busClient.system, busClient.config, flows) } }
      : {}),
    db,
    flows,
    clock,
    live,
    metrics,
    downSince,
    withoutConsumer: (flowId: string, consumer: string) => landscapeModule.bus.withoutConsumer(flowId, consumer),
    approvalOf: async ({ ref, number }) => {
      const [row] = await approvals.findByDocument({ ref, number }, PULT);
      return row
        ? {
            id: row.id,
            number: row.document.number,
            kind: row.kind,
            state: row.state,
            verdict: row.decision?.undone ? null : (row.decision?.verdict ?? null),
            deviationMax: row.deviationMax,
            clock: row.clock,
          }
        : null;
    },
    operationsOf: (ids) => operations.mentionsOf(ids),
    registersOf: (deliveryId) => landscapeModule.registersOf(deliveryId),
    files: {
      systems: landscape.systems.flatMap(({ id, connector }) =>
        connector?.protocol === 'files' ? [{ id, pollMs: connector.limits.pollMs }] : [],
      ),
      client: connectors.files,
    },
  });
  const operations = createOperationsModule({
    db,
    book: messages.book,
    connectors,
    landscape,
    maintenanceUntil: (flow) => landscapeModule.maintenanceUntil(flow),
    live,
    clock,
    log,
  });
  addWorkGauges(metrics, {
    landscape,
    connectors,
    openOperations: operations.openOperations,
    undelivered: () => undelivered(db, clock.now()),
  });
  const landscapeModule = createLandscapeModule({
    db,
    live,
    log,
    onec: connectors.onec,
    messagesAbout: messages.about,
    registerMessages: {
      fold: messages.registers.fold,
      final: messages.registers.final,
      ask: operations.askTarget,
      vanished: messages.registers.vanished,
    },
    busAdmin: (systemId) =>
      connectors.systemsWith('kafka').includes(systemId)
        ? { read: (wanted) => readOverview(connectors.kafka(systemId), wanted) }
        : null,
    busMissed: (systemId) => (systemId === messages.busId ? (messages.busState()?.missed ?? []) : []),
    service: connectors.service,
    file: landscape,
    fileHash,
    fileAppliedAt: clock.now(),
    clock,
    activity: messages.activity,
    sides: messages.sides,
    connections: connectors,
    counters: { openOperations: operations.openOperations, approvals: approvals.counters },
    working: { intervals: sla.intervals, dayOf: sla.dayOf },
    arrivals: messages.arrivals,
    reports: {
      keys: identity.credentialsOf,
      lastAt: async (systemId) => (await messages.activity.lastReports()).get(systemId) ?? null,
      quarantined: messages.activity.quarantinedOf,
    },
  });
  const analytics = createAnalyticsModule({
    landscape,
    sources: {
      ...messages.history,
      closedApprovals: approvals.closedApprovals,
      openBreached: sla.openBreached,
      dayOf: (startsAt) => ({
        working: sla.intervals(startsAt, startsAt + DAY_MS).length > 0,
        holiday:
          sla.book.house.overrides[new Date(startsAt + MOSCOW_OFFSET_MS).toISOString().slice(0, 10)]?.reason.title ??
          null,
      }),
    },
  });

  const app = createApp({
    routes: [
      ...landscapeModule.routes,
      ...messages.routes,
      ...operations.routes,
      ...approvals.routes,
      ...sla.routes,
      ...analytics.routes,
      ...identity.routes,
      ...audit.routes,
    ],
    endpoints: ENDPOINTS,
    gatekeeper: identity.gatekeeper,
    log,
    metrics,
    version: VERSION,
    publicUrl,
    pages: [identity.pages],
    probes: probes({ db, metrics, isDraining }),
    ...webDirOf(env),
    strict: env.NODE_ENV !== 'production',
    trustedProxies: env.TRUSTED_PROXIES,
    isDraining,
    intake: {
      ratePerMinute: env.INTAKE_RATE_PER_MINUTE,
      wrongKeysPerMinute: 60,
      maxHeldBytes: env.INTAKE_HELD_MEGABYTES * 1024 * 1024,
    },
  });
  door.handle = app;

  identity.start(ticker);
  connectors.start(ticker);
  landscapeModule.start(ticker);
  messages.start(ticker);
  approvals.start(ticker);
  operations.start(ticker);
  log.info({ url: publicUrl, systems: landscape.systems.length, flows: landscape.flows.length }, 'Pult is ready');

  /** Refuse new work, end what is under way, then let go of sockets, connections and the database. */
  const stop = async (signal: string): Promise<void> => {
    if (draining) return;
    draining = true;
    log.info({ signal }, 'stopping');
    setTimeout(() => process.exit(1), env.DRAIN_SECONDS * 1_000 + DRAIN_LIMIT_MS).unref();
    // Readiness says no already; a balancer in front needs this time to see it and to send its requests elsewhere.
    await pause(env.DRAIN_SECONDS * 1_000);
    await ticker.stop();
    await leader.stop();
    await connectors.close();
    await live.close();
    server.closeIdleConnections();
    await new Promise<void>((resolve) => server.close(() => resolve()));
    await closeDatabase();
    await embedded?.stop();
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void stop(signal));
}

const webDirOf = (env: Environment): { webDir: string } | Record<string, never> => {
  const webDir = env.WEB_DIR ?? DEFAULT_WEB;
  return existsSync(webDir) ? { webDir } : {};
};

/** Listens and answers the address that browsers use: configured, or the one just bound. */
async function listen(server: ReturnType<typeof createServer>, env: Environment): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(env.PULT_PORT, env.PULT_HOST, resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : env.PULT_PORT;
  return env.PULT_URL ?? `http://127.0.0.1:${port}`;
}

try {
  await start(await readConfiguration());
} catch (error) {
  const problems = configProblemLines(error);
  if (problems) console.error(['Pult cannot start, the configuration is wrong:', ...problems].join('\n  '));
  else console.error('Pult cannot start:', error);
  process.exit(1);
}
