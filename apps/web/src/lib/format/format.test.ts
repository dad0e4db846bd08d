import { afterEach, describe, expect, it } from 'vitest';
import { formatDocumentType, formatOperationTitle } from './document.ts';
import { formatLag, formatLatency, formatMinutes, formatWorking } from './duration.ts';
import { formatDue, formatInstant, formatMoment, formatRelative, formatWeekdayMoment } from './instant.ts';
import { setFormatLanguage } from './locale.ts';
import { formatMoney } from './money.ts';
import { formatNumber, formatPercent } from './number.ts';

const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');
const NOW = Date.parse('2026-11-26T11:32:00Z');

afterEach(() => setFormatLanguage('ru'));

const spaced = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('numbers', () => {
  it('groups by a narrow space', () => {
    expect(formatNumber(412806)).toBe('412\u202f806');
    expect(plain(formatMoney('184320'))).toBe('184 320 ₽');
    expect(plain(formatMoney('236914.4', { exact: true }))).toBe('236 914,40 ₽');
  });
  it('shortens above a million', () => {
    expect(plain(formatMoney('48600000'))).toBe('48,6 млн ₽');
    expect(plain(formatMoney('-8610'))).toBe('−8 610 ₽');
    expect(plain(formatMoney('72000000.4'))).toBe('72 млн ₽');
    setFormatLanguage('en');
    expect(plain(formatMoney('48600000'))).toBe('48.6M ₽');
  });
  it('says percent with a sign when asked', () => {
    expect(plain(formatPercent(0.943))).toBe('94,3 %');
    expect(plain(formatPercent(0.18, { sign: true }))).toBe('+18 %');
    expect(plain(formatPercent(-0.5, { sign: true }))).toBe('−50 %');
  });
});

describe('document types', () => {
  it('are said as 1С says them', () => {
    expect(formatDocumentType('ЗаказКлиента')).toBe('Заказ клиента');
    expect(formatDocumentType('ОтчетОРозничныхПродажах')).toBe('Отчет о розничных продажах');
    expect(formatOperationTitle('ВыпускПродукции ПР2-000012')).toBe('Выпуск продукции ПР2-000012');
    expect(formatOperationTitle('Не найдена номенклатура')).toBe('Не найдена номенклатура');
    setFormatLanguage('en');
    expect(formatDocumentType('ЗаказКлиента')).toBe('Customer order');
  });
});

describe('times', () => {
  it.each([
    [40, '40 мс'],
    [420, '0,4 с'],
    [60_000, '1 мин'],
    [192_000, '3 мин 12 с'],
    [7_500_000, '2 ч 05 мин'],
  ])('%d ms of a machine is %s', (ms, text) => expect(spaced(formatLatency(ms))).toBe(text));
  it.each([
    [72 * 60_000, '1 ч 12 м'],
    [38 * 60_000, '38 м'],
    [-80 * 60_000, '−1 ч 20 м'],
  ])('%d ms of working time is %s', (ms, text) => expect(formatWorking(ms)).toBe(text));
  it.each([
    [40_000, '40 с'],
    [23 * 60_000, '23 мин'],
    [133 * 60_000, '2 ч 13 мин'],
    [2 * 3_600_000, '2 ч'],
    [3 * 24 * 3_600_000, '3 д'],
  ])('an age of %d ms is %s', (ms, text) => expect(spaced(formatMinutes(ms))).toBe(text));
  it.each([
    [0, '0 с'],
    [-0.4, '0 с'],
    [-1_900, '−1,9 с'],
    [2_000, '+2 с'],
  ])('a lag of %d ms is %s', (ms, text) => expect(spaced(formatLag(ms))).toBe(text));
  it('is of the house in both languages, whatever the zone of the browser', () => {
    expect(formatWeekdayMoment('2026-11-26T11:32:00Z')).toBe('чт 26 ноя, 14:32');
    expect(plain(formatInstant('2026-11-26T21:32:05Z'))).toBe('27 ноября 2026 г. в 00:32:05 МСК');
    setFormatLanguage('en');
    expect(formatWeekdayMoment('2026-11-26T11:32:00Z')).toBe('Thu 26 Nov, 14:32');
  });
  it('says the year only of another year', () => {
    expect(formatMoment('2026-05-09T09:00:00Z', NOW)).toBe('9 мая, 12:00');
    expect(formatMoment('2025-11-26T11:32:00Z', NOW)).toBe('26 ноя 2025, 14:32');
  });
  it('never parts a number from its unit at the end of a line', () => {
    expect(formatMinutes(133 * 60_000)).toBe('2\u00a0ч\u00a013\u00a0мин');
    expect(formatLatency(192_000)).toBe('3\u00a0мин\u00a012\u00a0с');
  });
  it('is relative under an hour and a clock time after it', () => {
    expect(spaced(formatRelative('2026-11-26T11:09:00Z', NOW))).toBe('23 мин');
    expect(formatRelative('2026-11-26T09:09:00Z', NOW)).toBe('12:09');
  });
  it('names the day of a due time only when it is another one', () => {
    expect(formatDue('2026-11-26T12:44:00Z', NOW)).toBe('15:44');
    expect(formatDue('2026-11-27T07:37:00Z', NOW)).toBe('пт, 10:37');
  });
});
