import { SourceError } from '@pult/shared/errors/app-error';
import { guidLiteral, oneOf } from '../../connectors/onec-odata/literals.ts';
import type { OnecEntity } from '../../connectors/onec-odata/values.ts';
import { chunks } from './chunks.ts';
import type { UtClient } from './ports.ts';

/** References in one request: an address of 1С may not be longer than about 2,000 characters. */
export const REFS_PER_REQUEST = 20;

/** Entities of a set by reference, in as few requests as addresses allow. */
export async function byRefs(
  ut: UtClient,
  set: string,
  refs: readonly string[],
  select?: readonly string[],
): Promise<OnecEntity[]> {
  const found: OnecEntity[] = [];
  for (const part of chunks([...new Set(refs)], REFS_PER_REQUEST)) {
    const filter = oneOf('Ref_Key', part.map(guidLiteral));
    found.push(...(await ut.list(set, { filter, top: part.length, ...(select === undefined ? {} : { select }) })));
  }
  return found;
}

/** Answer of a part that a base may not publish or refuse; failures of the connection go on as they are. */
export async function optional<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const missing = ['source.not_found', 'source.rejected', 'source.forbidden'];
    if (error instanceof SourceError && missing.includes(error.code)) return null;
    throw error;
  }
}
