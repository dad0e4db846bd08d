import type { ConnectorConfig, FlowConfig, LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { questionFor } from '@pult/shared/contracts/landscape-file/verify';
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import type { Clock } from '../platform/clock.ts';
import type { Ticker } from '../platform/jobs/ticker.ts';
import { namedNeeds, needsOf, type SystemNeeds } from './check-needs.ts';
import { elma3Steps } from './elma3/check.ts';
import { createElma3Client } from './elma3/client.ts';
import { SESSION_PAUSES_MS } from './elma3/session.ts';
import { elma365Steps } from './elma365/check.ts';
import { createElmaClient } from './elma365/client.ts';
import { filesSteps } from './files/check.ts';
import { createFilesClient } from './files/client.ts';
import { createFolderCalls } from './files/folder-fault.ts';
import type { FilesClient, Originals } from './files/port.ts';
import { kafkaSteps } from './kafka/check.ts';
import { createKafkaClient, type KafkaClient } from './kafka/client.ts';
import { type RedriveRequest, redrive } from './kafka/redrive.ts';
import { readTlsFiles, type TlsFiles } from './kafka/tls-files.ts';
import { createOnecServicesClient, type OnecServicesClient } from './onec-http/client.ts';
import { onecSteps } from './onec-odata/check.ts';
import { createOnecClient, type OnecClient } from './onec-odata/client.ts';
import type { AskAnswer, AskRequest, VerifyAnswer, VerifySubject } from './port/ask.ts';
import type { CheckNeeds, CheckStep } from './port/check.ts';
import type { CircuitChange, CircuitSettings } from './port/circuit.ts';
import { type Connection, createConnection, createTurns } from './port/connection.ts';
import { type ConnectionState, jointState } from './port/connection-health.ts';
import { createLoginDoor, type LoginDoor } from './port/login-door.ts';
import { createLoginHold } from './port/login-hold.ts';
import { type LoginLedger, loginMark } from './port/login-ledger.ts';
import { type NetworkOfAllOptions, networkOfAll } from './port/network-of-all.ts';
import { networkTarget } from './port/network-steps.ts';
import { allowedOrigins } from './port/outbound-guard.ts';
import type { RequestApp } from './port/request-app.ts';
import { withoutWords } from './port/without-words.ts';
import { restSteps } from './rest/check.ts';
import { createRestClient, type RestClient } from './rest/client.ts';
import { serviceSteps } from './service/check.ts';
import { anyInstance, createServiceInstance, type ServiceClient } from './service/client.ts';
import { verifyTarget } from './verify-target.ts';

/** Every outbound connection of Pult, one per system with a connector. */
export interface Connectors {
  /** @throws AppError `system.not_found` when the system has no connector of this kind; the same for the others */
  onec(systemId: string): OnecClient;
  /** App with approval requests, in the dialect that the landscape names. */
  elma(systemId: string): RequestApp;
  rest(systemId: string): RestClient;
  files(systemId: string): FilesClient;
  service(systemId: string): ServiceClient;
  kafka(systemId: string): KafkaClient;
  systemsWith(protocol: ConnectorConfig['protocol']): string[];
  /** Asks a source to send a message again. @throws SourceError */
  ask(systemId: string, path: string, request: AskRequest): Promise<AskAnswer>;
  /** Puts a kept record to the retry topic of one consumer. @throws SourceError */
  redrive(systemId: string, request: RedriveRequest): Promise<void>;
  /** Asks the target of a flow. @throws AppError `operation.verb_unsupported` when the flow says no way for documents of this type, SourceError */
  verify(flow: FlowConfig, subject: VerifySubject): Promise<VerifyAnswer>;
  state(systemId: string): ConnectionState | null;
  /** The login may be sent again at once: a check of the connection was let in. */
  releaseLogin(systemId: string): Promise<void>;
  /** One light read. @throws SourceError */
  check(systemId: string): Promise<void>;
  /** Steps of «Проверить подключение» in their order, made anew for each check; null when the system has no connector. */
  checkSteps(systemId: string): readonly CheckStep[] | null;
  /** What the landscape needs of the system. */
  checkNeeds(systemId: string): CheckNeeds | null;
  /** Calls the listener on each change of a circuit. @returns a function that ends it */
  onCircuit(listener: (change: CircuitChange) => void): () => void;
  /** Probes connections that are down or were silent for a minute. */
  start(ticker: Ticker): void;
  /** Ends what is open towards the systems; readers of the bus finish what they hold. */
  close(): Promise<void>;
}

export interface ConnectorsOptions {
  readonly landscape: LandscapeFile;
  /** Environment: names of variables are in the landscape, values never. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly circuit?: CircuitSettings;
  /** Bytes of messages that travel as files; without it none can be sent again. */
  readonly originals?: Originals;
  /** Refused logins that all instances share; without it each process holds its own. */
  readonly logins?: LoginLedger;
}

interface Entry {
  readonly protocol: ConnectorConfig['protocol'];
  /** First the data, then services beside them. Each way has its own circuit: one may be down without the other. */
  readonly connections: readonly Pick<Connection, 'state'>[];
  readonly onec?: OnecClient;
  readonly services?: OnecServicesClient;
  readonly elma?: RequestApp;
  readonly rest?: RestClient;
  readonly files?: FilesClient;
  readonly service?: ServiceClient;
  readonly kafka?: KafkaClient;
  readonly check: () => Promise<void>;
  /** Steps behind the network: login, rights, objects, sample. */
  readonly steps: () => CheckStep[];
  readonly needs: SystemNeeds;
  /** Steps to the door, before those of the system; none for folders. */
  readonly network: () => CheckStep[];
  /** Only where a wrong password locks an account. */
  readonly login?: LoginDoor;
}

const SILENT_MS = 60_000;
const PROBE_ROUND_MS = 5_000;
/** Another instance was refused or let in: screens of this one and whoever waits here hear of it. */
const LOGINS_ROUND_MS = 2_000;

export function createConnectors(options: ConnectorsOptions): Connectors {
  const { landscape, clock } = options;
  const origins = allowedOrigins(landscape);
  const listeners = new Set<(change: CircuitChange) => void>();
  const onCircuit = (change: CircuitChange): void => {
    for (const listener of listeners) listener(change);
  };
  const entries = new Map<string, Entry>();
  for (const system of landscape.systems) {
    const { id, connector } = system;
    if (connector === undefined) continue;
    const login = locksAccounts(connector) ? loginDoor(id, connector, { ...options, onCircuit }) : undefined;
    const held = login === undefined ? {} : { login };
    const circuit = { system: id, clock, ...held, onCircuit, ...(options.circuit ? { circuit: options.circuit } : {}) };
    const networkOf = (doors: Pick<NetworkOfAllOptions, 'targets' | 'needed'>, tls?: TlsFiles) => (): CheckStep[] =>
      networkOfAll({ ...doors, timeoutMs: connector.limits.timeoutMs, clock, ...(tls === undefined ? {} : { tls }) });
    if (connector.protocol === 'kafka') {
      const tlsFiles = readTlsFiles(connector, options.secrets);
      const kafka = createKafkaClient({ ...circuit, tlsFiles, config: connector, secrets: options.secrets });
      const targets = connector.brokers.map((one) => ({ ...networkTarget(`http://${one}`), encrypted: connector.tls }));
      const network = networkOf({ targets, needed: 'any' }, tlsFiles);
      const needs = needsOf(landscape, system);
      const quiet = { system: id, clock, tlsFiles, config: connector, secrets: options.secrets };
      const steps = (): CheckStep[] =>
        kafkaSteps({
          connect: () => createKafkaClient(quiet),
          brokers: connector.brokers,
          tls: connector.tls,
          certificate: connector.certFile !== undefined,
          login:
            connector.userEnv === undefined
              ? null
              : {
                  user: options.secrets[connector.userEnv] ?? '',
                  hasPassword: (options.secrets[connector.passwordEnv ?? ''] ?? '') !== '',
                  mechanism: connector.sasl,
                },
          groups: needs.groups,
          topics: needs.topics,
        });
      const { check } = kafka;
      entries.set(id, { protocol: 'kafka', connections: [kafka], kafka, check, steps, network, needs, ...held });
      continue;
    }
    const turns = createTurns(connector.limits.concurrency);
    if (connector.protocol === 'files') {
      const originals = options.originals ?? (async () => null);
      const calls = createFolderCalls(connector.limits.timeoutMs, clock);
      const files = createFilesClient({ ...circuit, turns, config: connector, originals, calls, zone: system.zone });
      const steps = (): CheckStep[] => filesSteps({ folders: connector.folders, calls });
      const needs = needsOf(landscape, system);
      const { check } = files;
      entries.set(id, { protocol: 'files', connections: [files], files, check, steps, network: () => [], needs });
      continue;
    }
    const connect = (way = 'data'): Connection =>
      createConnection({
        ...circuit,
        way,
        loginBySession: connector.protocol === 'elma3',
        turns,
        timeoutMs: connector.limits.timeoutMs,
        origins,
        headers: () => authorization(connector, options.secrets),
      });
    const needs = needsOf(landscape, system);
    const network = networkOf({ targets: addressesOf(connector).map(networkTarget), needed: 'each' });
    const parts = { connect, clock, secrets: options.secrets, needs, zone: system.zone, ...held };
    entries.set(id, { ...entryOf(connector, parts), network, ...held });
  }

  const people = new Set(landscape.flows.filter(({ personalData }) => personalData).map(({ id }) => id));
  const heard = <T>(flowId: string, question: () => Promise<T>): Promise<T> =>
    people.has(flowId) ? withoutWords(question) : question();

  const entry = (systemId: string): Entry => {
    const found = entries.get(systemId);
    if (found === undefined) throw new AppError('system.not_found', { system: systemId });
    return found;
  };
  const client = <K extends 'onec' | 'elma' | 'rest' | 'service' | 'kafka' | 'files'>(
    kind: K,
    systemId: string,
  ): NonNullable<Entry[K]> => {
    const found = entry(systemId)[kind];
    if (found === undefined) throw new AppError('system.not_found', { system: systemId, connector: kind });
    return found;
  };
  const clients = {
    onec: (systemId: string) => client('onec', systemId),
    elma: (systemId: string) => client('elma', systemId),
    rest: (systemId: string) => client('rest', systemId),
    files: (systemId: string) => client('files', systemId),
    service: (systemId: string) => client('service', systemId),
    kafka: (systemId: string) => client('kafka', systemId),
  };

  return {
    ...clients,
    systemsWith: (protocol) => [...entries].flatMap(([id, one]) => (one.protocol === protocol ? [id] : [])),
    ask: async (systemId, path, request) => {
      const { services, rest, files } = entry(systemId);
      const asked = services ?? rest ?? files;
      if (asked === undefined) throw new AppError('operation.verb_unsupported', { system: systemId });
      return heard(request.flow, () => asked.ask(path, request));
    },
    redrive: async (systemId, request) => redrive(client('kafka', systemId), request),
    verify: async (flow, subject) => {
      const question = questionFor(flow, subject.type);
      if (question === null) throw new AppError('operation.verb_unsupported', { flow: flow.id });
      return heard(flow.id, () => verifyTarget(clients, question, subject));
    },
    state: (systemId) => {
      const found = entries.get(systemId);
      return found === undefined ? null : stateOf(found);
    },
    releaseLogin: async (systemId) => entries.get(systemId)?.login?.release(),
    check: async (systemId) => entry(systemId).check(),
    checkSteps: (systemId) => {
      const found = entries.get(systemId);
      return found === undefined ? null : [...found.network(), ...found.steps()];
    },
    checkNeeds: (systemId) => {
      const needs = entries.get(systemId)?.needs;
      return needs === undefined ? null : namedNeeds(needs);
    },
    onCircuit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: (ticker) => {
      ticker.every(LOGINS_ROUND_MS, 'connections.logins', async () => {
        await Promise.all([...entries.values()].map(({ login }) => login?.refresh()));
      });
      ticker.every(PROBE_ROUND_MS, 'connections.probe', async () => {
        const due = [...entries.values()].filter((one) => needsProbe(stateOf(one), clock.now()));
        await Promise.all(due.map((one) => one.check().catch(ignoreSourceError)));
      });
    },
    close: async () => {
      await Promise.all([...entries.values()].map(({ kafka }) => kafka?.close()));
    },
  };
}

/**
 * Whether wrong passwords lock an account that others use, too. A token cannot be locked, nor a right to a folder: there a
 * refusal is a failure among others, and one refused app or instance must not stop the rest.
 */
const locksAccounts = (connector: ConnectorConfig): boolean =>
  connector.protocol === 'onec-odata' ||
  connector.protocol === 'elma3' ||
  (connector.protocol === 'kafka' && connector.userEnv !== undefined);

function loginDoor(
  system: string,
  connector: ConnectorConfig,
  options: Pick<ConnectorsOptions, 'clock' | 'secrets' | 'logins'> & { onCircuit: (change: CircuitChange) => void },
): LoginDoor {
  const { clock, secrets, logins } = options;
  const hold = createLoginHold(clock, {
    ...(connector.protocol === 'elma3' ? { pausesMs: SESSION_PAUSES_MS } : {}),
    // For whoever waits for the system a refused login is an open circuit.
    onChange: (reason) =>
      options.onCircuit({
        system,
        from: reason === null ? 'open' : 'closed',
        to: reason === null ? 'closed' : 'open',
        at: clock.now(),
        reason,
      }),
  });
  if (logins === undefined) return createLoginDoor({ hold, clock });
  const ofLogin = Object.entries(connector).filter(([field]) => field.endsWith('Env'));
  const key = async () => ({
    system,
    login: await loginMark(
      system,
      ofLogin.map(([, name]) => secrets[name] ?? ''),
    ),
  });
  return createLoginDoor({ hold, clock, shared: { ledger: logins, key } });
}

/** The connection keeps the failure in its health; the loop has nothing to add. */
function ignoreSourceError(error: unknown): void {
  if (!(error instanceof SourceError)) throw error;
}

function needsProbe(state: ConnectionState, now: number): boolean {
  if (state.inFlight > 0) return false;
  if (state.circuit === 'open') return (state.nextProbeAt ?? 0) <= now;
  const last = Math.max(state.lastOkAt ?? 0, state.lastErrorAt ?? 0);
  return state.downSince !== null || now - last >= SILENT_MS;
}

const stateOf = (entry: Entry): ConnectionState =>
  entry.connections
    .map((connection) => connection.state())
    .reduce(entry.protocol === 'service' ? anyInstance : jointState);

interface EntryParts {
  readonly login?: LoginDoor;
  readonly connect: (way?: string) => Connection;
  readonly clock: Clock;
  readonly secrets: ConnectorsOptions['secrets'];
  readonly needs: SystemNeeds;
  readonly zone: string;
}

/** A connector that speaks HTTP: the bus and folders have no requests. */
type HttpConnector = Exclude<ConnectorConfig, { protocol: 'kafka' | 'files' }>;

/** Every address at which Pult asks this system. */
function addressesOf(connector: HttpConnector): readonly string[] {
  if (connector.protocol === 'service') return [connector.url, ...connector.more];
  const services = connector.protocol === 'onec-odata' ? connector.servicesUrl : undefined;
  return services === undefined ? [connector.url] : [connector.url, services];
}

function entryOf(connector: HttpConnector, parts: EntryParts): Omit<Entry, 'login' | 'network'> {
  const { connect, clock, needs, login, zone } = parts;
  const held = login === undefined ? {} : { login };
  const connection = connect();
  const { url, protocol } = connector;
  const secret = (name: string): string => parts.secrets[name] ?? '';
  switch (protocol) {
    case 'onec-odata': {
      const onec = createOnecClient({ connection, url });
      const { servicesUrl } = connector;
      // The service document: readable with any rights, empty composition included.
      const readRoot = async (): Promise<void> => {
        await onec.fetch('');
      };
      const steps = (): CheckStep[] =>
        onecSteps({
          connection,
          url,
          servicesUrl: servicesUrl ?? null,
          user: secret(connector.userEnv),
          hasPassword: secret(connector.passwordEnv) !== '',
          sets: needs.sets,
          optionalSets: needs.optionalSets,
          questions: needs.questions,
          services: needs.commands,
        });
      if (servicesUrl === undefined)
        return { protocol, connections: [connection], onec, check: readRoot, steps, needs };
      const servicesConnection = connect('services');
      const services = createOnecServicesClient({ connection: servicesConnection, url: servicesUrl });
      return {
        protocol,
        connections: [connection, servicesConnection],
        onec,
        services,
        steps,
        needs,
        check: async () => {
          await readRoot();
          await services.check();
        },
      };
    }
    case 'elma365': {
      const elma = createElmaClient({ connection, url, clock });
      const app = connector.approvalsApp;
      return {
        protocol,
        connections: [connection],
        elma,
        needs,
        steps: () =>
          elma365Steps({
            connection,
            url,
            hasToken: secret(connector.tokenEnv) !== '',
            apps: needs.apps,
            approvalsApp: app ?? null,
          }),
        check: async () => {
          const [known] = needs.apps;
          if (known === undefined) await elma.check();
          else await elma.list(known, { size: 1 });
        },
      };
    }
    case 'elma3': {
      const credentials = () => ({
        user: secret(connector.userEnv),
        password: secret(connector.passwordEnv),
        applicationToken: secret(connector.applicationTokenEnv),
      });
      const elma = createElma3Client({ connection, url, clock, zone, credentials, ...held });
      return {
        protocol,
        connections: [connection],
        elma,
        needs,
        steps: () => elma3Steps({ connection, url, credentials: credentials(), types: needs.apps }),
        check: elma.check,
      };
    }
    case 'rest': {
      const rest = createRestClient({ connection, url });
      return {
        protocol,
        connections: [connection],
        rest,
        needs,
        steps: () =>
          restSteps({
            connection,
            url,
            hasToken: secret(connector.tokenEnv) !== '',
            lookups: needs.lookups,
            commands: needs.commands,
          }),
        check: async () => {
          await rest.get('/');
        },
      };
    }
    case 'service': {
      const { healthPath, metricsPath } = connector;
      const connections = [connection, ...connector.more.map(() => connect())];
      const instances = connections.map((own, at) =>
        createServiceInstance({ connection: own, url: connector.more[at - 1] ?? url, healthPath, metricsPath }),
      );
      return {
        protocol,
        connections,
        service: { system: connection.system, instances },
        needs,
        steps: () =>
          serviceSteps({
            connection,
            urls: [url, ...connector.more],
            healthPath,
            metricsPath,
            hasToken: connector.tokenEnv !== undefined,
          }),
        // Each instance is asked: one that is well again must not stay behind its open circuit.
        check: async () => {
          const asked = await Promise.allSettled(instances.map((instance) => instance.health()));
          const refused = asked.filter((one) => one.status === 'rejected');
          if (refused.length === asked.length) throw refused[0]?.reason;
        },
      };
    }
  }
}

function authorization(
  connector: HttpConnector,
  secrets: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string>> {
  // ELMA3 carries tokens that come and go: its client adds them.
  if (connector.protocol === 'elma3') return {};
  if (connector.protocol === 'service' && connector.tokenEnv === undefined) return {};
  if (connector.protocol !== 'onec-odata')
    return { authorization: `Bearer ${secrets[connector.tokenEnv ?? ''] ?? ''}` };
  const user = secrets[connector.userEnv] ?? '';
  const password = secrets[connector.passwordEnv] ?? '';
  // UTF-8 on purpose: 1С behind IIS refuses credentials in cp1251.
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}` };
}
