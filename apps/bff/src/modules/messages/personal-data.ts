/** Personal data in the content of messages (152-ФЗ): by the name of the field, and all texts of a flow that carries people. */

import type { FlowConfig } from '@pult/shared/contracts/landscape-file';

/** Names of fields, Russian and English, that hold data of a natural person. Names and ИНН of counterparties are business data. */
const PERSONAL =
  /телефон|электронн\w*почт|почт[аы]$|паспорт|снилс|фио$|^фамилия|^отчество|датарожд|местожит|адресрегистр|адресдоставки|контактноелицо|phone|mobile|e-?mail|passport|snils|birth|contact_?(name|person)|full_?name|first_?name|last_?name|patronymic|delivery_?address/iu;
/** Where only people have names: the initiator of a request, say. */
const PEOPLE = /^(initiator|employee|person|сотрудник|физлицо|физическоелицо)$/iu;

export interface MaskedContent {
  readonly body: unknown;
  /** JSON pointers (RFC 6901) of what was left out, in the order of the content. */
  readonly masked: readonly string[];
}

const step = (pointer: string, name: string | number): string =>
  `${pointer}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;

export interface Masking {
  /** The flow carries people (`personalData` in the landscape): no text or number is shown, a salary is one, and СНИЛС may be. */
  readonly every?: boolean;
  /** Places that are shown all the same, `openFields` of the flow: names joined by a dot, whatever their case. */
  readonly open?: readonly string[];
  /** What stands in the place of a hidden value, nothing by default. */
  readonly instead?: (value: unknown) => string | null;
}

/** What is longer is no number, date or kind of a document, whatever the place is called. */
const MAX_OPEN = 100;

/** The content without personal data: each such value is null, its place is listed. */
export function maskPersonal(
  content: unknown,
  { every = false, open = [], instead = () => null }: Masking = {},
): MaskedContent {
  const masked: string[] = [];
  const shown = new Set(open.map((place) => place.toLowerCase()));
  const isOpen = (value: unknown, names: readonly string[]): boolean =>
    (typeof value !== 'string' || value.length <= MAX_OPEN) && shown.has(names.join('.').toLowerCase());
  const walk = (value: unknown, at: { pointer: string; names: readonly string[]; personal: boolean }): unknown => {
    const { pointer, names, personal } = at;
    if (Array.isArray(value))
      return value.map((one, index) => walk(one, { pointer: step(pointer, index), names, personal }));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) => [
          name,
          walk(one, {
            pointer: step(pointer, name),
            names: [...names, name],
            personal: personal || PERSONAL.test(name) || PEOPLE.test(name),
          }),
        ]),
      );
    const hidden =
      value !== null && value !== '' && (personal || (every && typeof value !== 'boolean' && !isOpen(value, names)));
    if (!hidden) return value;
    masked.push(pointer);
    return instead(value);
  };
  return { body: walk(content, { pointer: '', names: [], personal: false }), masked };
}

/** How the content of a flow is shown; of an unknown flow as of any other. */
export const maskingOf = (flow: Pick<FlowConfig, 'personalData' | 'openFields'> | undefined): Masking =>
  flow?.personalData === true ? { every: true, open: flow.openFields } : {};
