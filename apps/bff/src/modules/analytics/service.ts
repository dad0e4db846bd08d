/** View models of the dashboards. */
import type { analyticsApprovals, analyticsFailures, analyticsFlows } from '@pult/shared/contracts/analytics';
import type { EndpointReply } from '@pult/shared/contracts/endpoint';
import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { AppError } from '@pult/shared/errors/app-error';
import type { AnalyticsSources, ClosedApproval, WorkingDay } from './ports.ts';
import {
  bucketKind,
  bucketStarts,
  dayOf,
  goalDistribution,
  groupByBucket,
  type HourFigures,
  type HourLatency,
  measureOf,
  rankOf,
  weekGrid,
} from './rules.ts';

/** Longest range of one report; longer ones would read more rollups than a screen can show. */
const MAX_RANGE_MS = 400 * 86_400_000;
const GOAL_SHARE = 0.95;
const MAX_CAUSES = 12;

export interface RangeQuery {
  readonly from: string;
  readonly to: string;
  readonly compareFrom?: string | undefined;
  readonly compareTo?: string | undefined;
}
export interface FlowRangeQuery extends RangeQuery {
  readonly flow?: string | string[] | undefined;
  readonly workingDaysOnly?: 'true' | 'false' | undefined;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

const iso = (at: number): string => new Date(at).toISOString();

export function createAnalyticsService(deps: { landscape: LandscapeFile; sources: AnalyticsSources }) {
  const { landscape, sources } = deps;

  const spanOf = (from: string, to: string): Span => {
    const span = { from: Date.parse(from), to: Date.parse(to) };
    if (span.to <= span.from || span.to - span.from > MAX_RANGE_MS)
      throw new AppError('request.invalid', {
        issues: [{ path: 'query.to', code: 'custom', message: 'must be after from, at most 400 days' }],
      });
    return span;
  };
  const compareOf = (query: RangeQuery): Span | null =>
    query.compareFrom && query.compareTo ? spanOf(query.compareFrom, query.compareTo) : null;
  /** A period that began before there were figures looks empty, and everything since like a miracle: there is no comparing. */
  const comparable = (compare: Span | null, since: number | null): Span | null =>
    compare !== null && since !== null && dayOf(since) <= compare.from ? compare : null;
  const flowIdsOf = (query: FlowRangeQuery): string[] | null => {
    const ids = [query.flow ?? []]
      .flat()
      .flatMap((text) => text.split(','))
      .filter((id) => id !== '');
    return ids.length === 0 ? null : ids;
  };

  const daysOf = (span: Span): Map<number, WorkingDay> => {
    const days = new Map<number, WorkingDay>();
    for (const at of bucketStarts(span.from, span.to, 'day')) days.set(at, sources.dayOf(at));
    return days;
  };

  const read = async (span: Span, flowIds: string[] | null, workingDaysOnly: boolean) => {
    const [figures, latencies] = await Promise.all([
      sources.hours({ ...span, flowIds }),
      sources.latencies({ ...span, flowIds }),
    ]);
    const days = daysOf(span);
    const counts = (row: { at: number }): boolean => !workingDaysOnly || days.get(dayOf(row.at))?.working !== false;
    return { days, figures: figures.filter(counts), latencies: latencies.filter(counts) };
  };

  const series = (
    span: Span,
    kind: 'hour' | 'day',
    data: { days: Map<number, WorkingDay>; figures: HourFigures[]; latencies: HourLatency[] },
  ) => {
    const figures = groupByBucket(data.figures, kind);
    const latencies = groupByBucket(data.latencies, kind);
    return bucketStarts(span.from, span.to, kind).map((at) => {
      const day = data.days.get(dayOf(at));
      return {
        at: iso(at),
        working: day?.working ?? true,
        holiday: day?.holiday ?? null,
        ...measureOf(figures.get(at) ?? [], latencies.get(at) ?? []),
      };
    });
  };

  return {
    async flows(query: FlowRangeQuery): Promise<EndpointReply<typeof analyticsFlows>> {
      const span = spanOf(query.from, query.to);
      const state = await sources.state();
      const compare = comparable(compareOf(query), state.since);
      const flowIds = flowIdsOf(query);
      const workingOnly = query.workingDaysOnly === 'true';
      const [present, past] = await Promise.all([
        read(span, flowIds, workingOnly),
        compare ? read(compare, flowIds, workingOnly) : null,
      ]);
      const kind = bucketKind(span.from, span.to);
      // Hours still to come and days left out have no figures: counted, they would halve the mean.
      const covered = (at: number): boolean =>
        at <= state.now && (!workingOnly || present.days.get(dayOf(at))?.working !== false);
      const watched = landscape.flows.filter((flow) => flow.watched && (!flowIds || flowIds.includes(flow.id)));
      return {
        now: iso(state.now),
        bucket: kind,
        total: measureOf(present.figures, present.latencies),
        previous: past ? measureOf(past.figures, past.latencies) : null,
        days: series(span, kind, present),
        previousDays: past && compare ? series(compare, kind, past) : [],
        flows: watched.map((flow) => {
          const own = <T extends { flowId: string }>(rows: readonly T[]): T[] =>
            rows.filter(({ flowId }) => flowId === flow.id);
          const figures = own(present.figures);
          const latencies = own(present.latencies);
          return {
            flowId: flow.id,
            title: flow.title,
            total: measureOf(figures, latencies),
            previous: past ? measureOf(own(past.figures), own(past.latencies)) : null,
            days: series(span, kind, { days: present.days, figures, latencies }).map(
              ({ at, applied, failed, latency }) => ({ at, applied, failed, p95: latency.p95 }),
            ),
          };
        }),
        week: weekGrid(present.figures, span, ({ applied }) => applied, covered),
        weekFailed: weekGrid(present.figures, span, ({ failed }) => failed, covered),
        freshAt: state.freshAt === null ? null : iso(state.freshAt),
        open: { inDoubt: state.inDoubt, quarantine: state.quarantine },
      };
    },

    async failures(query: FlowRangeQuery): Promise<EndpointReply<typeof analyticsFailures>> {
      const span = spanOf(query.from, query.to);
      const state = await sources.state();
      const compare = comparable(compareOf(query), state.since);
      const flowIds = flowIdsOf(query);
      const workingOnly = query.workingDaysOnly === 'true';
      const days = daysOf(span);
      const pastDays = compare ? daysOf(compare) : days;
      const [all, before] = await Promise.all([
        sources.failures({ ...span, flowIds }),
        compare ? sources.failures({ ...compare, flowIds }) : null,
      ]);
      const counts = (book: Map<number, WorkingDay>) => (row: { at: number }) =>
        !workingOnly || book.get(dayOf(row.at))?.working !== false;
      const rows = all.filter(counts(days));
      const past = before?.filter(counts(pastDays)) ?? null;
      const sum = (list: readonly { count: number }[]) => list.reduce((total, { count }) => total + count, 0);
      const total = sum(rows);
      const kind = bucketKind(span.from, span.to);
      const groups = groupByBucket(rows, kind);
      const classes = [...new Set(rows.map(({ errorClass }) => errorClass))];
      const causes = [...new Map(rows.map((row) => [row.causeId, row])).values()];
      return {
        now: iso(state.now),
        bucket: kind,
        total,
        previous: past ? sum(past) : null,
        days: bucketStarts(span.from, span.to, kind).map((at) => {
          const byClass: Record<string, number> = {};
          for (const row of groups.get(at) ?? []) byClass[row.errorClass] = (byClass[row.errorClass] ?? 0) + row.count;
          return { at: iso(at), byClass };
        }),
        classes: classes
          .map((errorClass) => {
            const own = (list: readonly { errorClass: string; count: number }[]) =>
              sum(list.filter((row) => row.errorClass === errorClass));
            const count = own(rows);
            return { errorClass, count, share: total === 0 ? 0 : count / total, previous: past ? own(past) : null };
          })
          .sort((a, b) => b.count - a.count),
        causes: causes
          .map((cause) => {
            const own = (list: readonly { causeId: string; count: number }[]) =>
              sum(list.filter((row) => row.causeId === cause.causeId));
            return {
              causeId: cause.causeId,
              title: { ru: cause.titleRu, en: cause.titleEn },
              pattern: cause.pattern,
              flowId: cause.flowId,
              errorClass: cause.errorClass,
              count: own(rows),
              previous: past ? own(past) : null,
            };
          })
          .sort((a, b) => b.count - a.count)
          .slice(0, MAX_CAUSES),
      };
    },

    async approvals(query: RangeQuery): Promise<EndpointReply<typeof analyticsApprovals>> {
      const span = spanOf(query.from, query.to);
      const compare = compareOf(query);
      const [closed, before, openBreached, state] = await Promise.all([
        sources.closedApprovals(span.from, span.to),
        compare ? sources.closedApprovals(compare.from, compare.to) : null,
        sources.openBreached(),
        sources.state(),
      ]);
      const met = closed.filter(({ inTime }) => inTime).length;
      const percents = closed.map((one) => (one.goalMs === 0 ? 0 : (one.elapsedMs / one.goalMs) * 100));
      const kinds = ['discount', 'order', 'return'] as const;
      const names = [...new Set(closed.map(({ decidedBy }) => decidedBy))].sort((a, b) => a.localeCompare(b, 'ru'));
      return {
        now: iso(state.now),
        closed: closed.length,
        met,
        breached: closed.length - met,
        compliance: complianceOf(closed),
        previousCompliance: before ? complianceOf(before) : null,
        openBreached,
        goalShare: GOAL_SHARE,
        distribution: goalDistribution(percents),
        medianPercent: rankOf(percents, 0.5),
        p90Percent: rankOf(percents, 0.9),
        kinds: kinds.map((kind) => {
          const own = closed.filter((one) => one.kind === kind);
          const spent = own.map(({ elapsedMs }) => elapsedMs);
          return {
            kind,
            decided: own.length,
            medianMs: rankOf(spent, 0.5),
            p90Ms: rankOf(spent, 0.9),
            goalMs: rankOf(
              own.map(({ goalMs }) => goalMs),
              0.5,
            ),
            compliance: complianceOf(own),
          };
        }),
        deciders: names.map((name) => {
          const own = closed.filter(({ decidedBy }) => decidedBy === name);
          return {
            name,
            decided: own.length,
            met: own.filter(({ inTime }) => inTime).length,
            compliance: complianceOf(own),
          };
        }),
      };
    },
  };
}

const complianceOf = (closed: readonly ClosedApproval[]): number | null =>
  closed.length === 0 ? null : closed.filter(({ inTime }) => inTime).length / closed.length;
