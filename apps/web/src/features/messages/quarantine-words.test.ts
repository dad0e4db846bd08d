import { expect, it } from 'vitest';
import { z } from 'zod';
import { issueWords } from './quarantine-words.ts';

const said = (schema: z.ZodType, value: unknown): string => schema.safeParse(value).error?.issues[0]?.message ?? '';

it('knows what the check of events says, in the very words of the library', () => {
  const amount = z.string().regex(/^\d+$/);
  expect(
    [
      said(amount, 'сто'),
      said(z.object({ id: z.string() }).shape.id, undefined),
      said(z.string(), 12),
      said(z.enum(['a', 'b']), 'c'),
      said(z.iso.datetime({ offset: true }), 'вчера'),
      said(z.string().min(1), ''),
      said(z.string().max(2), 'abc'),
      said(z.uuid(), 'x'),
      'a moment of the years 2000 to 9999',
    ].map(issueWords),
  ).toEqual(['format', 'missing', 'type', 'option', 'moment', 'small', 'big', 'format', 'moment']);
});

it('leaves alone what it does not know', () => {
  expect(issueWords('«сайт» may not speak on «ut.orders.v1»')).toBeNull();
});
