/** An answer of the BFF that is no success, or no answer at all (`code` = `network`). Texts belong to the code. */
export class ApiError extends Error {
  readonly code: string;
  /** HTTP status; 0 without an answer. */
  readonly status: number;
  readonly data: Readonly<Record<string, unknown>>;
  readonly traceId: string | null;

  constructor(init: {
    code: string;
    status: number;
    data?: Readonly<Record<string, unknown>>;
    traceId?: string | null;
    cause?: unknown;
  }) {
    super(`${init.code} (${init.status})`, { cause: init.cause });
    this.name = 'ApiError';
    this.code = init.code;
    this.status = init.status;
    this.data = init.data ?? {};
    this.traceId = init.traceId ?? null;
  }
}

/** The object that an address names does not exist: nobody knows it (404), or its id is no id at all (400). */
export const isMissing = (error: unknown): boolean =>
  error instanceof ApiError && (error.status === 404 || error.status === 400);

const RETRIABLE_STATUS = new Set([0, 408, 429]);

/** Queries may be asked again on network trouble, 408, 429 and 5xx, at most three times; mutations never. */
export const shouldRetryQuery = (failures: number, error: unknown): boolean =>
  failures < 3 && error instanceof ApiError && (RETRIABLE_STATUS.has(error.status) || error.status >= 500);
