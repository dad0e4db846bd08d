import { SourceError } from '@pult/shared/errors/app-error';
import type { ErrorCode } from '@pult/shared/errors/error-codes';
import { cutText } from '../../platform/http/clean-text.ts';
import { MAX_TEXT } from './raw-answer.ts';

/** Read: may always be repeated. Write: may double. Keyed: a write that the system itself makes once per key. */
export type Intent = 'read' | 'write' | 'keyed-write';

export type SourceCode = Extract<ErrorCode, `source.${string}`>;

/** What an answer or the lack of one means, before it is known whether a repetition is safe. */
export interface SourceFault {
  readonly code: SourceCode;
  readonly text: string;
  readonly httpStatus?: number;
  /** Code of the OData error table. */
  readonly odataCode?: string;
  readonly retryAfterMs?: number | null;
  /** Whether the request may have had an effect. */
  readonly maybeSent: boolean;
}

/** Codes behind which the same request may succeed later. */
const TRANSIENT: ReadonlySet<SourceCode> = new Set([
  'source.unreachable',
  'source.timeout',
  'source.overloaded',
  'source.maintenance',
  'source.no_licence',
  'source.bad_answer',
  'source.circuit_open',
]);

/** Codes that say «the system is not there for anybody»: they open the circuit. */
const DOWN: ReadonlySet<SourceCode> = new Set([
  'source.unreachable',
  'source.timeout',
  'source.overloaded',
  'source.maintenance',
  'source.no_licence',
  'source.bad_answer',
  // Asking on with a refused password locks the account of the integration in 1С.
  'source.unauthorized',
]);

export const saysDown = (error: unknown): boolean =>
  error instanceof SourceError && DOWN.has(error.code as SourceCode) && error.data.oneDocument !== true;

/**
 * Makes the error of a fault; `canRetry` only where a repetition cannot do the thing twice. Its text is one that can be stored,
 * whatever the system answered.
 */
export function sourceError(
  system: string,
  fault: SourceFault,
  options: { intent: Intent; cause?: unknown },
): SourceError {
  const { code, text, httpStatus, odataCode, retryAfterMs, maybeSent } = fault;
  const risky = options.intent === 'write' && maybeSent;
  return new SourceError(
    code,
    {
      system,
      text: cutText(text, MAX_TEXT),
      ...(httpStatus === undefined ? {} : { httpStatus }),
      ...(odataCode === undefined ? {} : { odataCode }),
      ...(retryAfterMs == null ? {} : { retryAfterMs }),
    },
    {
      canRetry: TRANSIENT.has(code) && !risky,
      maybeSent: options.intent === 'read' ? false : maybeSent,
      ...(options.cause === undefined ? {} : { cause: options.cause }),
    },
  );
}

/** Socket errors that happen before a byte of the request leaves. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

/** Meaning of a request that got no answer at all. */
export function faultOfTransport(error: unknown): SourceFault {
  const code = socketCode(error);
  if (isTimeout(error, code)) return { code: 'source.timeout', text: code ?? 'no answer in time', maybeSent: true };
  const text = code ?? (error instanceof Error ? error.message : String(error));
  return { code: 'source.unreachable', text, maybeSent: code === null || !NEVER_SENT.has(code) };
}

function socketCode(error: unknown): string | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    // A host with several addresses fails with one error per address.
    if (at instanceof AggregateError) return socketCode(at.errors[0]);
  }
  return null;
}

const isTimeout = (error: unknown, code: string | null): boolean =>
  (error instanceof Error && error.name === 'TimeoutError') ||
  code === 'UND_ERR_HEADERS_TIMEOUT' ||
  code === 'UND_ERR_BODY_TIMEOUT';
