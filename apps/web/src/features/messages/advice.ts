import type { ErrorClassName, MessageDetail } from '@pult/shared/contracts/messages';
import type { Verb } from './queries.ts';

/** Failures that the same bytes get past once the other side is well again; the others need a correction first. */
const SAME_BYTES = ['transport', 'capacity', 'authorisation'] as const;
type SameBytes = (typeof SAME_BYTES)[number];

const sameBytes = (errorClass: ErrorClassName | undefined): SameBytes | undefined =>
  SAME_BYTES.find((one) => one === errorClass);

type Message = {
  readonly row: Pick<MessageDetail['row'], 'state' | 'error'>;
  readonly actions: MessageDetail['actions'];
};

/** The one action that fits the state best; it alone is primary. */
export function advised({ row, actions }: Message): Verb | 'verify' | null {
  if (row.state === 'in_doubt') return actions.verify.allowed ? 'verify' : null;
  if (row.state !== 'failed' || row.error === null) return null;
  const verb = sameBytes(row.error.class) && !nothingToResend(actions) ? 'resend' : 'reExport';
  return actions[verb].allowed ? verb : null;
}

/** A failure that only a register tells of: no system has sent a message that could be sent again. */
const nothingToResend = ({ resend }: Message['actions']): boolean => resend.reason === 'no_message';

type AdviceKey =
  | `messages.one.advice.resend.${SameBytes}`
  | 'messages.one.advice.reExport'
  | 'messages.one.advice.reExportOnly';

/** Why that action fits: what was in the way differs, a lock is no broken connection. */
export function adviceKey({ row, actions }: Pick<Message, 'row' | 'actions'>): AdviceKey {
  if (nothingToResend(actions)) return 'messages.one.advice.reExportOnly';
  const known = sameBytes(row.error?.class);
  return known ? `messages.one.advice.resend.${known}` : 'messages.one.advice.reExport';
}
