import { describe, expect, it } from 'vitest';
import { whyNot } from './eligibility.ts';

describe('what may be part of an operation', () => {
  const flow = { watched: true, resend: true, reExport: false };
  it.each([
    ['resend', 'failed', null],
    ['resend', 'in_doubt', null],
    ['resend', 'sent', 'state_not_retriable'],
    ['resend', 'applied', 'already_applied'],
    ['resend', 'retrying', 'in_operation'],
    ['reExport', 'failed', 'verb_unsupported'],
    ['discard', 'failed', null],
    ['discard', 'discarded', 'state_not_retriable'],
    ['restore', 'discarded', null],
    ['restore', 'failed', 'state_not_retriable'],
    ['resend', 'delivered', 'state_not_retriable'],
  ] as const)('%s of a %s one: %s', (verb, state, expected) => {
    expect(whyNot(verb, { state, claimed: false, overdue: false }, flow)).toBe(expected);
  });
  it.each(['resend', 'discard'] as const)('a delivered one past its time may be part of a %s', (verb) => {
    expect(whyNot(verb, { state: 'delivered', claimed: false, overdue: true }, flow)).toBeNull();
    expect(whyNot(verb, { state: 'sent', claimed: false, overdue: true }, flow)).toBe('state_not_retriable');
  });
  it.each(['no_record', 'no_retry_topic', 'no_file', 'refused_to_chain', 'replaced', 'no_message'] as const)(
    'one that Pult cannot put again says why: %s',
    (obstacle) => {
      const failed = { state: 'failed', claimed: false, overdue: false, obstacle } as const;
      expect(whyNot('resend', failed, flow)).toBe(obstacle);
      expect(whyNot('discard', failed, flow)).toBeNull();
      expect(whyNot('resend', { ...failed, state: 'sent' }, flow)).toBe('state_not_retriable');
    },
  );
  it('a claimed one belongs to its operation, an unwatched flow to nobody', () => {
    expect(whyNot('resend', { state: 'failed', claimed: true, overdue: false }, flow)).toBe('in_operation');
    expect(whyNot('resend', { state: 'failed', claimed: false, overdue: false }, { ...flow, watched: false })).toBe(
      'flow_not_connected',
    );
  });
});
