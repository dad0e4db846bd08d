import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { MessageDetail } from '@pult/shared/contracts/messages';
import { shownText } from '@pult/shared/domain/delivery/open-words';
import { cleanText } from '../../../platform/http/clean-text.ts';
import { maskPersonal } from '../personal-data.ts';
import type { DeadLetter } from './store.ts';

/** Headers of the envelope: they say where a record comes from and what became of it, never what is in it. */
const ENVELOPE =
  /^(dlq-|retry-|kafka_|__connect\.|message-id$|content-type$|traceparent$|ce[_-](id|source|type|time|specversion)$)/i;
/** The same without those that repeat the words of an error: they may name a person. */
const PLACE =
  /^(dlq-(original-|attempt$|consumer$)|retry-|kafka_(dlt-original-|deliveryAttempt$)|__connect\.errors\.(topic|partition|offset)$|message-id$|content-type$|traceparent$|ce[_-](id|source|type|time|specversion)$)/i;
const MAX_SHOWN = 500;

/** A dead letter as the page of its message shows it: without the value, personal data left out. */
export function deadLetterView(
  letter: DeadLetter,
  flow: Pick<FlowConfig, 'personalData'> | undefined,
): MessageDetail['deadLetters'][number] {
  const hidesTexts = flow?.personalData === true;
  return {
    topic: letter.topic,
    partition: letter.partition,
    offset: letter.offset,
    at: new Date(letter.writtenAt).toISOString(),
    attempt: letter.attempt,
    error: shownText(letter.error, flow),
    original:
      letter.originalTopic === null
        ? null
        : {
            topic: letter.originalTopic,
            partition: letter.originalPartition,
            offset: letter.originalOffset,
          },
    key: hidesTexts || letter.key === null ? null : shown(letter.key),
    headers: letter.headers.map(([name, value]) => {
      const isEnvelope = (hidesTexts ? PLACE : ENVELOPE).test(name);
      const text = shown(value);
      const { masked } = maskPersonal({ [name]: text }, { every: hidesTexts });
      return { name: cleanText(name), value: !isEnvelope && masked.length > 0 ? null : text };
    }),
    sizeBytes: letter.sizeBytes,
    kept: letter.kept,
  };
}

/** Text, or the bytes in hexadecimal where it is none: Java producers write numbers so. */
function shown(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly these make bytes no text
  const isText = Buffer.from(text, 'utf8').equals(bytes) && !/[\u0000-\u0008\u000e-\u001f]/.test(text);
  return (isText ? text : `0x${bytes.toString('hex')}`).slice(0, MAX_SHOWN);
}
