import { resendsOverBus, retryTopicOf } from '@pult/shared/contracts/landscape-file/flow';
import type { RedriveObstacle } from '@pult/shared/domain/operation/eligibility';
import type { ListDeps } from '../lists.ts';
import { withKeptRecord } from './store.ts';

interface Row {
  readonly id: string;
  readonly flow_id: string;
  readonly consumer: string;
}

/** What keeps the records of deliveries from being put again, by delivery; those of other channels are left out. */
export async function redriveObstacles(
  { db, flows }: Pick<ListDeps, 'db' | 'flows'>,
  rows: readonly Row[],
): Promise<Map<string, RedriveObstacle>> {
  const overBus = rows.filter(({ flow_id }) => {
    const flow = flows.get(flow_id);
    return flow !== undefined && resendsOverBus(flow);
  });
  const kept = await withKeptRecord(
    db,
    overBus.map(({ id }) => id),
  );
  return new Map(
    overBus.map(({ id, flow_id, consumer }): [string, RedriveObstacle] => {
      const flow = flows.get(flow_id);
      if (flow === undefined || retryTopicOf(flow, consumer) === null) return [id, 'no_retry_topic'];
      return [id, kept.has(id) ? null : 'no_record'];
    }),
  );
}
