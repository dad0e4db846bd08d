/** Silence and rhythm of the flows with a cadence, each source for itself; what is due comes from the production calendar. */
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { FlowConfig, LandscapeFile } from '@pult/shared/contracts/landscape-file';
import type { CadenceHealth, flowRhythm, RhythmDay } from '@pult/shared/contracts/rhythm';
import { type AlarmSubject, decidingSystems } from '@pult/shared/domain/quiet/quiet';
import { expectedFrom, rhythmOfDay, type Slot, silenceOf } from '@pult/shared/domain/silence/rhythm';
import {
  busyHours,
  type Cadence,
  dayStartOf,
  type Stretch,
  type WorkingHours,
} from '@pult/shared/domain/silence/slots';
import { AppError } from '@pult/shared/errors/app-error';
import type { Clock } from '../../../platform/clock.ts';
import type { Db } from '../../../platform/db/database.ts';
import type { Ticker } from '../../../platform/jobs/ticker.ts';
import type { Arrivals, WorkingTime } from '../ports.ts';
import { awayOf, noteSeen, readSeen } from './seen.ts';
import { noteWatched, type WatchBegin, watchKey } from './watched-since.ts';

const DAY_MS = 86_400_000;
const WATCH_MS = 60_000;
/** Today and the four days before. */
const DAYS_SHOWN = 5;
/** The first window of the oldest day begins behind the longest row of days off. */
const LOOK_BACK_MS = (DAYS_SHOWN + 12) * DAY_MS;

const iso = (at: number): string => new Date(at).toISOString();
const isoOrNull = (at: number | null): string | null => (at === null ? null : iso(at));
const spanOf = ({ from, to }: { from: number; to: number }) => ({ from: iso(from), to: iso(to) });

export interface SilenceDeps {
  readonly db: Db;
  readonly file: Pick<LandscapeFile, 'flows' | 'systems'>;
  readonly clock: Clock;
  readonly working: WorkingTime;
  readonly arrivals: Arrivals;
  /** Planned works that are over, ms; by what they covered. */
  readonly works: () => Promise<(subject: AlarmSubject) => readonly Stretch[]>;
}

/** Last message of a flow as other records know it, ms; for messages from before the rhythm was kept. */
type LastAccepted = (flowId: string) => number | null;

export interface SilenceWatch {
  /** How each watched flow with a cadence keeps it now. */
  cadences(lastAccepted: LastAccepted): Promise<ReadonlyMap<string, CadenceHealth>>;
  /** @throws AppError `flow.not_found` */
  rhythm(flowId: string, lastAccepted: LastAccepted): Promise<EndpointReply<typeof flowRhythm>>;
  /** Begins to watch what the landscape promises, if it has not begun before. */
  start(ticker: Ticker): void;
}

export function createSilenceWatch({ db, file, clock, working, arrivals, works }: SilenceDeps): SilenceWatch {
  const buses = new Set(file.systems.filter(({ kind }) => kind === 'bus').map(({ id }) => id));
  const hours: WorkingHours = (from, to) => working.intervals(from, to);
  /** The bus only carries: it sends nothing of its own. */
  const sourcesOf = (flow: FlowConfig): string[] => flow.from.filter((id) => !buses.has(id));
  const watched = file.flows.filter((flow) => flow.watched && flow.cadence);

  const pairsOf = (flows: readonly FlowConfig[]) =>
    flows.flatMap((flow) => sourcesOf(flow).map((source) => ({ flowId: flow.id, source })));
  let noted: ReadonlyMap<string, WatchBegin> | null = null;
  /** The moments never change while a source is watched: they are read once. */
  const watchedSince = async (): Promise<ReadonlyMap<string, WatchBegin>> => {
    if (noted === null) {
      const all = file.flows.filter(({ cadence }) => cadence);
      noted = await noteWatched(db, { all: pairsOf(all), watched: pairsOf(watched), now: clock.now() });
    }
    return noted;
  };

  const judge = async (flows: readonly FlowConfig[], lastAccepted: LastAccepted, now: number) => {
    const [spans, since, worksOf, seen] = await Promise.all([
      arrivals.spans(pairsOf(flows)),
      watchedSince(),
      works(),
      readSeen(db),
    ]);
    const untold = awayOf(seen, now);
    return new Map(
      flows.map((flow) => {
        const sources = sourcesOf(flow);
        const judged = sources.map((source) => {
          const known = spans.find((span) => span.flowId === flow.id && span.source === source);
          const elsewhere = sources.length === 1 ? lastAccepted(flow.id) : null;
          const lastAt = Math.max(known?.lastAt ?? 0, elsewhere ?? 0) || null;
          const begin = since.get(watchKey({ flowId: flow.id, source })) ?? null;
          const watchedFrom = begin?.since ?? null;
          // Of a first watch the news may be older than the watch itself: they count as they are.
          const countsFrom = lastAt === null || begin?.again ? watchedFrom : null;
          const alarmId = sources.length === 1 ? `silence:${flow.id}` : `silence:${flow.id}:${source}`;
          const systemIds = [source, ...decidingSystems(flow)];
          const allowances = { excused: worksOf({ alarmId, flowId: flow.id, systemIds }), untold };
          return {
            systemId: source,
            lastAt,
            watchedSince: watchedFrom,
            again: begin?.again ?? false,
            firstAt: known?.firstAt ?? null,
            allowances,
            ...silenceOf(flow.cadence, { lastAt, watchedSince: countsFrom, now, ...allowances }, hours),
          };
        });
        return [flow.id, judged] as const;
      }),
    );
  };

  type Judged = Awaited<ReturnType<typeof judge>> extends Map<string, infer J> ? J : never;

  const healthOf = (cadence: NonNullable<FlowConfig['cadence']>, sources: Judged): CadenceHealth => {
    const least = (times: readonly (number | null)[]): number | null => {
      const known = times.filter((time) => time !== null);
      return known.length === 0 ? null : Math.min(...known);
    };
    const silent = sources.filter(({ silentSince }) => silentSince !== null);
    return {
      everyMs: cadence.everyMs,
      graceMs: cadence.graceMs,
      during: cadence.during,
      hours: cadence.hours ?? null,
      offHoursEveryMs: cadence.offHoursEveryMs ?? null,
      lastAt: isoOrNull(Math.max(0, ...sources.map(({ lastAt }) => lastAt ?? 0)) || null),
      expectedAt: isoOrNull(least((silent.length > 0 ? silent : sources).map(({ expectedAt }) => expectedAt))),
      silentSince: isoOrNull(least(silent.map(({ silentSince }) => silentSince))),
      missed: Math.max(0, ...sources.map(({ missed }) => missed)),
      sources: sources.map(({ systemId, lastAt, watchedSince: since, expectedAt, silentSince, missed }) => ({
        systemId,
        watchedSince: isoOrNull(since),
        lastAt: isoOrNull(lastAt),
        expectedAt: isoOrNull(expectedAt),
        silentSince: isoOrNull(silentSince),
        missed,
      })),
    };
  };

  const dayView = (cadence: Cadence, day: number, slots: readonly Slot[]): RhythmDay => {
    const calendar = working.intervals(day, day + DAY_MS);
    const count = (...states: readonly Slot['state'][]) => slots.filter(({ state }) => states.includes(state)).length;
    return {
      from: iso(day),
      to: iso(day + DAY_MS),
      kind: calendar.length > 0 ? 'working' : 'off',
      holiday: working.dayOf(day).holiday,
      working: calendar.map(spanOf),
      busy: cadence.during === 'always' ? [] : busyHours(cadence, day, hours).map(spanOf),
      slots: slots.map(({ dueAt, state, cameAt }) => ({ dueAt: iso(dueAt), state, cameAt: isoOrNull(cameAt) })),
      counts: {
        due: count('on_time', 'late', 'missing'),
        onTime: count('on_time'),
        late: count('late'),
        missing: count('missing'),
      },
    };
  };

  return {
    start: (ticker) => {
      ticker.alone(WATCH_MS, 'landscape.silence', async () => {
        await watchedSince();
        await noteSeen(db, clock.now());
      });
    },

    async cadences(lastAccepted) {
      const judged = await judge(watched, lastAccepted, clock.now());
      return new Map(
        watched.flatMap(({ id, cadence }) => (cadence ? [[id, healthOf(cadence, judged.get(id) ?? [])] as const] : [])),
      );
    },

    async rhythm(flowId, lastAccepted) {
      const now = clock.now();
      const flow = file.flows.find(({ id }) => id === flowId);
      if (!flow) throw new AppError('flow.not_found', { flowId });
      const { cadence } = flow;
      if (!cadence || !flow.watched) return { now: iso(now), cadence: null, sources: [] };
      const today = dayStartOf(now);
      const [judged, seen] = await Promise.all([
        judge([flow], lastAccepted, now),
        arrivals.since(flowId, today - LOOK_BACK_MS),
      ]);
      const sources = judged.get(flowId) ?? [];
      const days = Array.from({ length: DAYS_SHOWN }, (_, index) => today - index * DAY_MS);
      return {
        now: iso(now),
        cadence: healthOf(cadence, sources),
        sources: sources.map(({ systemId, firstAt, watchedSince: since, again, allowances }) => {
          const own = seen.filter(({ source }) => source === systemId).map(({ at }) => at);
          const expected = since === null ? null : expectedFrom(cadence, since, hours);
          const from = firstAt === null || expected === null ? (firstAt ?? expected) : Math.min(firstAt, expected);
          const input = {
            cadence,
            working: hours,
            now,
            arrivals: own,
            firstAt: from,
            expectedFrom: again ? expected : null,
            ...allowances,
          };
          return { systemId, days: days.map((day) => dayView(cadence, day, rhythmOfDay(day, input))) };
        }),
      };
    },
  };
}
