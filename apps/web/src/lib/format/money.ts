import { formatLanguage } from './locale.ts';
import { formatDecimal, formatNumber, formatPoints } from './number.ts';

const NARROW_SPACE = '\u202f';
const MILLION = 1_000_000;
/** Short forms from a million on, each a thousand times the one before. */
const SHORT = { ru: ['\u202fмлн', '\u202fмлрд', '\u202fтрлн'], en: ['M', 'B', 'T'] } as const;

/** «48,6 млн»: two digits after the comma at most; what rounds up to a thousand is one of the next unit. */
function short(size: number): string {
  const units = SHORT[formatLanguage()];
  let unit = 0;
  let count = size / MILLION;
  while (unit < units.length - 1 && Number(count.toFixed(2)) >= 1_000) {
    count /= 1_000;
    unit += 1;
  }
  return `${formatDecimal(count, 0, 2)}${units[unit]}`;
}

/**
 * Roubles from a decimal string: whole ones in lists, to the kopeck when exact; above a million short («48,6 млн ₽»). The exact value
 * belongs into the title.
 */
export function formatMoney(amount: string, options: { exact?: boolean } = {}): string {
  const value = Number(amount);
  const sign = value < 0 ? '−' : '';
  const size = Math.abs(value);
  if (!options.exact && size >= MILLION) return `${sign}${short(size)}${NARROW_SPACE}₽`;
  const text = options.exact ? formatPoints(size) : formatNumber(size);
  return `${sign}${text}${NARROW_SPACE}₽`;
}
