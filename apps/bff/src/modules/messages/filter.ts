/** The filter of messages as SQL: one place for list, counts, volume, causes and plans. */
import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import type { MessagesFilter } from '@pult/shared/contracts/messages';
import { type RawBuilder, sql } from 'kysely';
import { alikeFlows } from './alike-flows.ts';
import { searchText } from './search-text.ts';

export const TIME_COLUMN = {
  accepted: 'started_at',
  applied: 'applied_at',
  failed: 'first_failed_at',
  state: 'state_at',
} as const;

/** Amount as the index `delivery_amount_order` has it: what has none stands below every amount. */
export const AMOUNT_ORDER = sql`(coalesce(d.amount, -1e18))`;

/** Open deliveries past the budget of their flow and state, as a predicate on `d`. Flows of one budget are one condition. */
export function stuckPredicate(flows: Iterable<FlowConfig>, now: number): RawBuilder<boolean> {
  const before = (ms: number) => new Date(now - ms);
  const parts = alikeFlows(flows, ({ budget }) => budget).map(
    ({ said: budget, flowIds }) =>
      sql<boolean>`(${isOneOf('flow_id', flowIds)} and ((d.state = 'accepted' and d.state_at < ${before(budget.accepted)})
        or (d.state in ('sent', 'retrying') and d.state_at < ${before(budget.sent)})
        or (d.state = 'delivered' and d.state_at < ${before(budget.delivered)})))`,
  );
  if (parts.length === 0) return sql<boolean>`false`;
  return sql<boolean>`(d.state in ('accepted', 'sent', 'delivered', 'retrying') and (${sql.join(parts, sql` or `)}))`;
}

const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (letter) => `\\${letter}`);

/** One value is compared by «=»: only then does an index that begins with the column keep its order. */
const isOneOf = (column: 'flow_id' | 'state', values: readonly string[]): RawBuilder<boolean> =>
  values.length === 1
    ? sql<boolean>`d.${sql.ref(column)} = ${values[0]}`
    : sql<boolean>`d.${sql.ref(column)} = any(${values})`;

/** The text stands somewhere in the search text. */
export const textCondition = (text: string): RawBuilder<boolean> =>
  sql<boolean>`d.search like ${`%${escapeLike(searchText(text))}%`}`;

/** Filters that leave few in a hundred of all deliveries. */
export const isNarrow = (filter: MessagesFilter): boolean =>
  filter.cause !== undefined ||
  filter.errorClass !== undefined ||
  filter.operation !== undefined ||
  filter.stuck === 'true' ||
  (filter.state !== undefined && filter.state.length > 0 && !filter.state.includes('applied'));

/** No flow has it: a filter that no flow fits finds nothing, instead of everything. */
const NO_FLOW = '';

/**
 * The filter with its sources said as flows, which lists and rollups are indexed by. A flow starts in every system that sends
 * into it; the bus between sends nothing of its own.
 */
export function bySources<Filter extends MessagesFilter>(
  { source, ...filter }: Filter,
  flows: ReadonlyMap<string, FlowConfig>,
): Omit<Filter, 'source'> & Pick<MessagesFilter, 'flow'> {
  if (source === undefined || source.length === 0) return filter;
  const started = [...flows.values()]
    .filter(({ from }) => from.some((systemId) => source.includes(systemId)))
    .map(({ id }) => id);
  const asked = filter.flow?.length ? started.filter((id) => filter.flow?.includes(id)) : started;
  return { ...filter, flow: asked.length === 0 ? [NO_FLOW] : asked };
}

/** Conditions of a filter on `d`. */
export function filterConditions(
  asked: MessagesFilter,
  flows: ReadonlyMap<string, FlowConfig>,
  now: number,
): RawBuilder<boolean> {
  const filter = bySources(asked, flows);
  const all: RawBuilder<boolean>[] = [];
  if (filter.flow && filter.flow.length > 0) all.push(isOneOf('flow_id', filter.flow));
  if (filter.state && filter.state.length > 0) all.push(isOneOf('state', filter.state));
  const time = TIME_COLUMN[filter.timeField ?? 'accepted'];
  // Looking back at failures means all that ever failed; with a state, and otherwise, a cause is asked for what it holds now.
  if (filter.cause && filter.cause.length > 0)
    all.push(
      filter.timeField === 'failed' && !filter.state?.length
        ? sql<boolean>`d.first_cause_id = any(${filter.cause}::uuid[])`
        : sql<boolean>`d.cause_id = any(${filter.cause}::uuid[])`,
    );
  if (filter.errorClass)
    all.push(
      filter.timeField === 'failed'
        ? sql<boolean>`d.first_cause_id in (select id from failure_cause where error_class = ${filter.errorClass})`
        : sql<boolean>`d.error ->> 'class' = ${filter.errorClass}`,
    );
  if (filter.consumer) all.push(sql<boolean>`d.consumer = ${filter.consumer}`);
  if (filter.q) all.push(textCondition(filter.q));
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
