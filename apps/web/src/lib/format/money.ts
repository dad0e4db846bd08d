import { numberFormat } from './locale.ts';
import { formatNumber, formatPoints } from './number.ts';

const NARROW_SPACE = '\u202f';
const MILLION = 1_000_000;

/**
 * Roubles from a decimal string: whole ones in lists, to the kopeck when exact; above a million short («48,6 млн ₽»). The exact value
 * belongs into the title.
 */
export function formatMoney(amount: string, options: { exact?: boolean } = {}): string {
  const value = Number(amount);
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (!options.exact && size >= MILLION) {
    const text = numberFormat({ notation: 'compact', maximumFractionDigits: 2, minimumFractionDigits: 0 }).format(size);
    return `${sign}${text.replace(/[\u00a0\u202f ]/g, NARROW_SPACE)}${NARROW_SPACE}₽`;
  }
  const text = options.exact ? formatPoints(size) : formatNumber(size);
  return `${sign}${text}${NARROW_SPACE}₽`;
}
