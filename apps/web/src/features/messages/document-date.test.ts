import { beforeAll, expect, it } from 'vitest';
import { startI18n } from '../../lib/i18n/i18n.ts';
import { documentDate } from './document-date.ts';

beforeAll(() => startI18n());
const row = { acceptedAt: '2026-11-24T11:30:00Z' };
const now = Date.parse('2026-11-24T12:00:00Z');

it('shows no time for an order of a chain: its file has a day only', () =>
  expect(documentDate({ ediOrder: true, occurredAt: '2026-11-24T09:00:00Z', row }, now)).toEqual({
    text: '24 ноя',
    title: undefined,
  }));

it('shows the time that a document of 1С has, and when it came where it has none', () => {
  expect(documentDate({ ediOrder: false, occurredAt: '2026-11-24T09:15:00Z', row }, now).text).toBe('12:15');
  expect(documentDate({ ediOrder: true, occurredAt: null, row }, now).text).toBe('14:30');
});
