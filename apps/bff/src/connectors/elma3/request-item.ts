/** Approval requests of ELMA3 in the words of the port (fields: docs/protocols/elma3.md). */
import type { RequestItem } from '../port/request-app.ts';
import { dataIn, instantIn, listIn, valueIn, type WebData, type WebObject } from './web-data.ts';

/** `ut_process_ref` ↔ `UtProcessRef`: properties of an entity are written so. */
export const propertyOf = (field: string): string =>
  field
    .split('_')
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join('');

const TEXT_FIELDS = [
  'ut_process_ref',
  'ut_order_ref',
  'ut_order_number',
  'kind',
  'customer',
  'customer_inn',
  'reason',
  'decision',
  'decision_comment',
  'decided_by',
  'pult_decision_id',
  'question',
  'clarification_answer',
] as const;

/** Property names of the entity itself. */
export const SYSTEM_FIELDS: Readonly<Record<string, string>> = {
  __id: 'Id',
  __name: 'Name',
  __createdAt: 'CreationDate',
  __updatedAt: 'ChangeDate',
};

export interface Elma3Request extends RequestItem {
  /** Task by which somebody decides now; null when none is open. */
  readonly taskId: string | null;
}

/** Reads an entity; null when it has no id or no dates. */
export function requestItemOf(data: WebData, zone: string): Elma3Request | null {
  const id = valueIn(data, 'Id');
  const createdAt = instantIn(valueIn(data, 'CreationDate'), zone);
  const updatedAt = instantIn(valueIn(data, 'ChangeDate'), zone) ?? createdAt;
  if (id === null || createdAt === null || updatedAt === null) return null;
  const context: Record<string, unknown> = {};
  for (const field of TEXT_FIELDS) {
    const value = valueIn(data, propertyOf(field));
    if (value !== null) context[field] = value;
  }
  const amount = centsOf(valueIn(data, 'Amount'));
  if (amount !== null) context.amount = { cents: amount, currency: 'RUB' };
  const deviation = valueIn(data, 'DeviationMax');
  if (deviation !== null && deviation !== '') context.deviation_max = Number(deviation.replace(',', '.'));
  const initiator = dataIn(data, 'Initiator');
  if (initiator !== null)
    context.initiator = { name: valueIn(initiator, 'FullName'), email: valueIn(initiator, 'EMail') };
  const open = listIn(data, 'Tasks').find((task) => valueIn(task, 'Status') !== 'Complete');
  return {
    id,
    name: valueIn(data, 'Name') ?? '',
    // ELMA3 numbers no versions; the time of the change grows as well.
    version: updatedAt,
    createdAt: new Date(createdAt).toISOString(),
    updatedAt: new Date(updatedAt).toISOString(),
    deletedAt: valueIn(data, 'IsDeleted') === 'True' ? new Date(updatedAt).toISOString() : null,
    statusCode: valueIn(data, 'Status'),
    context,
    taskId: open === undefined ? null : valueIn(open, 'Id'),
  };
}

/** Kopecks of a decimal text; amounts never pass through floating point. */
function centsOf(text: string | null): number | null {
  const [, sign = '', whole = '', part = ''] = /^(-?)(\d{1,13})(?:[.,](\d{1,4}))?$/.exec(text?.trim() ?? '') ?? [];
  if (whole === '') return null;
  const cents = Number(whole) * 100 + Number(part.slice(0, 2).padEnd(2, '0'));
  return sign === '-' ? -cents : cents;
}

/** Fields to write as properties of the entity. */
export function propertiesOf(context: Readonly<Record<string, unknown>>): WebObject {
  return Object.fromEntries(
    Object.entries(context).flatMap(([field, value]) =>
      typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null
        ? [[propertyOf(field), value] as const]
        : [],
    ),
  );
}
