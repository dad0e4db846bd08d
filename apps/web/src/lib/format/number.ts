import { numberFormat } from './locale.ts';

/** Long numbers are grouped by a narrow no-break space. */
const NARROW_SPACE = '\u202f';
const narrow = (text: string): string => text.replace(/[\u00a0\u202f ]/g, NARROW_SPACE);

/** A count or measure; at most `digits` after the comma. */
export const formatNumber = (value: number, digits = 0): string =>
  narrow(numberFormat({ maximumFractionDigits: digits }).format(value));

/** Two digits after the comma, always: percentage points («7,00») and kopecks; the unit stands in the text around. */
export const formatPoints = (points: number): string =>
  narrow(numberFormat({ minimumFractionDigits: 2, maximumFractionDigits: 2 }).format(points)).replace('-', '−');

/** A share 0…1 as percent; small shares keep more digits. */
export function formatPercent(ratio: number, options: { sign?: boolean } = {}): string {
  const percent = Math.abs(ratio * 100);
  const digits = percent === 0 || percent >= 10 ? (percent % 1 === 0 || percent >= 100 ? 0 : 1) : 1;
  return narrow(
    numberFormat({
      style: 'percent',
      maximumFractionDigits: digits,
      ...(options.sign ? { signDisplay: 'exceptZero' as const } : {}),
    }).format(ratio),
  ).replace('-', '−');
}
