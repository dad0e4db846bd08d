/** Exchange registers of the 1С bases: read on a calm rhythm, kept, shown with their age. */

import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { ExchangeBase, ExchangeProblem, exchangeRegisters } from '@pult/shared/contracts/exchange-registers';
import type { LandscapeFile, SystemConfig } from '@pult/shared/contracts/landscape-file';
import type { MessageDetail } from '@pult/shared/contracts/messages';
import { withoutPeople } from '@pult/shared/domain/delivery/open-words';
import { personalSystems } from '@pult/shared/domain/delivery/personal';
import { AppError, SourceError } from '@pult/shared/errors/app-error';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/database.ts';
import { isDatabaseUnavailable } from '../../../platform/db/database-errors.ts';
import { cutText } from '../../../platform/http/clean-text.ts';
import { whileLeased } from '../../../platform/jobs/lease.ts';
import type { Ticker } from '../../../platform/jobs/ticker.ts';
import type { Live } from '../../../platform/live/live.ts';
import type { Logger } from '../../../platform/telemetry/logger.ts';
import type { NodeMappings, RegisterClient, WatchedPlan } from './facts.ts';
import { type RegisterMessages, settleVanished, tellFailures } from './failures.ts';
import { placeOfProblem } from './mapping.ts';
import { namingMemory } from './naming.ts';
import { readRegisters } from './reader.ts';
import { objectLink } from './rules.ts';
import {
  basesOf,
  claimRegisters,
  namedProblems,
  noteFailedReading,
  problemsOf,
  problemsOfDelivery,
  renewRegisters,
  type StoredProblem,
  saveReading,
} from './store.ts';

/** The registers change with each exchange run, minutes apart: reading them more often only loads the base. */
const EVERY_MS = 60_000;
const LOOK_MS = 1_000;
/** Renewed while the reading goes on: what a dead instance held is free a minute later. */
const LEASE_MS = 60_000;

export interface RegistersDeps {
  readonly db: Db;
  readonly file: LandscapeFile;
  readonly onec: (systemId: string) => RegisterClient;
  readonly live: Pick<Live, 'announce'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Our message about an object of 1С, by its reference. */
  readonly messagesAbout: (
    refs: readonly string[],
  ) => Promise<ReadonlyMap<string, { readonly deliveryId: string; readonly flowId: string }>>;
  /** Where problems of mapped nodes become failures. */
  readonly registerMessages: RegisterMessages;
}

interface Source {
  readonly mappings: NodeMappings;
  readonly registers: boolean;
  readonly plans: readonly (WatchedPlan & { readonly lagWarn: number })[];
  readonly navigationUrl: string | undefined;
  /** Zone of the base: its dates have none. */
  readonly zone: string;
}

/** What is read of a base; nothing where the landscape asks for nothing. */
function sourceOf({ id, connector, zone }: SystemConfig): [string, Source][] {
  if (connector?.protocol !== 'onec-odata') return [];
  const registers = connector.polls.includes('exchange-registers');
  const plans = connector.polls.includes('exchange-plans') ? (connector.exchangePlans ?? []) : [];
  if (!registers && plans.length === 0) return [];
  const { exchangeNodes, exchangeTargets, navigationUrl } = connector;
  return [[id, { registers, plans, mappings: { exchangeNodes, exchangeTargets }, navigationUrl, zone }]];
}

export interface Registers {
  /** Reads one base now, unless another instance is at it. */
  read(systemId: string): Promise<void>;
  bases(): Promise<ExchangeBase[]>;
  /** Rows of registers that are failures of a delivery, with the way to the object. */
  ofDelivery(deliveryId: string): Promise<MessageDetail['registers']>;
  view(query: {
    system?: string | undefined;
    skipped: 'true' | 'false';
  }): Promise<EndpointReply<typeof exchangeRegisters>>;
  start(ticker: Ticker): void;
}

/** What an object is called without the words of its base. */
const nameless = ({ object: { metadata, type, number, ref } }: Pick<ExchangeProblem, 'object'>): string => {
  if (number === null) return type === null ? metadata : (ref ?? '');
  return `${type ?? metadata} ${number}`;
};

export function createRegisters(deps: RegistersDeps): Registers {
  const { db, clock, live, log } = deps;
  const sources = new Map(deps.file.systems.flatMap(sourceOf));
  const systems = [...sources.keys()];
  // Such a base calls its objects and problems by names of people: type, number, times and words that name nobody are shown.
  const personal = personalSystems(deps.file.flows);
  const openBase = (base: ExchangeBase): ExchangeBase =>
    personal.has(base.systemId) && base.error
      ? { ...base, error: { ...base.error, text: withoutPeople(base.error.text ?? '') || null } }
      : base;
  const openProblem = (problem: ExchangeProblem): ExchangeProblem =>
    personal.has(problem.systemId)
      ? {
          ...problem,
          object: { ...problem.object, presentation: nameless(problem) },
          reason: withoutPeople(problem.reason),
          comment: withoutPeople(problem.comment ?? '') || null,
        }
      : problem;
  const withPeople = new Set(deps.file.flows.filter(({ personalData }) => personalData).map(({ id }) => id));
  const memories = new Map(systems.map((id) => [id, namingMemory()]));
  const memoryOf = (systemId: string) => memories.get(systemId) ?? namingMemory();
  const readAt = new Map<string, number>();
  const lagWarnOf = (systemId: string, plan: string): number =>
    sources.get(systemId)?.plans.find(({ set }) => set === plan)?.lagWarn ?? Number.MAX_SAFE_INTEGER;
  const when = () => ({ now: clock.now(), everyMs: EVERY_MS, lagWarnOf });

  const failureDeps = { db, clock, live, log, messages: deps.registerMessages };

  const read = async (systemId: string): Promise<void> => {
    await readOnce(systemId);
    // From the tables, whether this reading came through or not: what an earlier one left is told now.
    await tellFailures(failureDeps, systemId);
    await settleVanished(failureDeps, systemId);
  };

  const readOnce = async (systemId: string): Promise<void> => {
    const source = sources.get(systemId);
    if (source === undefined) return;
    if (!(await claimRegisters(db, systemId, { now: clock.now(), ms: LEASE_MS }))) return;
    try {
      const lease = {
        leaseMs: LEASE_MS,
        renew: () => renewRegisters(db, systemId, clock.now() + LEASE_MS),
        onError: (error: unknown) => log.warn({ err: error, system: systemId }, 'lease of a reading not renewed'),
      };
      const naming = {
        named: await namedProblems(db, systemId),
        memory: memoryOf(systemId),
        now: clock.now(),
        onFailure: (kind: string, error: SourceError) =>
          log.warn(
            { err: error, system: systemId, kind },
            'documents could not be asked what objects of a register are',
          ),
      };
      const targets = source.mappings.exchangeTargets.map((target) => ({
        ...target,
        anyKind: !withPeople.has(target.flow),
      }));
      const options = { ...source, targets, naming };
      const reading = await whileLeased(lease, () => readRegisters(deps.onec(systemId), options));
      const problems = reading.problems.map((one) => ({ ...one, place: placeOfProblem(one, source.mappings) }));
      await saveReading(db, systemId, { ...reading, problems }, clock.now());
      if (reading.unread.length > 0)
        log.warn({ system: systemId, problems: reading.unread }, 'rows of a register without a readable time');
      live.announce('landscape');
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error;
      const code = error instanceof AppError ? error.code : 'server.unexpected';
      const text = error instanceof SourceError && typeof error.data.text === 'string' ? error.data.text : null;
      await noteFailedReading(db, systemId, {
        code,
        text: text === null ? null : cutText(text, 500),
        now: clock.now(),
      });
      if (!(error instanceof SourceError)) log.error({ err: error, system: systemId }, 'exchange registers not read');
    }
  };

  /** With the way to the object in 1С and to our message about it. */
  const linked = async (problems: readonly StoredProblem[]): Promise<ExchangeProblem[]> => {
    const refs = problems.flatMap(({ object, message }) => (object.ref === null || message ? [] : [object.ref]));
    const messages = await deps.messagesAbout([...new Set(refs)]);
    return problems.map(({ object, ...problem }) => ({
      ...problem,
      object: {
        ...object,
        link: objectLink(sources.get(problem.systemId)?.navigationUrl, object.type ?? object.metadata, object.ref),
      },
      message: problem.message ?? (object.ref === null ? null : (messages.get(object.ref) ?? null)),
    }));
  };

  return {
    read,
    bases: async () => (await basesOf(db, systems, when())).map(openBase),
    ofDelivery: async (deliveryId) =>
      (await problemsOfDelivery(db, deliveryId)).map(({ objectType, raisedAt, goneAt, ...problem }) => ({
        ...problem,
        link: objectLink(sources.get(problem.systemId)?.navigationUrl, objectType ?? problem.metadata, problem.ref),
        raisedAt: raisedAt.toISOString(),
        goneAt: goneAt?.toISOString() ?? null,
      })),
    view: async ({ system, skipped }) => {
      const chosen = system === undefined ? systems : systems.filter((id) => id === system);
      const [bases, problems] = await Promise.all([
        basesOf(db, chosen, when()),
        problemsOf(db, chosen, { skipped: skipped === 'true' }),
      ]);
      return {
        now: new Date(clock.now()).toISOString(),
        bases: bases.map(openBase),
        problems: (await linked(problems)).map(openProblem),
      };
    },
    start: (ticker) => {
      for (const systemId of systems)
        ticker.alone(LOOK_MS, `landscape.registers.${systemId}`, async () => {
          // By amount: a clock that was set back is no reason to read nothing until it has caught up.
          if (Math.abs(clock.now() - (readAt.get(systemId) ?? 0)) < EVERY_MS) return;
          readAt.set(systemId, clock.now());
          await read(systemId);
        });
    },
  };
}
