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
      said(z.literal('1.0'), '0.3'),
      'a moment of the years 2000 to 9999',
      '«сайт» may not speak on «ut.orders.v1»',
      'the landscape has no flow «x»',
      '«x» is no target of «y»',
    ].map(issueWords),
  ).toEqual([
    'format',
    'missing',
    'type',
    'option',
    'moment',
    'small',
    'big',
    'format',
    'option',
    'moment',
    'foreign',
    'unknownFlow',
    'unknownConsumer',
  ]);
});

it('leaves alone what it does not know', () => {
  expect(issueWords('something new')).toBeNull();
});
