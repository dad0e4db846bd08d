/** What Pult asks of a source: send this message once more. Idempotent by key (docs/protocols/source-resend.md). */
export interface AskRequest {
  readonly flow: string;
  readonly messageId: string;
  readonly consumer: string;
  /** Number of the attempt, given by Pult. */
  readonly attempt: number;
  readonly operationId: string;
  readonly idempotencyKey: string;
}

export interface AskAnswer {
  readonly attempt: number;
  /** The source knew this key already and made no second attempt. */
  readonly duplicate: boolean;
}

/** Message whose document is looked for at the target. */
export interface VerifySubject {
  readonly messageId: string;
  /** Document type: it decides what the target is asked. */
  readonly type: string;
  readonly number: string;
  /** Reference of the document in the source, where there is one. */
  readonly ref: string | null;
}

export interface VerifyAnswer {
  /** present: the document is there but not processed (not posted). */
  readonly outcome: 'applied' | 'present' | 'absent';
  readonly system: string;
  readonly ref: string | null;
  readonly number: string | null;
  /** Documents found beyond the first. */
  readonly duplicates: number;
}

/** Bytes of a message as its source wrote them; null when Pult has never seen them. */
export type Originals = (
  request: Pick<AskRequest, 'flow' | 'messageId' | 'consumer'>,
) => Promise<{ readonly name: string; readonly bytes: Uint8Array } | null>;
