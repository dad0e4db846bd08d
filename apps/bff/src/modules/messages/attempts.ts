/** Attempts of a delivery, read from its events and what Pult did. */
import type { ErrorClassName, MessageDetail } from '@pult/shared/contracts/messages';
import type { DeliveryState, EventKind } from '@pult/shared/domain/delivery/summary';
import { isRegisterEvent } from './register-events.ts';

export interface EventRow {
  readonly event_id: string;
  readonly received_at: Date;
  readonly trace_id: string | null;
  readonly kind: EventKind;
  readonly attempt: number;
  readonly revision: number;
  readonly at: Date;
  readonly source: string;
  readonly error: { class: ErrorClassName; code: string | null; text: string } | null;
  readonly operation_id: string | null;
}

export interface FactRow {
  readonly kind: string;
  readonly at: Date;
  readonly attempt: number | null;
  readonly operation_id: string | null;
  readonly actor: string | null;
  readonly text: string | null;
}

/** Attempts are read from the events: numbered, never overwritten. */
export function attemptsOf(
  events: readonly EventRow[],
  facts: readonly FactRow[],
): Omit<MessageDetail['attempts'][number], 'operationNumber'>[] {
  const numbers = [
    ...new Set([
      ...events.map(({ attempt }) => attempt),
      ...facts.flatMap(({ attempt }) => (attempt === null ? [] : [attempt])),
    ]),
  ].sort((a, b) => b - a);
  return numbers.flatMap((number) => {
    const own = events.filter((event) => event.attempt === number);
    const mine = facts.filter((fact) => fact.attempt === number);
    const opened = mine.find(({ kind }) => kind === 'attempt_started');
    const starts = [...own.map(({ at }) => at.getTime()), ...(opened ? [opened.at.getTime()] : [])];
    if (starts.length === 0) return [];
    const applied = own.find(({ kind }) => kind === 'applied');
    const failed = own.findLast(({ kind }) => kind === 'failed');
    const refused = mine.find(({ kind }) => kind === 'attempt_failed');
    const doubt = mine.find(({ kind }) => kind === 'timed_out');
    const verified = mine.find(({ kind }) => kind === 'verified_applied');
    // A base notes a failure when it comes to it, hours after the attempt: how long that took is not told by it.
    const told = own.findLast(({ kind, event_id }) => kind === 'failed' && !isRegisterEvent(event_id));
    const end = applied?.at ?? verified?.at ?? told?.at ?? refused?.at ?? doubt?.at ?? null;
    const outcome: DeliveryState =
      applied || verified
        ? 'applied'
        : failed || refused
          ? 'failed'
          : doubt
            ? 'in_doubt'
            : own.some(({ kind }) => kind === 'delivered')
              ? 'delivered'
              : own.some(({ kind }) => kind === 'sent')
                ? 'sent'
                : opened
                  ? 'retrying'
                  : 'accepted';
    return [
      {
        number,
        startedAt: new Date(Math.min(...starts)).toISOString(),
        finishedAt: end?.toISOString() ?? null,
        fromRegister: failed !== undefined && end === null,
        outcome,
        error:
          failed?.error ?? (refused ? { class: 'transport' as const, code: null, text: refused.text ?? '' } : null),
        revision: Math.max(1, ...own.map(({ revision }) => revision)),
        askedBy: opened?.actor ?? null,
        operationId:
          opened?.operation_id ?? own.find(({ operation_id }) => operation_id !== null)?.operation_id ?? null,
      },
    ];
  });
}
