/** Personal data in the content of messages (152-ФЗ): by the name of the field, and all texts of a flow that carries people. */

import type { FlowConfig } from '@pult/shared/contracts/landscape-file';
import { isOpenValue } from '@pult/shared/domain/delivery/open-words';

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
  /**
   * Places where a number, date, reference or kind of a document is shown all the same, `openFields` of the flow: names joined by
   * a dot, whatever their case.
   */
  readonly open?: readonly string[];
  /** What stands in the place of a hidden value, nothing by default. */
  readonly instead?: (value: unknown) => string | null;
}

/** An identity document or a card has a number and a kind, too. */
const CARD_FIELD = /^(?:серия|series)$/iu;
const CARD_KIND = /паспорт|удостоверени|свидетельств|билет|полис|снилс|passport/iu;
const KIND_FIELD = /^(?:видДокумента|типДокумента|documentKind|documentType)$/iu;
const isCard = (parts: readonly (readonly [string, unknown])[]): boolean =>
  parts.some(
    ([name, value]) =>
      CARD_FIELD.test(name) || (KIND_FIELD.test(name) && typeof value === 'string' && CARD_KIND.test(value)),
  );

interface Place {
  readonly pointer: string;
  readonly names: readonly string[];
  readonly personal: boolean;
  readonly card: boolean;
}

/** The content without personal data: each such value is null, its place is listed. */
export function maskPersonal(
  content: unknown,
  { every = false, open = [], instead = () => null }: Masking = {},
): MaskedContent {
  const masked: string[] = [];
  const shown = new Set(open.map((place) => place.toLowerCase()));
  const isOpen = (value: unknown, names: readonly string[]): boolean =>
    shown.has(names.join('.').toLowerCase()) && isOpenValue(value);
  const walk = (value: unknown, at: Place): unknown => {
    const { pointer, names, personal, card } = at;
    if (Array.isArray(value)) return value.map((one, index) => walk(one, { ...at, pointer: step(pointer, index) }));
    if (typeof value === 'object' && value !== null) {
      const parts = Object.entries(value);
      const ofCard = card || (every && isCard(parts));
      return Object.fromEntries(
        parts.map(([name, one]) => [
          name,
          walk(one, {
            pointer: step(pointer, name),
            names: [...names, name],
            personal: personal || PERSONAL.test(name) || PEOPLE.test(name),
            card: ofCard,
          }),
        ]),
      );
    }
    const hidden =
      value !== null &&
      value !== '' &&
      (personal || (every && typeof value !== 'boolean' && (card || !isOpen(value, names))));
    if (!hidden) return value;
    masked.push(pointer);
    return instead(value);
  };
  return { body: walk(content, { pointer: '', names: [], personal: false, card: false }), masked };
}

/** How the content of a flow is shown; of an unknown flow as of any other. */
export const maskingOf = (flow: Pick<FlowConfig, 'personalData' | 'openFields'> | undefined): Masking =>
  flow?.personalData === true ? { every: true, open: flow.openFields } : {};
