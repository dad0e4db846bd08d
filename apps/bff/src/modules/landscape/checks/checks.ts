/** «Проверить подключение»: walks the steps that a connector offers, stops at the first failure, keeps what each one found. */
import type {
  CheckFault,
  CheckStep,
  CheckStepId,
  ConnectionCheck,
  connectionCheckAll,
  connectionCheckStart,
  connectionChecks,
} from '@pult/shared/contracts/connection-checks';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { personalSystems } from '@pult/shared/domain/delivery/personal';
import { AppError } from '@pult/shared/errors/app-error';
import {
  type CheckNeeds,
  type CheckStep as ConnectorStep,
  failedStep,
  type StepOutcome,
} from '../../../connectors/port/check.ts';
import type { ConnectionState } from '../../../connectors/port/connection-health.ts';
import type { Actor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { newId } from '../../../platform/ids.ts';
import type { Ticker } from '../../../platform/jobs/ticker.ts';
import type { Live } from '../../../platform/live/live.ts';
import type { Logger } from '../../../platform/telemetry/logger.ts';
import { recordAudit } from '../../audit/index.ts';
import type { ReportDoor } from '../ports.ts';
import { reportsOf } from './reports.ts';
import { LOGIN_PAUSE_MS, loginPausedUntil, PASSWORD_FAULTS, plannedSteps } from './rules.ts';
import {
  CHECKS_SHOWN,
  checksOf,
  failedAt,
  finishCheck,
  insertCheck,
  interruptAbandoned,
  lastChecks,
  renewCheck,
  saveSteps,
} from './store.ts';

const LEASE_MS = 20_000;
const RENEW_MS = 5_000;
const SWEEP_MS = 5_000;
/** Each step keeps the limits of its connection; this one ends a step that kept none, so that the next check can begin. */
const STEP_MS = 10 * 60_000;
/** So many systems are checked at once by «Проверить все»: each has limits of its own, this one is for Pult. */
const AT_ONCE = 6;

/** What checks need of the connectors. */
export interface CheckableConnections {
  checkSteps(systemId: string): readonly ConnectorStep[] | null;
  checkNeeds(systemId: string): CheckNeeds | null;
  state(systemId: string): Pick<ConnectionState, 'login'> | null;
  /** The login may be sent again at once. */
  releaseLogin(systemId: string): Promise<void>;
}

export interface ChecksDeps {
  readonly db: Db;
  readonly file: LandscapeFile;
  readonly connections: CheckableConnections;
  readonly reports: ReportDoor;
  readonly live: Pick<Live, 'announce'>;
  readonly clock: Clock;
  readonly log: Logger;
  /** Longest time of one step, ms; ten minutes without it. */
  readonly stepMs?: number;
}

interface By {
  readonly actor: Actor;
  readonly requestId: string | null;
}

export interface Checks {
  view(systemId: string): Promise<EndpointReply<typeof connectionChecks>>;
  /** @throws AppError `system.not_found`, `check.unsupported` */
  begin(systemId: string, from: CheckStepId | null, by: By): Promise<EndpointReply<typeof connectionCheckStart>>;
  beginAll(by: By): Promise<EndpointReply<typeof connectionCheckAll>>;
  /** The last check of each system. */
  last(): Promise<ConnectionCheck[]>;
  /** Resolves when the checks that this process walks have ended. */
  idle(): Promise<void>;
  /** Lets connections go on whose login a check has seen to be good, in whichever process the person pressed. */
  releaseLogins(): Promise<void>;
  start(ticker: Ticker): void;
}

export function createChecks(deps: ChecksDeps): Checks {
  const { db, clock, live, log, connections } = deps;
  const startedAt = clock.now();
  const stepMs = deps.stepMs ?? STEP_MS;
  const personal = personalSystems(deps.file.flows);
  const underWay = new Set<Promise<void>>();
  let free = AT_ONCE;
  const queue: (() => void)[] = [];

  const turn = async (): Promise<void> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((go) => queue.push(go));
  };
  const release = (): void => {
    const next = queue.shift();
    if (next === undefined) free += 1;
    else next();
  };
  const known = (systemId: string): void => {
    if (!deps.file.systems.some(({ id }) => id === systemId))
      throw new AppError('system.not_found', { system: systemId });
  };

  const passwordPaused = async (systemId: string): Promise<StepOutcome | null> => {
    const now = clock.now();
    const refused = await failedAt(db, systemId, PASSWORD_FAULTS, now - LOGIN_PAUSE_MS);
    const until = loginPausedUntil(refused, { now, startedAt });
    return until === null || until <= now
      ? null
      : failedStep('login_paused', { data: { until: new Date(until).toISOString() } });
  };

  /** The words of a system whose every flow carries people may name one (docs/adr/0021). */
  const keptFault = (systemId: string, fault: CheckFault): CheckFault =>
    personal.has(systemId) ? { ...fault, answer: null } : fault;

  /** A step that throws is a mistake of Pult, one that does not end has lost its limit: both are said, not left open. */
  const finished = async (walker: ConnectorStep, system: string): Promise<StepOutcome> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<StepOutcome>((done) => {
      timer = setTimeout(() => done(failedStep('too_long', { data: { seconds: Math.round(stepMs / 1000) } })), stepMs);
    });
    try {
      return await Promise.race([walker.run(), late]);
    } catch (error) {
      log.error({ err: error, system, step: walker.id }, 'step of a connection check failed by itself');
      return failedStep('own_fault');
    } finally {
      clearTimeout(timer);
    }
  };

  const walk = async (check: ConnectionCheck, walkers: readonly ConnectorStep[]): Promise<void> => {
    const { systemId, id } = check;
    const steps: CheckStep[] = check.steps.map((step) => ({ ...step }));
    const save = async (): Promise<boolean> => {
      const ours = await saveSteps(db, id, { steps, now: clock.now(), leaseMs: LEASE_MS });
      live.announce('sources', [systemId]);
      return ours;
    };
    const beat = setInterval(() => {
      renewCheck(db, id, { now: clock.now(), ms: LEASE_MS }).catch((error: unknown) => {
        log.warn({ err: error, check: id }, 'lease of a connection check not renewed');
      });
    }, RENEW_MS);
    // The password goes out with the first request of the system itself, whatever step makes it.
    let mayAsk = false;
    try {
      for (const [index, step] of steps.entries()) {
        const walker = walkers.find((one) => one.id === step.id);
        if (step.state === 'kept' || walker === undefined) continue;
        steps[index] = { ...step, state: 'running' };
        if (!(await save())) return;
        const begun = performance.now();
        const sendsPassword = step.id !== 'dns' && step.id !== 'connect' && !mayAsk;
        const paused = sendsPassword ? await passwordPaused(systemId) : null;
        if (sendsPassword) mayAsk = true;
        const outcome = paused ?? (await finished(walker, systemId));
        const ms = Math.round((performance.now() - begun) * 10) / 10;
        steps[index] = outcome.ok
          ? { id: step.id, state: 'ok', ms, facts: { ...outcome.facts }, fault: null }
          : { id: step.id, state: 'failed', ms, facts: {}, fault: keptFault(systemId, outcome.fault) };
        if (!outcome.ok) break;
      }
      const failed = steps.some(({ state }) => state === 'failed');
      await finishCheck(db, id, { state: failed ? 'failed' : 'ok', steps, now: clock.now() });
      await releaseLogins();
    } finally {
      clearInterval(beat);
      live.announce('sources', [systemId]);
    }
  };

  const launch = (check: ConnectionCheck, walkers: readonly ConnectorStep[]): void => {
    const work = turn()
      .then(() => walk(check, walkers).finally(release))
      .catch((error: unknown) => {
        // The lease runs out and the check counts as interrupted; the person sees that and presses again.
        log.error({ err: error, check: check.id, system: check.systemId }, 'connection check ended early');
      })
      .finally(() => underWay.delete(work));
    underWay.add(work);
  };

  const begin: Checks['begin'] = async (systemId, from, { actor, requestId }) => {
    known(systemId);
    const walkers = connections.checkSteps(systemId);
    if (walkers === null || walkers.length === 0) throw new AppError('check.unsupported', { system: systemId });
    const now = clock.now();
    await interruptAbandoned(db, now);
    const [last] = await checksOf(db, systemId, 1);
    const planned = plannedSteps(
      walkers.map(({ id }) => id),
      { from, last: last?.steps ?? null },
    );
    const id = newId();
    const begun = await inTransaction(db, async (tx) => {
      const startedBy = actor.kind === 'person' ? actor.name : 'Pult';
      if (!(await insertCheck(tx, { id, systemId, startedBy, ...planned, now, leaseMs: LEASE_MS }))) return false;
      await recordAudit(tx, {
        actor,
        action: 'system.check',
        objectKind: 'system',
        objectId: systemId,
        after: { check: id, from: planned.from },
        requestId,
        at: new Date(now),
      });
      return true;
    });
    const [check] = await checksOf(db, systemId, 1);
    if (check === undefined) throw new AppError('server.unexpected', { check: id });
    if (begun) launch(check, walkers);
    live.announce('sources', [systemId]);
    return { check, joined: !begun };
  };

  const releaseLogins = async (): Promise<void> => {
    const refused = new Map(
      deps.file.systems.flatMap(({ id }) => {
        const login = connections.state(id)?.login ?? null;
        return login === null ? [] : [[id, login.since] as const];
      }),
    );
    if (refused.size === 0) return;
    for (const { systemId, startedAt: at, steps } of await lastChecks(db, [...refused.keys()])) {
      const letIn = steps.some(({ id, state }) => id === 'login' && state === 'ok');
      if (!letIn || Date.parse(at) < (refused.get(systemId) ?? 0)) continue;
      await connections.releaseLogin(systemId);
      live.announce('sources', [systemId]);
    }
  };

  return {
    begin,
    releaseLogins,
    last: () =>
      lastChecks(
        db,
        deps.file.systems.map(({ id }) => id),
      ),
    view: async (systemId) => {
      known(systemId);
      const needs = connections.checkNeeds(systemId);
      return {
        now: new Date(clock.now()).toISOString(),
        steps: (connections.checkSteps(systemId) ?? []).map(({ id }) => id),
        needs: {
          objects: [...(needs?.objects ?? [])],
          folders: [...(needs?.folders ?? [])],
          flows: [...(needs?.flows ?? [])],
        },
        reports: await reportsOf(systemId, { file: deps.file, door: deps.reports }),
        checks: await checksOf(db, systemId, CHECKS_SHOWN),
      };
    },
    beginAll: async (by) => {
      const checks: ConnectionCheck[] = [];
      for (const { id } of deps.file.systems)
        if ((connections.checkSteps(id)?.length ?? 0) > 0) checks.push((await begin(id, null, by)).check);
      return { checks };
    },
    idle: async () => {
      while (underWay.size > 0) await Promise.all(underWay);
    },
    start: (ticker) => {
      ticker.every(SWEEP_MS, 'landscape.refused_logins', releaseLogins);
      ticker.alone(SWEEP_MS, 'landscape.checks', async () => {
        const systems = await interruptAbandoned(db, clock.now());
        if (systems.length > 0) live.announce('sources', systems);
      });
    },
  };
}
