import type { VerifyAnswer } from './ask.ts';

/** The target does not have the document. */
export const absent = (system: string): VerifyAnswer => ({
  outcome: 'absent',
  system,
  ref: null,
  number: null,
  duplicates: 0,
});
