/** Options of the charts: colours come from the palette of the theme, never from here. */
import type { EChartsOption } from 'echarts';
import type { Palette } from '../../ui/tokens.ts';
import { decadesOf, spreadLabels } from './line-ends.ts';

interface Day {
  readonly at: string;
  readonly working: boolean;
  readonly latency: { readonly p50: number | null; readonly p95: number | null; readonly p99: number | null };
}

export const dayLabel = (at: string, bucket: 'hour' | 'day', language: string): string =>
  new Intl.DateTimeFormat(language, {
    timeZone: 'Europe/Moscow',
    ...(bucket === 'hour' ? { hour: '2-digit', minute: '2-digit' } : { day: 'numeric', month: 'short' }),
  }).format(new Date(at));

const base = (palette: Palette): EChartsOption => ({
  animation: false,
  textStyle: { fontFamily: 'Inter Variable, sans-serif', color: palette.text2, fontSize: 12 },
  grid: { left: 44, right: 16, top: 16, bottom: 24 },
  tooltip: {
    trigger: 'axis',
    confine: true,
    backgroundColor: palette.raised,
    borderColor: palette.line,
    textStyle: { color: palette.text, fontSize: 12 },
  },
});

const axis = (palette: Palette) => ({
  axisLine: { lineStyle: { color: palette.line } },
  axisTick: { show: false },
  axisLabel: { color: palette.text2 },
  splitLine: { lineStyle: { color: palette.line } },
});

/** Days off as shaded bands behind the lines. */
const bands = (days: readonly Day[], labels: readonly string[], palette: Palette) => ({
  silent: true,
  itemStyle: { color: palette.sunk, opacity: 1 },
  data: days.flatMap((day, index) =>
    day.working
      ? []
      : [
          [
            { xAxis: labels[Math.max(0, index)] ?? '' },
            { xAxis: labels[Math.min(labels.length - 1, index + 1)] ?? '' },
          ] as [{ xAxis: string }, { xAxis: string }],
        ],
  ),
});

const LATENCY_TOP = 16;
const LATENCY_BOTTOM = 24;
/** Height of a label's line of text with its air, px. */
const LABEL_GAP = 16;

/**
 * Latency percentiles in seconds on a logarithmic scale; the dotted line is the period before. Names and last values stand at
 * the ends of the lines, where the eye is, moved apart where lines meet.
 */
export function latencyOption(input: {
  days: readonly Day[];
  previous: readonly Day[];
  labels: readonly string[];
  names: { p50: string; p95: string; p99: string; before: string };
  /** Seconds as people read them. */
  format: (seconds: number) => string;
  /** Tick of the axis, seconds. */
  formatTick: (seconds: number) => string;
  /** Height of the chart, px. */
  height: number;
  palette: Palette;
}): EChartsOption {
  const { days, previous, labels, names, palette, format, formatTick, height } = input;
  const seconds = (value: number | null): number | null => (value === null ? null : Math.max(0.01, value / 1000));
  const lines = [
    { name: names.p99, values: days.map((day) => seconds(day.latency.p99)), color: palette.doubt, width: 1.75 },
    { name: names.p95, values: days.map((day) => seconds(day.latency.p95)), color: palette.accent, width: 2.25 },
    { name: names.p50, values: days.map((day) => seconds(day.latency.p50)), color: palette.text2, width: 1.75 },
    {
      name: names.before,
      values: previous.slice(0, days.length).map((day) => seconds(day.latency.p95)),
      color: palette.accent,
      width: 1.25,
      dotted: true,
    },
  ];
  const { min, max } = decadesOf(lines.flatMap(({ values }) => values));
  const plot = height - LATENCY_TOP - LATENCY_BOTTOM;
  const topOf = (value: number | null | undefined): number | null =>
    value == null ? null : (plot * (Math.log10(max) - Math.log10(value))) / (Math.log10(max) - Math.log10(min));
  const moved = spreadLabels(
    lines.map(({ values }) => topOf(values.findLast((value) => value !== null))),
    LABEL_GAP,
  );
  return {
    ...base(palette),
    grid: { left: 52, right: 132, top: LATENCY_TOP, bottom: LATENCY_BOTTOM },
    xAxis: { type: 'category', data: [...labels], ...axis(palette), splitLine: { show: false } },
    yAxis: { type: 'log', min, max, ...axis(palette), axisLabel: { color: palette.text2, formatter: formatTick } },
    series: lines.map(({ name, values, color, width, dotted }, index) => ({
      name,
      type: 'line' as const,
      data: values,
      showSymbol: values.length < 3,
      connectNulls: false,
      lineStyle: { width, color, ...(dotted ? { type: 'dotted' as const } : {}) },
      itemStyle: { color },
      endLabel: {
        show: true,
        color,
        fontSize: 12,
        offset: [0, moved[index] ?? 0],
        formatter: ({ value }: { value?: unknown }) => `${name} ${format(Number(value))}`,
      },
      ...(name === names.p95 ? { markArea: bands(days, labels, palette) } : {}),
    })),
  };
}

/** Failures by error class, stacked. */
export function failuresOption(input: {
  labels: readonly string[];
  classes: readonly { readonly name: string; readonly values: readonly number[]; readonly color: string }[];
  palette: Palette;
}): EChartsOption {
  const { labels, classes, palette } = input;
  return {
    ...base(palette),
    xAxis: { type: 'category', data: [...labels], ...axis(palette), splitLine: { show: false } },
    yAxis: { type: 'value', minInterval: 1, ...axis(palette) },
    series: classes.map((one) => ({
      name: one.name,
      type: 'bar' as const,
      stack: 'all',
      barMaxWidth: 28,
      data: [...one.values],
      itemStyle: { color: one.color },
    })),
  };
}

/** Share of the goal used up at the decision; past 100 % hatched and in the colour of a miss. */
export function distributionOption(input: {
  buckets: readonly { readonly fromPercent: number; readonly toPercent: number | null; readonly count: number }[];
  name: string;
  palette: Palette;
}): EChartsOption {
  const { buckets, name, palette } = input;
  return {
    ...base(palette),
    xAxis: {
      type: 'category',
      data: buckets.map((bucket) =>
        bucket.toPercent === null ? `${bucket.fromPercent}+` : String(bucket.fromPercent),
      ),
      ...axis(palette),
      splitLine: { show: false },
    },
    yAxis: { type: 'value', minInterval: 1, ...axis(palette) },
    series: [
      {
        name,
        type: 'bar',
        barCategoryGap: '12%',
        label: { show: true, position: 'top', color: palette.text2, fontSize: 12 },
        data: buckets.map((bucket) => ({
          value: bucket.count,
          itemStyle:
            bucket.fromPercent >= 100
              ? {
                  color: palette.bad,
                  decal: {
                    symbol: 'rect',
                    rotation: Math.PI / 4,
                    dashArrayX: [1, 0],
                    dashArrayY: [3, 3],
                    color: palette.surface,
                  },
                }
              : { color: palette.accent },
        })),
      },
    ],
  };
}
