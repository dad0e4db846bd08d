import type { Calendar } from '@pult/shared/domain/sla/calendar';
import { openClock, type SlaClock } from '@pult/shared/domain/sla/clock';
import type { ClockFact, FactActor, PauseCause } from '@pult/shared/domain/sla/clock-facts';
import { type ClockReading, readClock } from '@pult/shared/domain/sla/clock-reading';
import { DEFAULT_THRESHOLDS, type SubjectKind, selectPolicy } from '@pult/shared/domain/sla/policy';
import { AppError } from '@pult/shared/errors/app-error';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import type { SlaBook } from './book.ts';
import {
  dueClocks,
  factsOf,
  insertClock,
  insertFact,
  insertMark,
  lockClock,
  marksOf,
  type StoredFact,
  saveDerived,
} from './store.ts';

/** Goal of a subject that no policy covers: one working day of eight hours. */
const FALLBACK_GOAL_MS = 8 * 3_600_000;
const MARKS_PER_ROUND = 200;

export interface ClockStart {
  readonly clockId: string;
  readonly subjectId: string;
  readonly cycle: number;
  readonly subject: { readonly kind: SubjectKind; readonly deviation: number | null; readonly flow: string | null };
  readonly at: number;
  readonly actor: FactActor | null;
  readonly reason: string | null;
  /** History: thresholds that passed long ago are nobody's business any more. */
  readonly quiet?: boolean;
}

interface FactHead {
  readonly at: number;
  readonly actor: FactActor | null;
  readonly reason: string | null;
  readonly quiet?: boolean;
}
export type FactToAdd = FactHead &
  (
    | { readonly kind: 'pause'; readonly cause: PauseCause; readonly waitingFor: FactActor | null }
    | { readonly kind: 'resume'; readonly cause: PauseCause | null }
    | { readonly kind: 'stop' }
    | { readonly kind: 'cancel' }
  );

export interface ReadClock {
  readonly clock: SlaClock;
  readonly reading: ClockReading;
  readonly calendar: Calendar;
}

/** Clocks of other modules' subjects: facts in, readings out. Every verb works inside the caller's transaction. */
export interface SlaClocks {
  start(tx: Db, start: ClockStart): Promise<void>;
  /** Facts may be told late or by a system whose time is ahead: never before the last fact, never in the future. */
  add(tx: Db, clockId: string, fact: FactToAdd): Promise<void>;
  /** Takes the last stop back: the clock goes on as if it had not stopped. */
  takeStopBack(tx: Db, clockId: string, head: FactHead): Promise<void>;
  /** The subject turned out to have begun at another time. */
  moveStart(tx: Db, clockId: string, head: FactHead): Promise<void>;
  read(db: Db, clockIds: readonly string[], now: number): Promise<Map<string, ReadClock>>;
  /** Records thresholds that were reached; each once, missed ones once. @returns the subjects they belong to */
  recordMarks(): Promise<string[]>;
}

export function createSlaClocks(deps: { db: Db; book: SlaBook; clock: Clock }): SlaClocks {
  const { db, book, clock } = deps;

  const append = async (
    tx: Db,
    fact: Omit<StoredFact, 'sequence' | 'recordedAt' | 'at'> & { readonly at: number; readonly free?: boolean },
  ): Promise<void> => {
    const present = (await factsOf(tx, [fact.clockId])).get(fact.clockId) ?? [];
    const now = clock.now();
    const { free, ...stored } = fact;
    const floor = free === true ? Number.NEGATIVE_INFINITY : Math.max(...countedFacts(present).map(({ at }) => at));
    await insertFact(tx, {
      ...stored,
      sequence: (present.at(-1)?.sequence ?? 0) + 1,
      at: Math.max(floor, Math.min(now, fact.at)),
      recordedAt: now,
    });
  };

  const derive = async (tx: Db, clockId: string, quiet: boolean): Promise<void> => {
    const now = clock.now();
    const read = readFacts(book, (await factsOf(tx, [clockId])).get(clockId) ?? [], now);
    if (read === null) throw new AppError('server.unexpected', { clock: clockId, problem: 'no usable start' });
    const { reading } = read;
    const marks = await marksOf(tx, clockId);
    const marked = (percent: number, at: number): boolean =>
      marks.some((mark) => mark.percent === percent && mark.reachedAt === at);
    const reached = reading.thresholds.filter(({ passed }) => passed);
    for (const { percent, at } of quiet ? [] : reached) {
      if (at === null || marked(percent, at)) continue;
      await insertMark(tx, { clockId, percent, revision: reading.revision, reachedAt: at, recordedAt: now });
    }
    const ahead = reading.thresholds.find(({ passed, at }) => !passed && at !== null);
    await saveDerived(tx, {
      clockId,
      startedAt: reading.startedAt,
      goalMs: reading.goalMs,
      state: reading.state,
      dueAt: reading.dueAt,
      closedAt: reading.closedAt,
      elapsedMs: reading.closedAt === null ? null : reading.elapsedMs,
      revision: reading.revision,
      nextMark:
        reading.closedAt === null && ahead !== undefined && ahead.at !== null
          ? { percent: ahead.percent, at: ahead.at }
          : null,
    });
  };

  const voidFact = async (
    tx: Db,
    clockId: string,
    kind: 'start' | 'stop',
    head: FactHead,
  ): Promise<StoredFact | null> => {
    const present = countedFacts((await factsOf(tx, [clockId])).get(clockId) ?? []);
    const target = present.findLast((fact) => fact.kind === kind);
    if (target === undefined) return null;
    const { reason, actor } = head;
    await append(tx, { clockId, kind: 'void', at: clock.now(), body: {}, reason, actor, voids: target.sequence });
    return target;
  };

  return {
    start: (outer, start) =>
      inTransaction(outer, async (tx) => {
        const policy = selectPolicy(book.policies, start.subject);
        const calendar = (policy === null ? undefined : book.newest(policy.calendarId)) ?? book.house;
        const goalMs = policy?.goalMs ?? FALLBACK_GOAL_MS;
        const ref = policy === null ? null : { id: policy.id, version: policy.version };
        const at = Math.min(start.at, clock.now());
        await insertClock(tx, {
          id: start.clockId,
          subjectId: start.subjectId,
          subjectKind: start.subject.kind,
          cycle: start.cycle,
          policy: ref,
          startedAt: at,
          goalMs,
        });
        await append(tx, {
          clockId: start.clockId,
          kind: 'start',
          at,
          body: {
            goalMs,
            thresholds: policy?.thresholds ?? DEFAULT_THRESHOLDS,
            policy: ref,
            calendar: { id: calendar.id, version: calendar.version },
          },
          reason: start.reason,
          actor: start.actor,
          voids: null,
          free: true,
        });
        await derive(tx, start.clockId, start.quiet ?? false);
      }),
    add: (outer, clockId, fact) =>
      inTransaction(outer, async (tx) => {
        await lockClock(tx, clockId);
        const { kind, at, actor, reason, quiet, ...body } = fact;
        await append(tx, { clockId, kind, at, body, reason, actor, voids: null });
        await derive(tx, clockId, quiet ?? false);
      }),
    takeStopBack: (outer, clockId, head) =>
      inTransaction(outer, async (tx) => {
        await lockClock(tx, clockId);
        await voidFact(tx, clockId, 'stop', head);
        await derive(tx, clockId, head.quiet ?? false);
      }),
    moveStart: (outer, clockId, head) =>
      inTransaction(outer, async (tx) => {
        await lockClock(tx, clockId);
        const old = await voidFact(tx, clockId, 'start', head);
        if (old === null) return;
        const { actor, reason, at } = head;
        await append(tx, { clockId, kind: 'start', at, body: old.body, reason, actor, voids: null, free: true });
        await derive(tx, clockId, head.quiet ?? false);
      }),
    read: async (inner, clockIds, now) => {
      const facts = await factsOf(inner, clockIds);
      const read = new Map<string, ReadClock>();
      for (const [clockId, list] of facts) {
        const one = readFacts(book, list, now);
        if (one !== null) read.set(clockId, one);
      }
      return read;
    },
    recordMarks: () =>
      inTransaction(db, async (tx) => {
        const due = await dueClocks(tx, clock.now(), MARKS_PER_ROUND);
        for (const { clockId } of due) await derive(tx, clockId, false);
        return due.map(({ subjectId }) => subjectId);
      }),
  };
}

/** Facts that count: no voids and nothing that a void took back. */
export function countedFacts(facts: readonly StoredFact[]): StoredFact[] {
  const voided = new Set(facts.map(({ voids }) => voids));
  return facts.filter(({ kind, sequence }) => kind !== 'void' && !voided.has(sequence));
}

/** Stored fact as the library takes it: written by {@link createSlaClocks} only, so its body has the right shape. */
export const clockFactOf = (fact: StoredFact): ClockFact =>
  ({
    ...fact.body,
    kind: fact.kind,
    at: fact.at,
    sequence: fact.sequence,
    reason: fact.reason,
    actor: fact.actor,
  }) as ClockFact;

/** The clock of stored facts as of `now`; null without a usable start. */
export function readFacts(book: SlaBook, facts: readonly StoredFact[], now: number): ReadClock | null {
  const { clock } = openClock(countedFacts(facts).map(clockFactOf), book.calendarOf);
  if (clock === null) return null;
  const reading = readClock(clock, now);
  return { clock, reading, calendar: book.calendarOf(reading.calendar) ?? book.house };
}
