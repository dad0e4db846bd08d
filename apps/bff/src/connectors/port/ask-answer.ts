import type { AskAnswer, AskRequest } from './ask.ts';
import type { Connection } from './connection.ts';
import { isRecord, jsonOf, type RawAnswer, shortText } from './raw-answer.ts';
import type { SourceFault } from './source-errors.ts';

/** Sends the request over a connection. The key makes a repetition harmless, so transport errors may be retried. */
export function askSource(options: {
  connection: Connection;
  url: string;
  request: AskRequest;
  faultOf: (answer: RawAnswer) => SourceFault | null;
}): Promise<AskAnswer> {
  const { request, faultOf } = options;
  return options.connection.call<AskAnswer>({
    method: 'POST',
    url: options.url,
    body: request,
    headers: { 'idempotency-key': request.idempotencyKey },
    intent: 'keyed-write',
    read: (answer) => {
      const fault = faultOf(answer);
      if (fault !== null) return { fault };
      const body = jsonOf(answer.text);
      if (answer.status !== 202 || !isRecord(body) || body.accepted !== true)
        return {
          fault: {
            code: 'source.bad_answer',
            text: shortText(answer.text) || 'no acceptance',
            httpStatus: answer.status,
            maybeSent: true,
          },
        };
      return {
        value: {
          attempt: typeof body.attempt === 'number' ? body.attempt : request.attempt,
          duplicate: body.duplicate === true,
        },
      };
    },
  });
}
