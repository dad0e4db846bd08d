import { afterEach, describe, expect, it } from 'vitest';
import { formatLatency, formatWorking } from './duration.ts';
import { formatDue, formatRelative } from './instant.ts';
import { setFormatLanguage } from './locale.ts';
import { formatMoney } from './money.ts';
import { formatNumber, formatPercent } from './number.ts';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const NOW = Date.parse('2026-11-26T11:32:00Z');

afterEach(() => setFormatLanguage('ru'));

describe('numbers', () => {
  it('groups by a narrow space', () => {
    expect(formatNumber(412806)).toBe('412\u202f806');
    expect(plain(formatMoney('184320'))).toBe('184 320 ₽');
    expect(plain(formatMoney('236914.4', { exact: true }))).toBe('236 914,4 ₽');
  });
  it('shortens above a million', () => {
    expect(plain(formatMoney('48600000'))).toBe('48,6 млн ₽');
    expect(plain(formatMoney('-8610'))).toBe('−8 610 ₽');
    setFormatLanguage('en');
    expect(plain(formatMoney('48600000'))).toBe('48.6M ₽');
  });
  it('says percent with a sign when asked', () => {
    expect(plain(formatPercent(0.943))).toBe('94,3 %');
    expect(plain(formatPercent(0.18, { sign: true }))).toBe('+18 %');
    expect(plain(formatPercent(-0.5, { sign: true }))).toBe('−50 %');
  });
});

describe('times', () => {
  it.each([
    [40, '40 мс'],
    [420, '0,4 с'],
    [60_000, '1 мин'],
    [192_000, '3 мин 12 с'],
    [7_500_000, '2 ч 05 мин'],
  ])('%d ms of a machine is %s', (ms, text) => expect(formatLatency(ms)).toBe(text));
  it.each([
    [72 * 60_000, '1 ч 12 м'],
    [38 * 60_000, '38 м'],
    [-80 * 60_000, '−1 ч 20 м'],
  ])('%d ms of working time is %s', (ms, text) => expect(formatWorking(ms)).toBe(text));
  it('is relative under an hour and a clock time after it', () => {
    expect(formatRelative('2026-11-26T11:09:00Z', NOW)).toBe('23 мин');
    expect(formatRelative('2026-11-26T09:09:00Z', NOW)).toBe('12:09');
  });
  it('names the day of a due time only when it is another one', () => {
    expect(formatDue('2026-11-26T12:44:00Z', NOW)).toBe('15:44');
    expect(formatDue('2026-11-27T07:37:00Z', NOW)).toBe('пт, 10:37');
  });
});
