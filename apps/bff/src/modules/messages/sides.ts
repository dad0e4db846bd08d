/** Internal read model for the comparison of two channels: deliveries of flows in the order of their first news, and their content. */
import { createHmac, randomBytes } from 'node:crypto';
import { sealOf } from '@pult/shared/domain/migration/seals';
import { sql } from 'kysely';
import type { ListDeps } from './lists.ts';
import { maskPersonal } from './personal-data.ts';

/** A delivery as one side of a pair; instants in ms. */
export interface DeliverySide {
  readonly id: string;
  readonly flowId: string;
  readonly consumer: string;
  readonly messageId: string;
  readonly type: string;
  readonly number: string;
  readonly recipient: string | null;
  readonly state: string;
  /** Grows with every change of the delivery. */
  readonly version: number;
  readonly at: number;
  readonly appliedAt: number | null;
}

export interface SideCursor {
  /** ISO 8601, with microseconds where the source had them. */
  readonly at: string;
  readonly id: string;
}

interface SideRow extends Omit<DeliverySide, 'at' | 'appliedAt'> {
  readonly at: Date;
  readonly applied: Date | null;
  readonly exact: string;
}

const COLUMNS = sql`id, flow_id as "flowId", consumer, message_id as "messageId", key_type as type, key_number as number, recipient,
  state, version, started_at as at, applied_at as applied, to_json(started_at) #>> '{}' as exact`;

const sideOf = ({ applied, at, exact: _, ...row }: SideRow): DeliverySide => ({
  ...row,
  at: at.getTime(),
  appliedAt: applied?.getTime() ?? null,
});

/** Which deliveries of a flow take part; no types: all. */
export interface SideFilter {
  readonly flowId: string;
  readonly types: readonly string[];
  readonly consumer: string | null;
  /** Whom the consumer must pass them on to, and whether a delivery that names nobody is one of them; null: anybody. */
  readonly recipients: { readonly among: readonly string[]; readonly orNone: boolean } | null;
}

/** Seals of one answer: the key is thrown away with it, so no table of names and numbers tells what they stand for. */
function sealer(): (value: unknown) => string {
  const key = randomBytes(32);
  return (value) => sealOf(createHmac('sha256', key).update(String(value).trim()).digest('hex'));
}

const wanted = ({ flowId, types, consumer, recipients }: SideFilter) => sql`flow_id = ${flowId}
  ${types.length > 0 ? sql`and key_type = any(${[...types]}::text[])` : sql``}
  ${consumer === null ? sql`` : sql`and consumer = ${consumer}`}
  ${recipients === null ? sql`` : sql`and (recipient = any(${[...recipients.among]}::text[]) ${recipients.orNone ? sql`or recipient is null` : sql``})`}`;

export function createSides({ db, flows }: ListDeps) {
  return {
    /** Newest first, `from` inclusive, behind the cursor; `next` is null on the last page. */
    async page(
      filter: SideFilter,
      range: { from: number; after: SideCursor | null; limit: number },
    ): Promise<{ sides: DeliverySide[]; next: SideCursor | null }> {
      const { after } = range;
      const { rows } = await sql<SideRow>`
        select ${COLUMNS} from delivery where ${wanted(filter)} and started_at >= ${new Date(range.from)}
          ${after === null ? sql`` : sql`and (started_at, id) < (${after.at}::timestamptz, ${after.id}::uuid)`}
        order by started_at desc, id desc limit ${range.limit}`.execute(db);
      const last = rows.length < range.limit ? undefined : rows.at(-1);
      return { sides: rows.map(sideOf), next: last ? { at: last.exact, id: last.id } : null };
    },
    /** Every delivery of these document numbers, `from` inclusive. */
    async ofNumbers(filter: SideFilter, numbers: readonly string[], from: number): Promise<DeliverySide[]> {
      const { rows } = await sql<SideRow>`
        select ${COLUMNS} from delivery where ${wanted(filter)} and key_number = any(${[...numbers]}::text[])
          and started_at >= ${new Date(from)}`.execute(db);
      return rows.map(sideOf);
    },
    /** Which of these deliveries take no part; of one that is gone nobody can say. */
    async strangers(filter: SideFilter, ids: readonly string[]): Promise<Set<string>> {
      const { rows } = await sql<{ id: string }>`
        select id from delivery where id = any(${[...ids]}::uuid[]) and (${wanted(filter)}) is not true`.execute(db);
      return new Set(rows.map(({ id }) => id));
    },
    /** First news of the oldest delivery, ms; null when there is none. Asked in every round: older news may come late. */
    async firstAt(filter: SideFilter, from: number): Promise<number | null> {
      const { types, recipients } = filter;
      // Each type and each name by itself: an index then leads to the first message, past any number of others.
      const byName = recipients !== null && !recipients.orNone;
      const each = [
        ...(types.length > 0 ? [sql`unnest(${[...types]}::text[]) as typed (type)`] : []),
        ...(byName ? [sql`unnest(${[...recipients.among]}::text[]) as named (id)`] : []),
      ];
      const one = { ...filter, types: [], recipients: byName ? null : recipients };
      const first = sql`
        select started_at as at from delivery where ${wanted(one)} and started_at >= ${new Date(from)}
          ${types.length > 0 ? sql`and key_type = typed.type` : sql``} ${byName ? sql`and recipient = named.id` : sql``}
        order by started_at limit 1`;
      const { rows } = await sql<{ at: Date }>`
        select least.at from ${sql.join([...each, sql`lateral (${first}) as least`])} order by 1 limit 1`.execute(db);
      return rows[0]?.at.getTime() ?? null;
    },
    /**
     * Newest content of deliveries without personal data; a delivery without content is not in the map. In the place of a
     * value that is hidden stands a seal, the same for the same value within one answer: a difference is seen, the value not.
     */
    async contents(ids: readonly string[]): Promise<Map<string, unknown>> {
      const { rows } = await sql<{ id: string; flow: string; body: unknown }>`
        select distinct on (p.delivery_id) p.delivery_id as id, d.flow_id as flow, p.body
        from message_payload p join delivery d on d.id = p.delivery_id
        where p.delivery_id = any(${[...ids]}::uuid[]) and p.body is not null and not p.truncated
        order by p.delivery_id, p.revision desc`.execute(db);
      const instead = sealer();
      return new Map(
        rows.map(({ id, flow, body }) => [
          id,
          maskPersonal(body, { every: flows.get(flow)?.personalData === true, instead }).body,
        ]),
      );
    },
  };
}
