/** Every way out of Pult: opens the connectors that the landscape names, and knows no protocol beyond the list of them. */
import type { FlowConfig, LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { questionFor } from '@pult/shared/contracts/landscape-file/verify';
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import type { Clock } from '../platform/clock.ts';
import type { Ticker } from '../platform/jobs/ticker.ts';
import type { Logger } from '../platform/telemetry/logger.ts';
import { elma3Connector } from './elma3/connector.ts';
import { elma365Connector } from './elma365/connector.ts';
import { filesConnector } from './files/connector.ts';
import type { FilesClient } from './files/port.ts';
import type { KafkaClient } from './kafka/client.ts';
import { kafkaConnector } from './kafka/connector.ts';
import type { OnecClient } from './onec-odata/client.ts';
import { onecConnector } from './onec-odata/connector.ts';
import type { AskAnswer, AskRequest, Originals, VerifyAnswer, VerifySubject } from './port/ask.ts';
import type { RedriveRequest } from './port/bus-record.ts';
import type { CheckNeeds, CheckStep } from './port/check.ts';
import type { CircuitChange, CircuitSettings } from './port/circuit.ts';
import type { ConnectionState } from './port/connection-health.ts';
import type { Connector, Protocol } from './port/connector.ts';
import type { LoginDoor } from './port/login-door.ts';
import type { LoginLedger } from './port/login-ledger.ts';
import { originsOf } from './port/outbound-guard.ts';
import type { RequestApp } from './port/request-app.ts';
import { systemLogin } from './port/system-login.ts';
import { withoutWords } from './port/without-words.ts';
import type { RestClient } from './rest/client.ts';
import { restConnector } from './rest/connector.ts';
import type { ServiceClient } from './service/client.ts';
import { serviceConnector } from './service/connector.ts';

/** A protocol that Pult speaks is a folder here and a line of this list. */
const CONNECTORS = {
  'onec-odata': onecConnector,
  elma365: elma365Connector,
  elma3: elma3Connector,
  rest: restConnector,
  files: filesConnector,
  service: serviceConnector,
  kafka: kafkaConnector,
} satisfies { readonly [P in Protocol]: Connector<P> };

type Opened = { [P in Protocol]: ReturnType<(typeof CONNECTORS)[P]['open']> }[Protocol];
type ClientOf<P extends Protocol> = { [Q in P]: ReturnType<(typeof CONNECTORS)[Q]['open']>['client'] }[P];
/** Opened, with its login where that may be held back. */
type Entry = Opened & { readonly door: LoginDoor | undefined };

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
  systemsWith(protocol: Protocol): string[];
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
  readonly log?: Pick<Logger, 'warn'>;
}

const SILENT_MS = 60_000;
const PROBE_ROUND_MS = 5_000;
/** Another instance was refused or let in: screens of this one and whoever waits here hear of it. */
const LOGINS_ROUND_MS = 2_000;

export function createConnectors(options: ConnectorsOptions): Connectors {
  const { landscape, clock } = options;
  const listeners = new Set<(change: CircuitChange) => void>();
  const onCircuit = (change: CircuitChange): void => {
    for (const listener of listeners) listener(change);
  };
  const entries = openAll(options, onCircuit);

  const people = new Set(landscape.flows.filter(({ personalData }) => personalData).map(({ id }) => id));
  const heard = <T>(flowId: string, question: () => Promise<T>): Promise<T> =>
    people.has(flowId) ? withoutWords(question) : question();

  const entry = (systemId: string): Entry => {
    const found = entries.get(systemId);
    if (found === undefined) throw new AppError('system.not_found', { system: systemId });
    return found;
  };
  const client = <P extends Protocol>(systemId: string, ...protocols: P[]): ClientOf<P> => {
    const found = entry(systemId);
    if (!isOf(found, protocols)) throw new AppError('system.not_found', { system: systemId, connector: protocols[0] });
    return found.client;
  };

  return {
    onec: (systemId) => client(systemId, 'onec-odata'),
    elma: (systemId) => client(systemId, 'elma365', 'elma3'),
    rest: (systemId) => client(systemId, 'rest'),
    files: (systemId) => client(systemId, 'files'),
    service: (systemId) => client(systemId, 'service'),
    kafka: (systemId) => client(systemId, 'kafka'),
    systemsWith: (protocol) => [...entries].flatMap(([id, one]) => (one.protocol === protocol ? [id] : [])),
    ask: async (systemId, path, request) => {
      const { ask } = entry(systemId);
      if (ask === undefined) throw new AppError('operation.verb_unsupported', { system: systemId });
      return heard(request.flow, () => ask(path, request));
    },
    redrive: async (systemId, request) => {
      const { redrive } = entry(systemId);
      if (redrive === undefined) throw new AppError('operation.verb_unsupported', { system: systemId });
      return redrive(request);
    },
    verify: async (flow, subject) => {
      const question = questionFor(flow, subject.type);
      if (question === null) throw new AppError('operation.verb_unsupported', { flow: flow.id });
      const { verify } = entry(question.system);
      if (verify === undefined) throw new AppError('system.not_found', { system: question.system });
      return heard(flow.id, () => verify(question, subject));
    },
    state: (systemId) => entries.get(systemId)?.state() ?? null,
    releaseLogin: async (systemId) => entries.get(systemId)?.door?.release(),
    check: async (systemId) => entry(systemId).check(),
    checkSteps: (systemId) => entries.get(systemId)?.steps() ?? null,
    checkNeeds: (systemId) => entries.get(systemId)?.needs ?? null,
    onCircuit: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    start: (ticker) => {
      ticker.every(LOGINS_ROUND_MS, 'connections.logins', async () => {
        await Promise.all([...entries.values()].map(({ door }) => door?.refresh()));
      });
      ticker.every(PROBE_ROUND_MS, 'connections.probe', async () => {
        const due = [...entries.values()].filter((one) => needsProbe(one.state(), clock.now(), one.probeEveryMs));
        await Promise.all(due.map((one) => one.check().catch(ignoreSourceError)));
      });
    },
    close: async () => {
      await Promise.all([...entries.values()].map(({ close }) => close?.()));
    },
  };
}

function openAll(options: ConnectorsOptions, onCircuit: (change: CircuitChange) => void): ReadonlyMap<string, Entry> {
  const { landscape, secrets, clock, circuit, logins, log } = options;
  const connected = landscape.systems.flatMap((system) =>
    system.connector === undefined ? [] : [{ system, config: system.connector }],
  );
  const origins = originsOf(connected.flatMap(({ config }) => CONNECTORS[config.protocol].addresses(config)));
  const originals = options.originals ?? (async () => null);
  const given = { ...(circuit ? { circuit } : {}), ...(log ? { log } : {}) };
  const shared = { landscape, secrets, clock, onCircuit, origins, originals, ...given };
  return new Map(
    connected.map(({ system, config }): [string, Entry] => {
      const connector = CONNECTORS[config.protocol];
      const policy = connector.login(config);
      const door =
        policy === null
          ? undefined
          : systemLogin(system.id, config, { policy, clock, secrets, onCircuit, ...(logins ? { logins } : {}) });
      const opened: Opened = connector.open(config, { ...shared, system, ...(door ? { login: door } : {}) });
      return [system.id, { ...opened, door }];
    }),
  );
}

const isOf = <P extends Protocol>(
  one: Entry,
  protocols: readonly P[],
): one is Entry & { readonly client: ClientOf<P> } => protocols.some((protocol) => protocol === one.protocol);

/** The connection keeps the failure in its health; the loop has nothing to add. */
function ignoreSourceError(error: unknown): void {
  if (!(error instanceof SourceError)) throw error;
}

function needsProbe(state: ConnectionState, now: number, silentMs = SILENT_MS): boolean {
  if (state.inFlight > 0) return false;
  if (state.circuit === 'open') return (state.nextProbeAt ?? 0) <= now;
  const last = Math.max(state.lastOkAt ?? 0, state.lastErrorAt ?? 0);
  return state.downSince !== null || now - last >= silentMs;
}
