import { ERROR_STATUS, type ErrorCode } from './error-codes.ts';

/** JSON-safe facts that the text of an error needs (names, counts, ids), never sentences. */
export type ErrorData = Readonly<Record<string, unknown>>;

/**
 * The one error class of Pult: a code from the closed table plus data. `message` is for the server's log only;
 * people read the sentence that belongs to the code in their language.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly data: ErrorData;

  constructor(code: ErrorCode, data: ErrorData = {}, options: { cause?: unknown } = {}) {
    super(`${code} ${JSON.stringify(data)}`, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.data = data;
  }

  /** HTTP status of the code. */
  get status(): number {
    return ERROR_STATUS[this.code];
  }
}

/**
 * An error of a connector towards a system of the landscape. `canRetry` tells whether the same request may be
 * sent again without a risk of doing the thing twice; `sent` whether it may have reached the target at all.
 */
export class SourceError extends AppError {
  readonly canRetry: boolean;
  readonly maybeSent: boolean;

  constructor(
    code: ErrorCode,
    data: ErrorData & { readonly system: string },
    options: { cause?: unknown; canRetry: boolean; maybeSent: boolean },
  ) {
    super(code, data, options);
    this.name = 'SourceError';
    this.canRetry = options.canRetry;
    this.maybeSent = options.maybeSent;
  }
}

/** States a rule and its code in one line; narrows the type. */
export function assertThat(condition: unknown, code: ErrorCode, data: ErrorData = {}): asserts condition {
  if (!condition) throw new AppError(code, data);
}

/** Compile-time proof that a union was handled completely; throws when data from outside breaks the promise. */
export function assertNever(value: never): never {
  throw new AppError('server.unexpected', { unhandled: String(value) });
}
