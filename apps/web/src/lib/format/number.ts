import { formatLanguage, numberFormat } from './locale.ts';

/** Long numbers are grouped by a narrow no-break space. */
const NARROW_SPACE = '\u202f';
const narrow = (text: string): string => text.replace(/[\u00a0\u202f ]/g, NARROW_SPACE);
const SEPARATORS = { ru: { group: NARROW_SPACE, point: ',' }, en: { group: ',', point: '.' } } as const;

/**
 * A number with `least` to `most` digits after the comma, as Intl writes it. The first use of Intl loads the data of the
 * language, a twentieth of the first paint of the inbox; grouping digits does not need it.
 */
export function formatDecimal(value: number, least: number, most: number): string {
  const { group, point } = SEPARATORS[formatLanguage()];
  const [whole = '', rest = ''] = Math.abs(value).toFixed(most).split('.');
  const digits = rest.slice(0, least) + rest.slice(least).replace(/0+$/, '');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, group);
  return `${value < 0 || Object.is(value, -0) ? '-' : ''}${grouped}${digits === '' ? '' : point}${digits}`;
}

/** A count or measure; at most `digits` after the comma. */
export const formatNumber = (value: number, digits = 0): string => formatDecimal(value, 0, digits);

/** Two digits after the comma, always: percentage points («7,00») and kopecks; the unit stands in the text around. */
export const formatPoints = (points: number): string => formatDecimal(points, 2, 2).replace('-', '−');

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

/**
 * A share 0…1 as percent, cut and never rounded up: «99,98 %» is not «100 %» as long as one pair differs, and a small share
 * keeps three digits.
 */
export function formatShare(share: number): string {
  const percent = share * 100;
  const digits = percent >= 1 ? 2 : 3;
  const cut = Math.floor(percent * 10 ** digits + 1e-6) / 10 ** digits;
  const sign = formatLanguage() === 'en' ? '%' : `${NARROW_SPACE}%`;
  if (cut === 0 && share > 0) return `<${formatDecimal(10 ** -digits, 0, digits)}${sign}`;
  return `${formatDecimal(cut, 0, digits)}${sign}`;
}
