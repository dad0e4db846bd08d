/**
 * What the objects of the integration register are, asked of the base. An extra of a reading: whatever goes wrong here leaves
 * names out and nothing else, and what was asked in vain makes room for what was not.
 */
import { SourceError } from '@pult/shared/errors/app-error';
import { guidLiteral, oneOf } from '../../../connectors/onec-odata/literals.ts';
import { type OnecEntity, refOf, textOf } from '../../../connectors/onec-odata/values.ts';
import type { ProblemFacts, ReadingOptions, RegisterClient } from './facts.ts';
import { waitToAskAgain } from './mapping.ts';
import { instantIn } from './row-values.ts';

/** Objects asked about in one reading, and in one request: light questions by key, and the rest comes with the next reading. */
const NAMED_AT_ONCE = 40;
const REFS_IN_FILTER = 20;

/** What was asked in vain, with growing pauses up to an hour. In memory: after a restart everything is asked once more. */
export class Pauses {
  readonly #asked = new Map<string, { readonly times: number; readonly at: number }>();

  isDue(key: string, now: number): boolean {
    const last = this.#asked.get(key);
    // A clock that was set back is no reason to ask nothing until it has caught up.
    return last === undefined || now < last.at || now - last.at >= waitToAskAgain(last.times);
  }
  times(key: string): number {
    return this.#asked.get(key)?.times ?? 0;
  }
  inVain(key: string, now: number): void {
    this.#asked.set(key, { times: this.times(key) + 1, at: now });
  }
  answered(key: string): void {
    this.#asked.delete(key);
  }
  /** Forgets everything else. */
  keep(keys: ReadonlySet<string>): void {
    for (const key of this.#asked.keys()) if (!keys.has(key)) this.#asked.delete(key);
  }
}

/** Between the readings of one base. */
export interface NamingMemory {
  readonly objects: Pauses;
  readonly kinds: Pauses;
}
export const namingMemory = (): NamingMemory => ({ objects: new Pauses(), kinds: new Pauses() });

/** Problems with what the base says their objects are, by the kinds of documents that go to the target. Never fails for the base. */
export async function nameObjects(
  onec: RegisterClient,
  problems: readonly ProblemFacts[],
  { targets = [], naming, zone }: Pick<ReadingOptions, 'targets' | 'naming' | 'zone'>,
): Promise<readonly ProblemFacts[]> {
  if (naming === undefined) return problems;
  const { memory, now } = naming;
  const { objects, kinds } = memory;
  const kindsOf = new Map(targets.map(({ name, types }) => [name, types]));
  const nameless = problems.filter(
    ({ id, number, objectRef, metadata }) =>
      number === null && objectRef !== null && !naming.named.has(id) && (kindsOf.get(metadata)?.length ?? 0) > 0,
  );
  objects.keep(new Set(nameless.map(({ id }) => id)));
  const asked = nameless
    .filter(({ id }) => objects.isDue(id, now))
    .toSorted((one, other) => objects.times(one.id) - objects.times(other.id))
    .slice(0, NAMED_AT_ONCE);
  const documents = new Map<string, Partial<ProblemFacts>>();
  for (const kind of new Set(asked.flatMap(({ metadata }) => kindsOf.get(metadata) ?? []))) {
    if (!kinds.isDue(kind, now)) continue;
    const refs = asked.flatMap(({ metadata, objectRef }) =>
      objectRef !== null && kindsOf.get(metadata)?.includes(kind) && !documents.has(objectRef) ? [objectRef] : [],
    );
    try {
      for (const row of await documentsOf(onec, kind, refs)) {
        const ref = refOf(row, 'Ref_Key');
        const document = documentOf(kind, row, zone);
        if (ref !== null && document !== null) documents.set(ref, document);
      }
      kinds.answered(kind);
    } catch (error) {
      if (!(error instanceof SourceError)) throw error;
      kinds.inVain(kind, now);
      naming.onFailure?.(kind, error);
    }
  }
  for (const { id, objectRef } of asked) if (!documents.has(objectRef ?? '')) objects.inVain(id, now);
  return problems.map((problem) => ({ ...problem, ...documents.get(problem.objectRef ?? '') }));
}

async function documentsOf(onec: RegisterClient, kind: string, refs: readonly string[]): Promise<OnecEntity[]> {
  const rows: OnecEntity[] = [];
  for (let start = 0; start < refs.length; start += REFS_IN_FILTER) {
    const filter = oneOf('Ref_Key', refs.slice(start, start + REFS_IN_FILTER).map(guidLiteral));
    const select = ['Ref_Key', 'Number', 'Date'];
    rows.push(...(await onec.list(`Document_${kind}`, { select, filter, top: REFS_IN_FILTER })));
  }
  return rows;
}

function documentOf(kind: string, row: OnecEntity, zone: string): Partial<ProblemFacts> | null {
  const number = textOf(row, 'Number').trim();
  if (number === '') return null;
  return {
    objectType: `Документ.${kind}`,
    presentation: `${kind} ${number}`,
    number,
    documentAt: instantIn(row, 'Date', zone),
  };
}
