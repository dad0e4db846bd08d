import { AuthenticationError, findErrorBy, NetworkError, TimeoutError } from '@platformatic/kafka';
import { cutText } from '../../platform/http/clean-text.ts';
import type { SourceFault } from '../port/source-errors.ts';

/** Errors of the broker that say something about the request, by their name in the protocol. */
const BY_PROTOCOL: Readonly<Record<string, SourceFault['code']>> = {
  TOPIC_AUTHORIZATION_FAILED: 'source.forbidden',
  GROUP_AUTHORIZATION_FAILED: 'source.forbidden',
  CLUSTER_AUTHORIZATION_FAILED: 'source.forbidden',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'source.forbidden',
  SASL_AUTHENTICATION_FAILED: 'source.unauthorized',
  UNSUPPORTED_SASL_MECHANISM: 'source.unauthorized',
  UNKNOWN_TOPIC_OR_PARTITION: 'source.not_found',
  OFFSET_OUT_OF_RANGE: 'source.record_gone',
  MESSAGE_TOO_LARGE: 'source.rejected',
  RECORD_LIST_TOO_LARGE: 'source.rejected',
  INVALID_RECORD: 'source.rejected',
  THROTTLING_QUOTA_EXCEEDED: 'source.overloaded',
  COORDINATOR_NOT_AVAILABLE: 'source.overloaded',
  COORDINATOR_LOAD_IN_PROGRESS: 'source.overloaded',
};

const UNKNOWN_TOPIC = /^Unknown topic /;
const MAX_TEXT = 500;

/** Meaning of an error of the client library; errors of several tries are one error here. */
export function faultOfKafka(error: unknown): SourceFault {
  const chain = chainOf(error);
  const said = chain
    .map(({ message }) => message)
    .filter((one, index, all) => one !== '' && all.indexOf(one) === index);
  const text = cutText(said.join(': '), MAX_TEXT);
  for (const one of chain) {
    const code = 'apiId' in one && typeof one.apiId === 'string' ? BY_PROTOCOL[one.apiId] : undefined;
    if (code !== undefined) return { code, text, maybeSent: false };
  }
  const logins = chain.filter((one) => one instanceof AuthenticationError);
  if (logins.some((one) => !chainOf(one).some(isOfNetwork)))
    return { code: 'source.unauthorized', text, maybeSent: false };
  if (chain.some(({ message }) => UNKNOWN_TOPIC.test(message)))
    return { code: 'source.not_found', text, maybeSent: false };
  // A connection that never stood carried nothing; one that broke may have.
  const connecting =
    logins.length > 0 || chain.some(({ message }) => /^Connection to \S+ (failed|timed out)/.test(message));
  if (chain.some((one) => one instanceof TimeoutError)) return { code: 'source.timeout', text, maybeSent: !connecting };
  if (chain.some((one) => one instanceof NetworkError))
    return { code: 'source.unreachable', text, maybeSent: !connecting };
  return { code: 'source.bad_answer', text: text || 'no answer', maybeSent: true };
}

/** The library wraps a connection that was lost during the login, as by a restart of the broker, into an error of the login. */
const isOfNetwork = (error: Error): boolean => error instanceof NetworkError || error instanceof TimeoutError;

/** The error, what caused it and what is bundled in it; no secrets stand in any of them. */
function chainOf(error: unknown, depth = 0): Error[] {
  if (!(error instanceof Error) || depth > 6) return [];
  const inner = error instanceof AggregateError ? error.errors.flatMap((one) => chainOf(one, depth + 1)) : [];
  return [error, ...inner, ...chainOf(error.cause, depth + 1)];
}

/** Whether the broker wants the member to join its group again, which is no failure of the bus. */
export const isRebalance = (error: unknown): boolean =>
  error instanceof Error && findErrorBy(error, 'needsRejoin', true) !== null;
