/** Geometry of the volume: heights on both scales, ticks of both axes, what a drag means. Pure. */

export type Scale = 'lin' | 'log';
export interface Slots {
  readonly from: number;
  /** Inclusive. */
  readonly to: number;
}

/** On the logarithmic scale one message already has a height of its own. */
const LOG_FOOT = 0.35;
const measure = (value: number, scale: Scale): number =>
  value <= 0 ? 0 : scale === 'lin' ? value : Math.log10(value) + LOG_FOOT;

/** Share of the height, 0 … 1; `top` is the largest value on screen. */
export const heightOf = (value: number, top: number, scale: Scale): number =>
  top <= 0 ? 0 : measure(Math.min(value, top), scale) / measure(top, scale);

const ROUND = [1, 2, 4, 6, 8, 10];

/** Upper end of the axis: what people say, not below the largest value; the logarithmic axis ends with the value itself. */
export function axisTop(largest: number, scale: Scale): number {
  if (scale === 'log' || largest <= 0) return largest;
  const size = 10 ** Math.floor(Math.log10(largest));
  return (ROUND.find((step) => step * size >= largest) ?? 10) * size;
}

/** Values at which a line is drawn below the end of the axis: powers of ten, or a half and the whole. */
export function valueTicks(top: number, scale: Scale): number[] {
  if (top <= 0) return [];
  if (scale === 'log') return Array.from({ length: Math.floor(Math.log10(top)) + 1 }, (_, power) => 10 ** power);
  return top % 2 === 0 ? [top / 2, top] : [top];
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const STEPS = [
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  24 * HOUR,
  48 * HOUR,
  168 * HOUR,
];
const ZONE_OFFSET_MS = 3 * HOUR;

/** Whole hours (or minutes, days) of Moscow within the window, at most `most` of them. */
export function timeTicks(from: number, to: number, most = 8): number[] {
  const step = STEPS.find((one) => (to - from) / one <= most) ?? 30 * 24 * HOUR;
  const first = Math.ceil((from + ZONE_OFFSET_MS) / step) * step - ZONE_OFFSET_MS;
  return Array.from({ length: Math.max(0, Math.ceil((to - first) / step)) }, (_, index) => first + index * step);
}

export interface Drag {
  readonly kind: 'new' | 'from' | 'to';
  readonly start: number;
  readonly now: number;
}

/** Which side of the brush a press takes hold of; elsewhere a new one begins. `reach` in slots. */
export function gripOf(slot: number, brush: Slots | null, reach: number): Drag['kind'] {
  if (brush === null) return 'new';
  if (Math.abs(slot - brush.from) <= reach) return 'from';
  if (Math.abs(slot - brush.to) <= reach) return 'to';
  return 'new';
}

/** The span that a drag has marked so far. */
export function draggedSlots(drag: Drag, brush: Slots | null): Slots {
  const other = drag.kind === 'new' || brush === null ? drag.start : drag.kind === 'from' ? brush.to : brush.from;
  return { from: Math.min(other, drag.now), to: Math.max(other, drag.now) };
}

/** Buckets that a span of time covers; null when it lies outside or is not set. */
export function slotsOf(
  span: { readonly from: number | null; readonly to: number | null },
  window: { readonly start: number; readonly bucketMs: number; readonly count: number },
): Slots | null {
  if (span.from === null && span.to === null) return null;
  const { start, bucketMs, count } = window;
  const from = span.from === null ? 0 : Math.floor((span.from - start) / bucketMs);
  const to = span.to === null ? count - 1 : Math.ceil((span.to - start) / bucketMs) - 1;
  if (to < 0 || from >= count || to < from) return null;
  return { from: Math.max(0, from), to: Math.min(count - 1, to) };
}
