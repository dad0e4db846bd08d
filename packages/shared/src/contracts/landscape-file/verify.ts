/** How a target is asked whether the document of a message is there: one question, or one for each of several document types. */
import { z } from 'zod';
import { systemId } from './basics.ts';

const types = z
  .array(z.string().min(1))
  .min(1)
  .optional()
  .describe('Document types that this question finds, as events name them; absent: every type without one of its own');

const question = z.discriminatedUnion('protocol', [
  z.strictObject({
    protocol: z.literal('onec-odata'),
    system: systemId,
    types,
    set: z.string().describe('Entity set asked for the document'),
    filter: z
      .string()
      .refine((filter) => !filter.replaceAll(/'(?:[^']|'')*'/g, '').includes("'"), { error: 'a literal is not closed' })
      .describe(
        '$filter with {number}, {ref}, {messageId}: literals by themselves, or inside of one a part of its text; one with {messageId} must find what this message made and nothing else',
      ),
    appliedWhen: z.enum(['posted', 'exists']).default('posted'),
  }),
  z.strictObject({ protocol: z.literal('rest'), system: systemId, types, path: z.string().startsWith('/') }),
  z.strictObject({
    protocol: z.literal('elma365'),
    system: systemId,
    types,
    app: z.string(),
    field: z.string().describe('Field of the app that keeps the source message id'),
  }),
  z.strictObject({
    protocol: z.literal('elma3'),
    system: systemId,
    types,
    app: z.guid().describe('Uid of the entity'),
    field: z
      .string()
      .regex(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/, 'a field like ut_process_ref; its property is UtProcessRef')
      .describe('Field that keeps the source message id, in the names of ELMA365'),
  }),
]);
export type VerifyQuestion = z.output<typeof question>;

const questions = z.array(question).min(1);

/** One question, or a list of them. Not a union: a mistake is named where it stands, not as «fits neither». */
export const verify = z.unknown().transform((given, context): VerifyQuestion | VerifyQuestion[] => {
  const parsed = Array.isArray(given) ? questions.safeParse(given) : question.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) context.issues.push({ ...issue, input: given } as z.core.$ZodRawIssue);
  return z.NEVER;
});

type Verifiable = { readonly retry: { readonly verify?: z.output<typeof verify> | undefined } };

/** Every question of a flow; none when its target cannot be asked. */
export function questionsOf({ retry }: Verifiable): readonly VerifyQuestion[] {
  if (retry.verify === undefined) return [];
  return Array.isArray(retry.verify) ? retry.verify : [retry.verify];
}

/**
 * The question about documents of a type. Null: no question finds them, so nothing can be said about such a document — an
 * answer to a question about others would call it absent, and it would be sent a second time.
 */
export function questionFor(flow: Verifiable, documentType: string): VerifyQuestion | null {
  const all = questionsOf(flow);
  return all.find((one) => one.types?.includes(documentType)) ?? all.find((one) => one.types === undefined) ?? null;
}

/** Questions that are never asked; the path leads from the flow's `verify`. */
export function questionProblems(flow: Verifiable): { readonly path: (string | number)[]; readonly message: string }[] {
  const seen = new Set<string>();
  let hasRest = false;
  return questionsOf(flow).flatMap(({ types: named }, index) => {
    const at = Array.isArray(flow.retry.verify) ? [index] : [];
    if (named === undefined) {
      if (hasRest) return [{ path: at, message: 'one question may be without types: another one has none already' }];
      hasRest = true;
      return [];
    }
    return named.flatMap((type, position) => {
      const isKnown = seen.has(type);
      seen.add(type);
      return isKnown ? [{ path: [...at, 'types', position], message: `«${type}» has a question already` }] : [];
    });
  });
}
