import { resendsAsFile, resendsOverBus, retryTopicOf } from '@pult/shared/contracts/landscape-file/flow';
import type { ResendObstacle } from '@pult/shared/domain/operation/eligibility';
import { withDeadLetter } from './dead-letters/store.ts';
import { refusedToChain } from './edi/refused-orders.ts';
import { replacedByChain } from './edi/replaced-orders.ts';
import { withOriginal } from './file-intake/store.ts';
import type { ListDeps } from './lists.ts';
import { withoutMessage } from './register-events.ts';

interface Row {
  readonly id: string;
  readonly flow_id: string;
  readonly consumer: string;
}

/** Those of the deliveries that are sent again as records of the bus. */
export const idsOverBus = (
  flows: ListDeps['flows'],
  rows: readonly { readonly id: string; readonly flow_id: string }[],
): string[] =>
  rows.flatMap(({ id, flow_id }) => {
    const flow = flows.get(flow_id);
    return flow !== undefined && resendsOverBus(flow) ? [id] : [];
  });

/**
 * What keeps messages from being sent again as they were, by delivery: the record of the bus must have been seen among the dead
 * letters, the file must be here and its order neither refused to its chain nor replaced by it, and a source must have said that it sent a message at
 * all.
 */
export async function resendObstacles(
  { db, flows }: Pick<ListDeps, 'db' | 'flows'>,
  rows: readonly Row[],
): Promise<Map<string, ResendObstacle>> {
  const overBus: Row[] = [];
  const asFile: Row[] = [];
  const bySource: Row[] = [];
  for (const row of rows) {
    const flow = flows.get(row.flow_id);
    if (flow === undefined) continue;
    if (resendsOverBus(flow)) overBus.push(row);
    else if (resendsAsFile(flow)) asFile.push(row);
    else if (flow.retry.resend !== undefined) bySource.push(row);
  }
  const idsOf = (some: readonly Row[]): string[] => some.map(({ id }) => id);
  const records = await withDeadLetter(db, idsOf(overBus));
  const files = await withOriginal(db, idsOf(asFile));
  const refused = await refusedToChain(db, idsOf(asFile));
  const replaced = await replacedByChain(db, idsOf(asFile));
  const unsaid = await withoutMessage(db, idsOf(bySource));
  const recordObstacle = ({ id, flow_id, consumer }: Row): ResendObstacle => {
    const flow = flows.get(flow_id);
    if (flow === undefined || retryTopicOf(flow, consumer) === null) return 'no_retry_topic';
    return records.has(id) ? null : 'no_record';
  };
  const fileObstacle = (id: string): ResendObstacle => {
    if (refused.has(id)) return 'refused_to_chain';
    if (replaced.has(id)) return 'replaced';
    return files.has(id) ? null : 'no_file';
  };
  return new Map([
    ...overBus.map((row) => [row.id, recordObstacle(row)] as const),
    ...asFile.map(({ id }) => [id, fileObstacle(id)] as const),
    ...bySource.map(({ id }) => [id, unsaid.has(id) ? ('no_message' as const) : null] as const),
  ]);
}
