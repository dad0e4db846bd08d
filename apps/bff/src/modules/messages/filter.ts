/** The filter of messages as SQL: one place for list, counts, volume, causes and plans. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { MessagesFilter } from '@pult/shared/contracts/messages';
import { type RawBuilder, sql } from 'kysely';

export const TIME_COLUMN = {
  accepted: 'started_at',
  applied: 'applied_at',
  failed: 'first_failed_at',
  state: 'state_at',
} as const;

/** Amount as the index `delivery_amount_order` has it: what has none stands below every amount. */
export const AMOUNT_ORDER = sql`(coalesce(d.amount, -1e18))`;

/** Open deliveries past the budget of their flow and state, as a predicate on `d`. */
export function stuckPredicate(flows: Iterable<FlowConfig>, now: number): RawBuilder<boolean> {
  const parts: RawBuilder<boolean>[] = [];
  for (const flow of flows) {
    if (!flow.watched) continue;
    const before = (ms: number) => new Date(now - ms);
    parts.push(
      sql<boolean>`(d.flow_id = ${flow.id} and ((d.state = 'accepted' and d.state_at < ${before(flow.budget.accepted)})
        or (d.state in ('sent', 'retrying') and d.state_at < ${before(flow.budget.sent)})
        or (d.state = 'delivered' and d.state_at < ${before(flow.budget.delivered)})))`,
    );
  }
  if (parts.length === 0) return sql<boolean>`false`;
  return sql<boolean>`(d.state in ('accepted', 'sent', 'delivered', 'retrying') and (${sql.join(parts, sql` or `)}))`;
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (letter) => `\\${letter}`);

/** One value is compared by «=»: only then does an index that begins with the column keep its order. */
const isOneOf = (column: 'flow_id' | 'state', values: readonly string[]): RawBuilder<boolean> =>
  values.length === 1
    ? sql<boolean>`d.${sql.ref(column)} = ${values[0]}`
    : sql<boolean>`d.${sql.ref(column)} = any(${values})`;

/** Letters as the index of fragments has them (0011_lists_at_scale.sql): pg_trgm sees ASCII only under the character type «C». */
const RUSSIAN = 'абвгдеёжзийклмнопрстуфхцчшщъыьэюя';
const LATIN = 'abvgdeejziyklmnoprstufhcqwwxyxeua';
const latinOf = new Map([...RUSSIAN].map((letter, place) => [letter, LATIN[place] ?? letter]));
const asIndexed = (text: string): string => [...text].map((letter) => latinOf.get(letter) ?? letter).join('');

/** The text stands somewhere in the search text: found by the index, decided by the text itself. */
function containsText(text: string): RawBuilder<boolean> {
  const pattern = `%${escapeLike(text.toLowerCase())}%`;
  return sql<boolean>`(translate(d.search, ${sql.lit(RUSSIAN)}, ${sql.lit(LATIN)}) like ${asIndexed(pattern)} and d.search like ${pattern})`;
}

/** Whether the index of fragments can find a text: three letters or digits of those it knows in a row. */
export const isIndexedText = (text: string): boolean => /[a-zа-яё0-9]{3}/.test(text.toLowerCase());

/** Conditions of a filter on `d`. */
export function filterConditions(
  filter: MessagesFilter,
  flows: ReadonlyMap<string, FlowConfig>,
  now: number,
): RawBuilder<boolean> {
  const all: RawBuilder<boolean>[] = [];
  if (filter.flow && filter.flow.length > 0) all.push(isOneOf('flow_id', filter.flow));
  if (filter.state && filter.state.length > 0) all.push(isOneOf('state', filter.state));
  const time = TIME_COLUMN[filter.timeField ?? 'accepted'];
  // Looking back at failures means all that ever failed; otherwise a cause is asked for what is open.
  if (filter.cause)
    all.push(
      filter.timeField === 'failed'
        ? sql<boolean>`d.first_cause_id = ${filter.cause}`
        : sql<boolean>`d.cause_id = ${filter.cause}`,
    );
  if (filter.errorClass)
    all.push(
      filter.timeField === 'failed'
        ? sql<boolean>`d.first_cause_id in (select id from failure_cause where error_class = ${filter.errorClass})`
        : sql<boolean>`d.error ->> 'class' = ${filter.errorClass}`,
    );
  if (filter.consumer) all.push(sql<boolean>`d.consumer = ${filter.consumer}`);
  if (filter.q) all.push(containsText(filter.q));
  if (filter.from) all.push(sql<boolean>`d.${sql.ref(time)} >= ${filter.from}`);
  if (filter.to) all.push(sql<boolean>`d.${sql.ref(time)} < ${filter.to}`);
  if (filter.timeField && (filter.timeField === 'applied' || filter.timeField === 'failed'))
    all.push(sql<boolean>`d.${sql.ref(time)} is not null`);
  if (filter.minAmount !== undefined) all.push(sql<boolean>`${AMOUNT_ORDER} >= ${filter.minAmount}::numeric`);
  if (filter.maxAmount !== undefined)
    all.push(sql<boolean>`d.amount is not null and ${AMOUNT_ORDER} <= ${filter.maxAmount}::numeric`);
  if (filter.stuck === 'true') all.push(stuckPredicate(flows.values(), now));
  if (filter.operation) all.push(sql<boolean>`d.operation_id = ${filter.operation}`);
  return all.length === 0 ? sql<boolean>`true` : sql<boolean>`${sql.join(all, sql` and `)}`;
}
