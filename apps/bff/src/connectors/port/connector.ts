/** What a connector is to the registry. Each folder of a protocol exports one; nothing outside of it knows the protocol. */
import type { ConnectorConfig, LandscapeFile, SystemConfig } from '@pult/shared/contracts/landscape-file';
import type { VerifyQuestion } from '@pult/shared/contracts/landscape-file/verify';
import { AppError } from '@pult/shared/errors/app-error';
import type { Clock } from '../../platform/clock.ts';
import type { Logger } from '../../platform/telemetry/logger.ts';
import type { AskAnswer, AskRequest, Originals, VerifyAnswer, VerifySubject } from './ask.ts';
import type { RedriveRequest } from './bus-record.ts';
import type { CheckNeeds, CheckStep } from './check.ts';
import type { CircuitChange, CircuitSettings } from './circuit.ts';
import type { ConnectionState } from './connection-health.ts';
import type { LoginDoor } from './login-door.ts';

export type Protocol = ConnectorConfig['protocol'];
export type ConfigOf<P extends Protocol> = Extract<ConnectorConfig, { protocol: P }>;
export type QuestionOf<P extends Protocol> = Extract<VerifyQuestion, { protocol: P }>;

/** What a connector gets to open the way to one system. */
export interface ConnectorParts {
  readonly landscape: LandscapeFile;
  readonly system: SystemConfig;
  /** Environment: names of variables are in the landscape, values never. */
  readonly secrets: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly circuit?: CircuitSettings;
  readonly onCircuit: (change: CircuitChange) => void;
  /** Only where the connector says that a wrong password locks an account. */
  readonly login?: LoginDoor;
  /** Origins of the whole landscape: nothing else may be called. */
  readonly origins: ReadonlySet<string>;
  readonly originals: Originals;
  /** For what no screen shows, as files of a config that changed under way. */
  readonly log?: Pick<Logger, 'warn'>;
}

/** The open way to one system. What is absent, this system cannot be asked for. */
export interface OpenConnector<C = unknown, Q extends VerifyQuestion = VerifyQuestion> {
  /** For the modules that speak to this kind of system. */
  readonly client: C;
  /** One health of all its ways; data before the services beside them. */
  state(): ConnectionState;
  /** One light read, through the circuit. @throws SourceError */
  check(): Promise<void>;
  /** Silence after which it is probed, ms, where nothing else reads the system; else a minute. */
  readonly probeEveryMs?: number;
  /** Steps of «Проверить подключение» in their order, made anew for each check. */
  steps(): CheckStep[];
  /** What the landscape needs of the system, in the words of whoever grants it. */
  readonly needs: CheckNeeds;
  /** Asks the source to send a message again. @throws SourceError */
  readonly ask?: (path: string, request: AskRequest) => Promise<AskAnswer>;
  /** Puts a kept record to the retry topic of one consumer. @throws SourceError */
  readonly redrive?: (request: RedriveRequest) => Promise<void>;
  /** Asks the target whether the document of a message is there: one light read, any number of times. @throws SourceError */
  readonly verify?: (question: Q, subject: VerifySubject) => Promise<VerifyAnswer>;
  /** Ends what is open; readers finish what they hold. */
  readonly close?: () => Promise<void>;
}

/** How a refused login is held back; `null`: a refusal is a failure among others (see {@link ConnectorKind.login}). */
export type LoginPolicy = { readonly pausesMs?: readonly number[] } | null;

export interface ConnectorKind<P extends Protocol, C> {
  readonly protocol: P;
  /** Every address at which Pult asks this system over HTTP. */
  addresses(config: ConfigOf<P>): readonly string[];
  /**
   * Whether wrong passwords lock an account that others use, too. A token cannot be locked, nor a right to a folder: there
   * one refused app or instance must not stop the rest.
   */
  login(config: ConfigOf<P>): LoginPolicy;
  /** Connects to nothing yet. @throws AppError `config.invalid` when files that the config names are wrong */
  open(config: ConfigOf<P>, parts: ConnectorParts): OpenConnector<C, QuestionOf<P>>;
}

/** A kind as the registry holds it: every config of the landscape may be given, only its own is taken. */
export interface Connector<P extends Protocol = Protocol, C = unknown> {
  readonly protocol: P;
  addresses(config: ConnectorConfig): readonly string[];
  login(config: ConnectorConfig): LoginPolicy;
  open(config: ConnectorConfig, parts: ConnectorParts): OpenConnector<C> & { readonly protocol: P };
}

/** Makes a connector of what a folder knows about its protocol. */
export function defineConnector<P extends Protocol, C>(kind: ConnectorKind<P, C>): Connector<P, C> {
  const { protocol } = kind;
  const own = (config: ConnectorConfig): ConfigOf<P> => {
    if (!speaks(config, protocol)) throw new TypeError(`${config.protocol} is not for the connector of ${protocol}`);
    return config;
  };
  return {
    protocol,
    addresses: (config) => kind.addresses(own(config)),
    login: (config) => kind.login(own(config)),
    open: (config, parts) => {
      const { verify, ...opened } = kind.open(own(config), parts);
      if (verify === undefined) return { protocol, ...opened };
      return {
        protocol,
        ...opened,
        verify: async (question, subject) => {
          if (!asksBy(question, protocol))
            throw new AppError('system.not_found', { system: question.system, connector: question.protocol });
          return verify(question, subject);
        },
      };
    },
  };
}

const speaks = <P extends Protocol>(config: ConnectorConfig, protocol: P): config is ConfigOf<P> =>
  config.protocol === protocol;

const asksBy = <P extends Protocol>(question: VerifyQuestion, protocol: P): question is QuestionOf<P> =>
  question.protocol === protocol;
