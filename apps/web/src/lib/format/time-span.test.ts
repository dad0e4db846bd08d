import { describe, expect, it } from 'vitest';
import { formatSpan, parseSpan, spanOf, spanValue } from './time-span.ts';

/** Friday, 27 November 2026, 14:32 in Moscow. */
const NOW = Date.parse('2026-11-27T11:32:00Z');
const WORDS = { from: 'с', to: 'до' };

describe('parseSpan', () => {
  it.each([
    ['сегодня', '2026-11-26T21:00:00.000Z/2026-11-27T21:00:00.000Z'],
    ['вчера', '2026-11-25T21:00:00.000Z/2026-11-26T21:00:00.000Z'],
    ['08:00-14:30', '2026-11-27T05:00:00.000Z/2026-11-27T11:30:00.000Z'],
    ['вчера 08:00 – 14:30', '2026-11-26T05:00:00.000Z/2026-11-26T11:30:00.000Z'],
    ['24.11–26.11', '2026-11-23T21:00:00.000Z/2026-11-26T21:00:00.000Z'],
    ['24.11.2025 08:00 - 25.11.2025 10:00', '2025-11-24T05:00:00.000Z/2025-11-25T07:00:00.000Z'],
    ['с 08:00', '2026-11-27T05:00:00.000Z/'],
    ['08:00', '2026-11-27T05:00:00.000Z/'],
    ['до 24.11', '/2026-11-23T21:00:00.000Z'],
  ])('reads «%s»', (typed, value) => expect(parseSpan(typed, NOW)).toBe(value));

  it.each(['', 'ЗК-000123', '31.02', '14:30-08:00', '25:99', '1-2-3', 'с завтра'])('refuses «%s»', (typed) =>
    expect(parseSpan(typed, NOW)).toBeNull(),
  );
});

describe('formatSpan', () => {
  it('says the day once, and which side is open', () => {
    expect(formatSpan('2026-11-27T05:00:00.000Z/2026-11-27T11:32:00.000Z', WORDS, NOW)).toBe('08:00–14:32');
    expect(formatSpan('2026-11-24T05:00:00.000Z/2026-11-26T07:00:00.000Z', WORDS, NOW)).toBe(
      '24 ноя, 08:00 – 26 ноя, 10:00',
    );
    expect(formatSpan('2026-11-27T05:00:00.000Z/', WORDS, NOW)).toBe('с 08:00');
    expect(formatSpan('/2026-11-24T05:00:00.000Z', WORDS, NOW)).toBe('до 24 ноя, 08:00');
  });
});

describe('the value', () => {
  it('goes into the address and back', () => {
    expect(spanValue({ from: null, to: null })).toBeNull();
    expect(spanOf(spanValue({ from: 'a', to: null }))).toEqual({ from: 'a', to: null });
    expect(spanOf(null)).toEqual({ from: null, to: null });
  });
});
