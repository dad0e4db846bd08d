/** What is wrong with a field of an event, in the words of who sorts it out. Pure. */

/** Beginnings of what the check of an event says, each with the name of its words. */
const KNOWN = [
  [/^Invalid input: expected .*received undefined$/u, 'missing'],
  [/^Invalid input: expected /u, 'type'],
  [/^Invalid (?:option|literal)/u, 'option'],
  [/^Invalid ISO |^a moment /u, 'moment'],
  [/^Invalid string: must match/u, 'format'],
  [/^Invalid UUID/u, 'format'],
  [/^Too small/u, 'small'],
  [/^Too big/u, 'big'],
] as const satisfies readonly (readonly [RegExp, string])[];

export type IssueWords = (typeof KNOWN)[number][1];

/** Name of the words for a message of the check; null for one that is shown as it came. */
export const issueWords = (message: string): IssueWords | null =>
  KNOWN.find(([beginning]) => beginning.test(message))?.[1] ?? null;
