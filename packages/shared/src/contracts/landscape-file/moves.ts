import type { z } from 'zod';
import type { flow } from './flow.ts';

type Flow = z.output<typeof flow>;
type Migration = NonNullable<Flow['migration']>;
interface Problem {
  readonly path: (string | number)[];
  readonly message: string;
}

/** What is wrong with the migrations of the landscape. Paths begin at the list of flows. */
export function migrationProblems(flows: readonly Flow[]): Problem[] {
  const flowOf = new Map(flows.map((one) => [one.id, one]));
  return flows.flatMap((one, index) => {
    if (one.migration === undefined) return [];
    const path = [index, 'migration'];
    return [
      ...problemsOf(one, one.migration, flowOf.get(one.migration.flow)).map(({ field, message }) => ({
        path: [...path, field],
        message,
      })),
      ...claimProblems(one, one.migration, flows.slice(0, index)).map((message) => ({ path, message })),
    ];
  });
}

function problemsOf(
  one: Flow,
  { flow: id, consumer }: Migration,
  target: Flow | undefined,
): { readonly field: 'flow' | 'consumer'; readonly message: string }[] {
  if (target === undefined) return [{ field: 'flow', message: `unknown flow «${id}»` }];
  const problems: { field: 'flow' | 'consumer'; message: string }[] = [];
  if (target.era !== 'to-be' || target.migration !== undefined || one.era !== 'as-is')
    problems.push({
      field: 'flow',
      message: `«${one.id}» is a flow of today and «${target.id}» must be one of the bus (era: to-be) that moves nowhere`,
    });
  if (consumer !== undefined && !target.to.includes(consumer))
    problems.push({ field: 'consumer', message: `«${consumer}» is no target of «${target.id}»` });
  if (target.personalData !== one.personalData)
    problems.push({
      field: 'flow',
      message: `«${one.id}» and «${target.id}» carry the same: both have personalData, or none`,
    });
  return problems;
}

/**
 * Two flows that take the same messages of the bus for theirs: one would be shown as moved by what the bus carried for the
 * other. Their messages are told apart by type, by consumer, or by the recipient; what names no recipient is of one of them.
 */
function claimProblems(one: Flow, own: Migration, before: readonly Flow[]): string[] {
  return before.flatMap((other) => {
    const theirs = other.migration;
    if (theirs === undefined || theirs.flow !== own.flow) return [];
    const overlap = (a: readonly string[], b: readonly string[]): boolean => a.some((value) => b.includes(value));
    const sameType = own.types.length === 0 || theirs.types.length === 0 || overlap(own.types, theirs.types);
    const sameConsumer =
      own.consumer === undefined || theirs.consumer === undefined || own.consumer === theirs.consumer;
    if (!sameType || !sameConsumer) return [];
    if (overlap(one.to, other.to))
      return [`«${other.id}» takes the same messages of «${own.flow}»: name other types or another consumer`];
    return own.addressed || theirs.addressed
      ? []
      : [
          `«${other.id}» takes the same messages of «${own.flow}»: name other types or another consumer, or say with addressed: true for which of the two a message must name its recipient`,
        ];
  });
}
