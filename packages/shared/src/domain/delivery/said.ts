/**
 * What reporters say about a message besides its states: number, counterparty, amount, operation. Each part keeps the statement
 * that counts, with the mark it is compared by, so that events in any order end in the same row (domain.md §1).
 */

export interface Said {
  readonly key: { readonly type: string; readonly number: string };
  /** Null in these parts: nobody has said it. Silence never takes back what was said. */
  readonly ref: string | null;
  /** Whom the consumer passes it on to. */
  readonly recipient: string | null;
  readonly counterparty: { readonly name: string; readonly inn: string | null } | null;
  /** Roubles, decimal string. */
  readonly amount: string | null;
  /** ms since the epoch. */
  readonly occurredAt: number | null;
  readonly traceId: string | null;
  readonly operation: { readonly id: string; readonly idempotencyKey: string | null } | null;
}

/** Compared number by number; the greater one counts. */
type Mark = readonly number[];
export type Marks = { readonly [Part in keyof Said]?: Mark };

export interface Statement {
  readonly said: Said;
  /** Empty for rows that were written before marks were kept: anything said now counts more. */
  readonly marks: Marks;
}

/** What one event says: the newest revision counts, in it the latest; the trace of the first event; the operation of the newest attempt. */
export function statementOf(
  said: Said,
  event: { readonly revision: number; readonly attempt: number; readonly at: number },
): Statement {
  const about: Mark = [event.revision, event.at];
  return {
    said,
    marks: {
      key: about,
      ref: about,
      recipient: about,
      counterparty: about,
      amount: about,
      occurredAt: about,
      traceId: [-event.at],
      operation: [event.attempt, event.at],
    },
  };
}

/** Pult itself begins an operation: it counts more than what events say about this attempt and the ones before. */
export function withOperation(
  { said, marks }: Statement,
  operation: NonNullable<Said['operation']>,
  attempt: number,
): Statement {
  return { said: { ...said, operation }, marks: { ...marks, operation: [attempt, Number.MAX_SAFE_INTEGER] } };
}

function compareMarks(a: Mark = [], b: Mark = []): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const difference = (a[index] ?? Number.NEGATIVE_INFINITY) - (b[index] ?? Number.NEGATIVE_INFINITY);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** Statements of one moment: any order will do, as long as it is always the same one. */
function compareValues(a: unknown, b: unknown): number {
  const [left, right] = [JSON.stringify(a), JSON.stringify(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Merges what is known with what is said: commutative, associative and idempotent. */
export function mergeStatements(a: Statement, b: Statement): Statement {
  const said: Partial<Record<keyof Said, unknown>> = {};
  const marks: Partial<Record<keyof Said, Mark>> = {};
  for (const part of PARTS) {
    const [left, right] = [a.said[part], b.said[part]];
    const order = compareMarks(a.marks[part], b.marks[part]) || compareValues(left, right);
    const winner = right === null || (left !== null && order >= 0) ? a : b;
    said[part] = winner.said[part];
    const mark = winner.marks[part];
    if (mark !== undefined && said[part] !== null) marks[part] = mark;
  }
  return { said: said as unknown as Said, marks };
}

/** Marks as a row keeps them: most parts were said by the same event as the key, and only others have a mark of their own. */
export interface KeptMarks extends Marks {
  readonly about?: Mark;
}

/** The short form of the marks of a statement: a third of a row would be the same two numbers again and again. */
export function keepMarks({ marks }: Statement): KeptMarks {
  const { key: about, ...rest } = marks;
  if (about === undefined) return rest;
  const own = Object.entries(rest).filter(([part, mark]) => !isAbout(part) || compareMarks(mark, about) !== 0);
  return { about, ...Object.fromEntries(own) };
}

/** The marks of what is said, from their short form. */
export function readMarks({ about, ...own }: KeptMarks, said: Said): Marks {
  if (about === undefined) return own;
  const shared = PARTS.filter((part) => isAbout(part) && said[part] !== null).map((part) => [part, about] as const);
  return { ...Object.fromEntries(shared), ...own };
}

const isAbout = (part: string): boolean => part !== 'traceId' && part !== 'operation';

const PARTS: readonly (keyof Said)[] = [
  'key',
  'ref',
  'recipient',
  'counterparty',
  'amount',
  'occurredAt',
  'traceId',
  'operation',
];
