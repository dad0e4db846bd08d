import { z } from 'zod';

/** Names of fields from the outside in; a digit counts elements of a list from 0. */
const jsonPath = z
  .string()
  .max(300)
  .regex(/^[^\s.[\]]+(\.[^\s.[\]]+)*$/, 'a path like order.id or lines.0.number');

/** Four or eight bytes may be a text as well as a number: only whoever wrote them knows. */
const as = z
  .enum(['int32', 'int64'])
  .optional()
  .describe('A big-endian number of 4 or 8 bytes, as serializers of Java write it; absent: text in UTF-8');

/** Where in a record something is written. */
const place = z.union([
  z.strictObject({ header: z.string().min(1).max(200), as }),
  z.strictObject({ key: z.literal(true).describe('The key itself'), as }),
  z.strictObject({ key: jsonPath.describe('Field of a key in JSON') }),
  z.strictObject({ json: jsonPath.describe('Field of a value in JSON') }),
]);
export type RecordField = z.output<typeof place>;

/**
 * Where a consumer's dead letters say what they are about. Without a rule, and where a rule finds nothing (the id of the message
 * apart), the headers of docs/protocols/kafka.md count.
 */
export const deadLetterRules = z.strictObject({
  messageId: place
    .optional()
    .describe('Id of the message at its source, the same as in its facts; instead of message-id, ce_id'),
  type: z
    .union([...place.options, z.strictObject({ text: z.string().min(1).max(200) })])
    .optional()
    .describe('Document type; `text`: always this one'),
  number: place.optional().describe('Document number'),
  recipient: place.optional().describe('System that the consumer passes the message on to'),
});
export type DeadLetterRules = z.output<typeof deadLetterRules>;
