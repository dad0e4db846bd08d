/** What is wrong with a field of an event, in the words of who sorts it out. Pure. */

/** What the check of an event says (the library, and `readEvent`), each with the name of its words. */
const KNOWN = [
  [/^Invalid input: expected .*received undefined$/u, 'missing'],
  [/^Invalid input: expected "/u, 'option'],
  [/^Invalid input: expected /u, 'type'],
  [/^Invalid option/u, 'option'],
  [/^Invalid ISO |^a moment /u, 'moment'],
  [/^Invalid string: must match/u, 'format'],
  [/^Invalid UUID/u, 'format'],
  [/^Too small/u, 'small'],
  [/^Too big/u, 'big'],
  [/^more than a day in the future$/u, 'future'],
  [/^the key belongs to |may not speak on | takes no part in /u, 'foreign'],
  [/^the landscape has no flow /u, 'unknownFlow'],
  [/ is no target of /u, 'unknownConsumer'],
  [/^a failure needs the text of its error$/u, 'noError'],
  [/^the source message id is missing$/u, 'noMessageId'],
  [/^an event of \d+ bytes: its content is not kept$/u, 'notKept'],
] as const satisfies readonly (readonly [RegExp, string])[];

export type IssueWords = (typeof KNOWN)[number][1];

/** Name of the words for a message of the check; null for one that is shown as it came. */
export const issueWords = (message: string): IssueWords | null =>
  KNOWN.find(([beginning]) => beginning.test(message))?.[1] ?? null;
