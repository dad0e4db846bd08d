/** Deliveries by filter as a file for a spreadsheet. */
import type { MessagesFilter } from '@pult/shared/contracts/messages';
import { sql } from 'kysely';
import { csvFile } from '../../platform/csv-cell.ts';
import { filterConditions } from './filter.ts';
import type { ListDeps } from './lists.ts';
import { DELIVERY_COLUMNS, type DeliveryRow, messageRowOf } from './row.ts';

const LIMIT = 50_000;
const PAGE = 5_000;
const HEAD = [
  'documentType',
  'number',
  'counterparty',
  'inn',
  'amount',
  'flow',
  'consumer',
  'state',
  'stuckSince',
  'stuckCause',
  'attempt',
  'acceptedAt',
  'stateAt',
  'appliedAt',
  'latencyMs',
  'errorClass',
  'errorCode',
  'errorText',
  'messageId',
  'deliveryId',
] as const;

/** Newest first, at most 50 000 rows; read in pages by the key, so that a page costs the same at any depth. */
export async function messagesCsv(
  deps: ListDeps,
  { ids, ...filter }: MessagesFilter & { ids?: readonly string[] | undefined },
): Promise<string> {
  const now = deps.clock.now();
  const where = filterConditions(filter, deps.flows, now);
  const only = ids && ids.length > 0 ? sql`and d.id = any(${ids}::uuid[])` : sql``;
  const lines: unknown[][] = [[...HEAD]];
  let after: DeliveryRow | undefined;
  do {
    const page: { rows: DeliveryRow[] } = await sql<DeliveryRow>`
      select ${DELIVERY_COLUMNS} from delivery d where ${where} ${only}
        ${after ? sql`and (d.started_at, d.id) < (${after.started_at}, ${after.id}::uuid)` : sql``}
      order by d.started_at desc, d.id desc limit ${PAGE}`.execute(deps.db);
    for (const stored of page.rows) {
      const row = messageRowOf(stored, deps.flows.get(stored.flow_id), {
        now,
        downSince: deps.downSince,
        withoutConsumer: deps.withoutConsumer,
      });
      lines.push([
        row.key.type,
        row.key.number,
        row.counterparty?.name,
        row.counterparty?.inn,
        row.amount,
        row.flowId,
        row.consumer,
        row.state,
        row.stuck?.since,
        row.stuck?.cause,
        row.attempt,
        row.acceptedAt,
        row.stateAt,
        row.appliedAt,
        row.latencyMs,
        row.error?.class,
        row.error?.code,
        row.error?.text,
        row.messageId,
        row.id,
      ]);
    }
    after = page.rows.length === PAGE ? page.rows.at(-1) : undefined;
  } while (after && lines.length <= LIMIT);
  return csvFile(lines.slice(0, LIMIT + 1));
}
