/** Mutes and maintenance windows: made, moved and ended by people, each change with its entry in the audit. */
import type { EndpointInput, EndpointReply } from '@pult/shared/contracts/endpoint';
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type {
  QuietMark,
  QuietPeriodView,
  quietChange,
  quietCreate,
  quietEnd,
  quietList,
} from '@pult/shared/contracts/quiet';
import {
  type AlarmSubject,
  coversAlarm,
  decidingSystems,
  heldBetween,
  occurrenceOf,
  quietFor,
  quietStateOf,
} from '@pult/shared/domain/quiet/quiet';
import type { Stretch } from '@pult/shared/domain/silence/slots';
import { AppError } from '@pult/shared/errors/app-error';
import type { PersonActor } from '../../../platform/actor.ts';
import type { Clock } from '../../../platform/clock.ts';
import { type Db, inTransaction } from '../../../platform/db/database.ts';
import { newId } from '../../../platform/ids.ts';
import type { Live } from '../../../platform/live/live.ts';
import { createSharing } from '../../../platform/shared-answers.ts';
import { recordAudit } from '../../audit/index.ts';
import {
  closeExpired,
  endedQuiet,
  insertQuiet,
  liveQuiet,
  lockQuiet,
  openMute,
  type StoredQuiet,
  updateQuiet,
  worksSince,
} from './store.ts';

const DAY_MS = 86_400_000;
/** What is quiet for longer is forgotten, not muted. */
const LONGEST_MS = 92 * DAY_MS;
const WEEK_MS = 7 * DAY_MS;
const HISTORY = 100;
/** As far back as silence looks for missed messages. */
const WORKS_MS = 62 * DAY_MS;

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));

export interface QuietDeps {
  readonly db: Db;
  readonly file: Pick<LandscapeFile, 'flows' | 'systems'>;
  readonly clock: Clock;
  readonly live: Pick<Live, 'announce'>;
}

interface Command {
  readonly actor: PersonActor;
  readonly requestId: string;
}

/** Answers for each subject whether something keeps it quiet now. */
export type QuietLook = (subject: AlarmSubject) => QuietMark | null;

export interface Quiet {
  look(): Promise<QuietLook>;
  /** Planned works that are over, for each subject they covered; ms, of the last two months. */
  works(): Promise<(subject: AlarmSubject) => readonly Stretch[]>;
  /** Until when planned work on a flow, or on a system that decides it alone, lasts, ms; null: there is none now. */
  maintenanceUntil(flowId: string): Promise<number | null>;
  list(): Promise<EndpointReply<typeof quietList>>;
  /** @throws AppError `quiet.invalid_span`, `quiet.already_muted`, `flow.not_found`, `system.not_found` */
  create(input: EndpointInput<typeof quietCreate>['body'], command: Command): Promise<QuietPeriodView>;
  /** @throws AppError `quiet.not_found`, `quiet.changed`, `quiet.already_ended`, `quiet.invalid_span` */
  change(id: string, input: EndpointInput<typeof quietChange>['body'], command: Command): Promise<QuietPeriodView>;
  /** @throws AppError `quiet.not_found`, `quiet.changed`, `quiet.already_ended` */
  end(id: string, input: EndpointInput<typeof quietEnd>['body'], command: Command): Promise<QuietPeriodView>;
}

export function createQuiet({ db, file, clock, live }: QuietDeps): Quiet {
  // Every open console asks; what another instance wrote is seen by whoever asks afterwards.
  const share = createSharing<StoredQuiet[]>();
  const periods = async (): Promise<StoredQuiet[]> => (await share('periods', () => liveQuiet(db, clock.now()))).value;
  const works = async (): Promise<StoredQuiet[]> =>
    (await share('works', () => worksSince(db, clock.now() - WORKS_MS))).value;
  const changed = (): void => live.announce('landscape');

  const viewOf = (quiet: StoredQuiet, now: number): QuietPeriodView => {
    const occurrence = occurrenceOf(quiet, now);
    return {
      id: quiet.id,
      kind: quiet.kind,
      target: quiet.target,
      reason: quiet.reason,
      from: iso(quiet.fromAt),
      until: iso(quiet.untilAt),
      weekly: quiet.weekly,
      weeklyUntil: isoOrNull(quiet.weeklyUntilAt),
      state: quietStateOf(quiet, now),
      occurrence: occurrence && { from: iso(occurrence.from), until: iso(occurrence.until) },
      endedAt: isoOrNull(quiet.endedAt),
      endedBy: quiet.endedBy,
      createdAt: iso(quiet.createdAt),
      createdBy: quiet.createdBy,
      version: quiet.version,
    };
  };

  /** What the audit keeps: the period without the parts that follow from the clock. */
  const factsOf = ({
    kind,
    target,
    reason,
    fromAt,
    untilAt,
    weekly,
    weeklyUntilAt,
    endedAt,
    resumedAt,
  }: StoredQuiet) => ({
    kind,
    target: `${target.kind}:${target.id}`,
    reason,
    from: iso(fromAt),
    until: iso(untilAt),
    ...(weekly ? { weekly, weeklyUntil: isoOrNull(weeklyUntilAt) } : {}),
    ...(endedAt === null ? {} : { endedAt: iso(endedAt) }),
    ...(resumedAt === null ? {} : { resumedAt: iso(resumedAt) }),
  });

  const refuseUnknown = ({ kind, id }: StoredQuiet['target']): void => {
    const hasFlow = (flowId: string) => file.flows.some((flow) => flow.id === flowId);
    const hasSystem = (systemId: string) => file.systems.some((system) => system.id === systemId);
    if (kind === 'flow' && !hasFlow(id)) throw new AppError('flow.not_found', { flowId: id });
    if (kind === 'system' && !hasSystem(id)) throw new AppError('system.not_found', { systemId: id });
    if (kind !== 'alarm') return;
    const [, about = ''] = id.split(':');
    if (!hasFlow(about) && !hasSystem(about)) throw new AppError('flow.not_found', { flowId: about });
  };

  const refuseSpan = (quiet: StoredQuiet, now: number): void => {
    const { fromAt, untilAt, weekly, weeklyUntilAt, kind } = quiet;
    const refuse = (reason: string): never => {
      throw new AppError('quiet.invalid_span', { reason });
    };
    if (untilAt <= fromAt || untilAt <= now) refuse('ends_before_it_begins');
    if (untilAt - fromAt > LONGEST_MS) refuse('too_long');
    if (weekly && kind !== 'maintenance') refuse('weekly_mute');
    if (weekly && untilAt - fromAt >= WEEK_MS) refuse('longer_than_its_week');
    if (weeklyUntilAt !== null && (!weekly || weeklyUntilAt <= fromAt)) refuse('ends_before_it_begins');
  };

  /** The row under its lock, as the person saw it and still open. */
  const present = async (tx: Db, id: string, version: number, now: number): Promise<StoredQuiet> => {
    const found = await lockQuiet(tx, id);
    if (!found) throw new AppError('quiet.not_found', { quietId: id });
    if (quietStateOf(found, now) === 'ended') throw new AppError('quiet.already_ended', { by: found.endedBy });
    if (found.version !== version) throw new AppError('quiet.changed', { version: found.version });
    return found;
  };

  const save = async (
    tx: Db,
    { action, before, after, command }: { action: string; before: StoredQuiet; after: StoredQuiet; command: Command },
  ): Promise<void> => {
    await updateQuiet(tx, after);
    await recordAudit(tx, {
      actor: command.actor,
      action: `quiet.${action}`,
      objectKind: 'quiet',
      objectId: after.id,
      before: factsOf(before),
      after: factsOf(after),
      reason: after.reason,
      requestId: command.requestId,
    });
  };

  return {
    async look() {
      const now = clock.now();
      const open = await periods();
      return (subject) => {
        const found = quietFor(open, subject, now);
        if (!found) return null;
        const { id, kind, target, reason, createdBy } = found.period;
        return { id, kind, target, until: iso(found.until), reason, by: createdBy };
      };
    },

    async maintenanceUntil(flowId) {
      const flow = file.flows.find(({ id }) => id === flowId);
      if (flow === undefined) return null;
      const planned = (await periods()).filter(({ kind }) => kind === 'maintenance');
      const subject = { alarmId: null, flowId, systemIds: decidingSystems(flow) };
      return quietFor(planned, subject, clock.now())?.until ?? null;
    },

    async works() {
      const now = clock.now();
      const from = now - WORKS_MS;
      const held = (await works()).map((one) => ({
        target: one.target,
        over: heldBetween(one, { from, to: now }).filter(({ to }) => to <= now),
      }));
      return (subject) => held.flatMap(({ target, over }) => (coversAlarm(target, subject) ? over : []));
    },

    async list() {
      const now = clock.now();
      const [open, ended] = await Promise.all([liveQuiet(db, now), endedQuiet(db, { now, limit: HISTORY })]);
      return { now: iso(now), periods: [...open, ...ended].map((quiet) => viewOf(quiet, now)) };
    },

    async create(input, command) {
      const now = clock.now();
      const quiet: StoredQuiet = {
        id: newId(),
        kind: input.kind,
        target: input.target,
        reason: input.reason,
        fromAt: input.from === undefined ? now : Date.parse(input.from),
        untilAt: Date.parse(input.until),
        weekly: input.weekly,
        weeklyUntilAt: input.weeklyUntil === null ? null : Date.parse(input.weeklyUntil),
        endedAt: null,
        resumedAt: null,
        endedBy: null,
        createdAt: now,
        createdBy: command.actor.name,
        version: 1,
      };
      refuseUnknown(quiet.target);
      refuseSpan(quiet, now);
      await inTransaction(db, async (tx) => {
        if (quiet.kind === 'mute') await closeExpired(tx, quiet.target, now);
        if (!(await insertQuiet(tx, quiet, command.actor.userId))) {
          const other = await openMute(tx, quiet.target);
          throw new AppError('quiet.already_muted', { by: other?.createdBy, until: isoOrNull(other?.untilAt ?? null) });
        }
        await recordAudit(tx, {
          actor: command.actor,
          action: 'quiet.create',
          objectKind: 'quiet',
          objectId: quiet.id,
          after: factsOf(quiet),
          reason: quiet.reason,
          requestId: command.requestId,
        });
      });
      changed();
      return viewOf(quiet, now);
    },

    async change(id, input, command) {
      const now = clock.now();
      const after = await inTransaction(db, async (tx) => {
        const before = await present(tx, id, input.version, now);
        const next: StoredQuiet = {
          ...before,
          reason: input.reason ?? before.reason,
          untilAt: input.until === undefined ? before.untilAt : Date.parse(input.until),
          version: before.version + 1,
        };
        if (input.until !== undefined) refuseSpan(next, next.weekly ? next.fromAt : now);
        await save(tx, { action: 'change', before, after: next, command });
        return next;
      });
      changed();
      return viewOf(after, now);
    },

    async end(id, input, command) {
      const now = clock.now();
      const after = await inTransaction(db, async (tx) => {
        const before = await present(tx, id, input.version, now);
        const occurrence = input.scope === 'occurrence' && before.weekly ? occurrenceOf(before, now) : null;
        const next: StoredQuiet = {
          ...before,
          // One that is still to come is left out as a whole.
          ...(occurrence
            ? { resumedAt: Math.max(now, occurrence.from) }
            : { endedAt: now, endedBy: command.actor.name }),
          version: before.version + 1,
        };
        await save(tx, { action: 'end', before, after: next, command });
        return next;
      });
      changed();
      return viewOf(after, now);
    },
  };
}
