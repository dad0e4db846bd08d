/** Personal data in the content of messages (152-ФЗ): by the name of the field, and all texts of a flow that carries people. */

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

/**
 * The content without personal data: each such value is null, its place is listed. `every`: the flow carries people
 * (`personalData` in the landscape), so no text or number of it is shown: a salary is one, and СНИЛС may be. `instead`: what
 * stands in the place of such a value, nothing by default.
 */
export function maskPersonal(
  content: unknown,
  { every = false, instead = () => null }: { every?: boolean; instead?: (value: unknown) => string | null } = {},
): MaskedContent {
  const masked: string[] = [];
  const walk = (value: unknown, pointer: string, personal: boolean): unknown => {
    if (Array.isArray(value)) return value.map((one, index) => walk(one, step(pointer, index), personal));
    if (typeof value === 'object' && value !== null)
      return Object.fromEntries(
        Object.entries(value).map(([name, one]) => [
          name,
          walk(one, step(pointer, name), personal || PERSONAL.test(name) || PEOPLE.test(name)),
        ]),
      );
    const hidden = value !== null && value !== '' && (personal || (every && typeof value !== 'boolean'));
    if (!hidden) return value;
    masked.push(pointer);
    return instead(value);
  };
  return { body: walk(content, '', false), masked };
}
