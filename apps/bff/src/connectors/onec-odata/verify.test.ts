import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { onecQuestion } from './verify.ts';

const said = (filter: string, subject: { messageId: string; number?: string; ref?: string }): string =>
  String(
    onecQuestion(
      { filter, appliedWhen: 'exists' },
      { messageId: subject.messageId, number: subject.number ?? '1', ref: subject.ref ?? null },
    ).filter,
  ).replace(/^\((.*)\) and DeletionMark eq false$/su, '$1');

describe('the question to a base', () => {
  it('holds a message as a literal, or as a part of one', () => {
    expect(said('substringof({messageId},Комментарий)', { messageId: '14' })).toBe("substringof('14',Комментарий)");
    expect(said("substringof('[elma:{messageId}]',Итог) and A eq {number}", { messageId: '14', number: 'О-1' })).toBe(
      "substringof('[elma:14]',Итог) and A eq 'О-1'",
    );
    expect(said("A eq 'it''s {number}'", { messageId: '1', number: "О'1" })).toBe("A eq 'it''s О''1'");
  });

  it('asks for nothing else, whatever the message says: literals end where the landscape ended them', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom("' or true or '", '{number}', "{messageId}'", '{ref}', "''", "'{number}"),
    );
    fc.assert(
      fc.property(text, text, text, (messageId, number, ref) => {
        const filled = said("f('[{messageId}]',A) and B eq {number} and C eq {ref}", { messageId, number, ref });
        const literals = [...filled.matchAll(/'(?:[^']|'')*'/g)].map(([one]) => one.slice(1, -1).replaceAll("''", "'"));
        expect(literals).toEqual([`[${messageId}]`, number, ref]);
        expect(filled.replaceAll(/'(?:[^']|'')*'/g, '?')).toBe('f(?,A) and B eq ? and C eq ?');
      }),
    );
  });
});
