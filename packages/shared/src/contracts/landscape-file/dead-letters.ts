import { z } from 'zod';

/** Names of fields from the outside in; a digit counts elements of a list from 0. */
const jsonPath = z
  .string()
  .max(300)
  .regex(/^[^\s.[\]]+(\.[^\s.[\]]+)*$/, 'a path like order.id or lines.0.number');

/** Where in a record something is written. */
const place = z.union([
  z.strictObject({ header: z.string().min(1).max(200) }),
  z.strictObject({
    key: z.union([z.literal(true), jsonPath]).describe('true: the key itself; else a field of a key in JSON'),
  }),
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
