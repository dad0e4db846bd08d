import { resendsAsFile, resendsOverBus, retryTopicOf } from '@pult/shared/contracts/landscape-file/flow';
import type { ResendObstacle } from '@pult/shared/domain/operation/eligibility';
import { withDeadLetter } from './dead-letters/store.ts';
import { refusedToChain } from './edi/refused-orders.ts';
import { withOriginal } from './file-intake/store.ts';
import type { ListDeps } from './lists.ts';

interface Row {
  readonly id: string;
  readonly flow_id: string;
  readonly consumer: string;
}

/**
 * What keeps messages from being sent again where Pult itself does it, by delivery: the record of the bus must
 * have been seen among the dead letters, the file must be here and its order not refused to its chain. Those that a source is asked for are left out.
 */
export async function resendObstacles(
  { db, flows }: Pick<ListDeps, 'db' | 'flows'>,
  rows: readonly Row[],
): Promise<Map<string, ResendObstacle>> {
  const overBus: Row[] = [];
  const asFile: Row[] = [];
  for (const row of rows) {
    const flow = flows.get(row.flow_id);
    if (flow === undefined) continue;
    if (resendsOverBus(flow)) overBus.push(row);
    else if (resendsAsFile(flow)) asFile.push(row);
  }
  const idsOf = (some: readonly Row[]): string[] => some.map(({ id }) => id);
  const records = await withDeadLetter(db, idsOf(overBus));
  const files = await withOriginal(db, idsOf(asFile));
  const refused = await refusedToChain(db, idsOf(asFile));
  const recordObstacle = ({ id, flow_id, consumer }: Row): ResendObstacle => {
    const flow = flows.get(flow_id);
    if (flow === undefined || retryTopicOf(flow, consumer) === null) return 'no_retry_topic';
    return records.has(id) ? null : 'no_record';
  };
  const fileObstacle = (id: string): ResendObstacle =>
    refused.has(id) ? 'refused_to_chain' : files.has(id) ? null : 'no_file';
  return new Map([
    ...overBus.map((row) => [row.id, recordObstacle(row)] as const),
    ...asFile.map(({ id }) => [id, fileObstacle(id)] as const),
  ]);
}
