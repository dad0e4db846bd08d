import { deliveryState, errorClass } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { formatMoment } from '../../lib/format/instant.ts';
import { type SearchToken, type TokenField, TokenSearch } from '../../ui/token-search.tsx';
import css from './messages.module.css';
import type { MessagesUrl } from './url.ts';
import { useNames } from './use-names.ts';

const SINGLE = ['cause', 'errorClass', 'from', 'to', 'operation'] as const;
const instantOf = (typed: string): string | null => {
  const at = Date.parse(
    typed.length <= 16 ? `${typed.replace(' ', 'T')}${typed.length === 10 ? 'T00:00' : ''}:00+03:00` : typed,
  );
  return Number.isNaN(at) ? null : new Date(at).toISOString();
};

/** The filter as tokens «поле: значение»; free text searches number, ИНН, counterparty, message id. */
export function FilterLine({
  url,
  onChange,
}: {
  readonly url: MessagesUrl;
  readonly onChange: (change: Partial<MessagesUrl>) => void;
}) {
  const { t } = useTranslation();
  const { watchedFlows } = useNames();
  const fields: TokenField[] = [
    {
      id: 'flow',
      name: t('messages.filter.flow'),
      options: watchedFlows,
    },
    {
      id: 'state',
      name: t('messages.filter.state'),
      options: deliveryState.options.map((value) => ({ value, label: t(`common.delivery.${value}`) })),
    },
    {
      id: 'errorClass',
      name: t('messages.filter.errorClass'),
      options: errorClass.options.map((value) => ({ value, label: t(`messages.class.${value}`) })),
    },
    { id: 'minAmount', name: t('messages.filter.minAmount'), parse: (typed) => (/^\d+$/.test(typed) ? typed : null) },
    { id: 'from', name: t('messages.filter.from'), parse: instantOf, format: (value) => formatMoment(value) },
    { id: 'to', name: t('messages.filter.to'), parse: instantOf, format: (value) => formatMoment(value) },
    { id: 'cause', name: t('messages.filter.cause'), format: (value) => value.slice(0, 8) },
    { id: 'operation', name: t('messages.filter.operation'), format: (value) => value.slice(0, 8) },
  ];
  const tokens: SearchToken[] = [
    ...url.flow.map((value) => ({ field: 'flow', value })),
    ...url.state.map((value) => ({ field: 'state', value })),
    ...SINGLE.flatMap((field) => (url[field] ? [{ field, value: url[field] }] : [])),
    ...(url.minAmount === null ? [] : [{ field: 'minAmount', value: String(url.minAmount) }]),
  ];
  return (
    <div className={css.filter}>
      <TokenSearch
        label={t('messages.filter.label')}
        placeholder={t('messages.filter.placeholder')}
        fields={fields}
        tokens={tokens}
        text={url.q}
        onChange={(next) => {
          const values = (field: string) =>
            next.tokens.filter((token) => token.field === field).map(({ value }) => value);
          const last = (field: string) => values(field).at(-1) ?? null;
          onChange({
            q: next.text,
            flow: values('flow'),
            state: values('state'),
            cause: last('cause'),
            errorClass: last('errorClass'),
            from: last('from'),
            to: last('to'),
            operation: last('operation'),
            minAmount: last('minAmount') === null ? null : Number(last('minAmount')),
          });
        }}
      />
    </div>
  );
}
