/** How a base is asked for the document of a message. */

import type { VerifyAnswer, VerifySubject } from '../port/ask.ts';
import type { QuestionOf } from '../port/connector.ts';
import { absent } from '../port/verify-answer.ts';
import type { OnecClient, OnecQuery } from './client.ts';
import { guidLiteral, isGuid, stringLiteral } from './literals.ts';
import { flagOf, refOf, textOf } from './values.ts';

/** Marked for deletion counts as absent; more than one live document as duplicates. @throws SourceError */
export async function verifyInBase(
  onec: OnecClient,
  question: QuestionOf<'onec-odata'>,
  subject: VerifySubject,
): Promise<VerifyAnswer> {
  const { system } = question;
  const rows = await onec.list(question.set, onecQuestion(question, subject));
  const live = rows.filter((row) => !flagOf(row, 'DeletionMark'));
  const posted = live.find((row) => flagOf(row, 'Posted'));
  const first = posted ?? live[0];
  if (first === undefined) return absent(system);
  const applied = question.appliedWhen === 'exists' || posted !== undefined;
  return {
    outcome: applied ? 'applied' : 'present',
    system,
    ref: refOf(first, 'Ref_Key'),
    number: textOf(first, 'Number') || null,
    duplicates: live.length - 1,
  };
}

/** How a base is asked for the document of a message; the check of a connection asks in the same words. */
export const onecQuestion = (
  config: { readonly filter: string; readonly appliedWhen: 'posted' | 'exists' },
  subject: Omit<VerifySubject, 'type'>,
): OnecQuery => ({
  // Documents marked for deletion would fill the answer and hide the live one behind them.
  filter: `(${filled(config.filter, subject)}) and DeletionMark eq false`,
  // Tasks and processes of 1С are there and are not posted: they have no such field.
  select: ['Ref_Key', 'Number', ...(config.appliedWhen === 'posted' ? ['Posted'] : []), 'DeletionMark'],
  top: 5,
});

/** A literal of the filter with what stands in it, or a place outside of any. */
const LITERAL_OR_PLACE = /'(?:[^']|'')*'|\{(?:number|messageId|ref)\}/g;
const PLACE = /\{(number|messageId|ref)\}/g;

/**
 * Puts a message into the filter of the landscape; quoting happens here and nowhere else. Outside of a literal a place becomes a
 * literal, inside of one it becomes a part of its text. In one pass: what a message says is no place again.
 */
function filled(filter: string, subject: Omit<VerifySubject, 'type'>): string {
  const ref = subject.ref ?? subject.messageId;
  const texts: Readonly<Record<string, string>> = { number: subject.number, messageId: subject.messageId, ref };
  const said = (name: string): string => texts[name] ?? '';
  return filter.replaceAll(LITERAL_OR_PLACE, (found) => {
    if (found.startsWith("'")) return found.replaceAll(PLACE, (_, name) => said(name).replaceAll("'", "''"));
    const name = found.slice(1, -1);
    return name === 'ref' && isGuid(ref) ? guidLiteral(ref) : stringLiteral(said(name));
  });
}
