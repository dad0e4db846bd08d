/** Why a transfer failed: the raw text that the real exchange would write into its log. */
export class TransferError extends Error {
  readonly code: string | null;
  /** Document that stands at the target all the same, unposted; the target itself reports such a failure. */
  readonly ref: string | null;
  /** The target looked at the message and said no; it reports that itself. */
  readonly refused: boolean;

  constructor(text: string, more: { code?: string | null; ref?: string | null; refused?: boolean } = {}) {
    super(text);
    this.code = more.code ?? null;
    this.ref = more.ref ?? null;
    this.refused = more.refused ?? false;
  }
}

interface PlatformBody {
  readonly 'odata.error'?: { readonly code: string; readonly message: { readonly value: string } };
  readonly exception?: { readonly inner?: { readonly descr?: string } };
}

/** The text out of whatever a 1С base or the web server before it answered. */
export function odataFailure(status: number, body: string): TransferError {
  const clean = body.replace(/^\ufeff/, '');
  try {
    const { 'odata.error': error, exception } = JSON.parse(clean) as PlatformBody;
    if (error) return new TransferError(error.message.value, { code: error.code });
    if (exception?.inner?.descr) return new TransferError(exception.inner.descr, { code: String(status) });
  } catch {
    // No JSON: the platform or the web server answered for the base.
  }
  const code = String(status);
  if (status === 401) return new TransferError('401 Unauthorized: идентификация пользователя не выполнена', { code });
  if (/<html/i.test(clean)) return new TransferError(`Вместо данных пришла страница HTML, статус ${status}`, { code });
  return new TransferError(`${status} ${clean.slice(0, 200)}`.trim(), { code });
}
