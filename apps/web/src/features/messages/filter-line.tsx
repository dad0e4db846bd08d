import { deliveryState, errorClass } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { formatSpan, parseSpan, spanOf, spanValue } from '../../lib/format/time-span.ts';
import { useNames } from '../../lib/use-names.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { type SearchToken, type TokenField, TokenSearch } from '../../ui/token-search.tsx';
import css from './messages.module.css';
import { causeQuery } from './queries.ts';
import { sourcesAsked, sourceTokens } from './source-tokens.ts';
import { type MessagesUrl, MOST_TEXT } from './url.ts';

/** The filter as tokens «поле: значение»; free text searches number, ИНН, counterparty, message id. */
export function FilterLine({
  url,
  onChange,
}: {
  readonly url: MessagesUrl;
  readonly onChange: (change: Partial<MessagesUrl>) => void;
}) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const { watchedFlows, sources, system } = useNames();
  const [only = null] = url.cause.length === 1 ? url.cause : [];
  const cause = useQuery({ ...causeQuery(only ?? ''), enabled: only !== null });
  const words = { from: t('messages.filter.since'), to: t('messages.filter.until') };
  const fields: TokenField[] = [
    { id: 'flow', name: t('messages.filter.flow'), options: watchedFlows },
    { id: 'source', name: t('messages.filter.source'), options: sources, format: system },
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
    {
      id: 'minAmount',
      name: t('messages.filter.minAmount'),
      parse: (typed) => (/^[\d\s]+$/.test(typed) ? typed.replace(/\s/g, '') : null),
    },
    {
      id: 'time',
      name: t('messages.filter.time'),
      hint: t('messages.filter.timeHint'),
      parse: (typed) => parseSpan(typed, Date.now()),
      format: (value) => formatSpan(value, words),
    },
    {
      id: 'cause',
      name: t('messages.filter.cause'),
      linkOnly: true,
      format: (value) => (value === only && cause.data ? cause.data.cause.title[language] : value.slice(0, 8)),
    },
    { id: 'operation', name: t('messages.filter.operation'), linkOnly: true, format: (value) => value.slice(0, 8) },
  ];
  const time = spanValue(url);
  const tokens: SearchToken[] = [
    ...url.flow.map((value) => ({ field: 'flow', value })),
    ...sourceTokens(
      url.source,
      sources.map(({ value }) => value),
    ).map((value) => ({ field: 'source', value })),
    ...url.state.map((value) => ({ field: 'state', value })),
    ...url.cause.map((value) => ({ field: 'cause', value })),
    ...(url.errorClass ? [{ field: 'errorClass', value: url.errorClass }] : []),
    ...(url.minAmount === null ? [] : [{ field: 'minAmount', value: String(url.minAmount) }]),
    ...(time === null ? [] : [{ field: 'time', value: time }]),
    ...(url.operation ? [{ field: 'operation', value: url.operation }] : []),
  ];
  return (
    <div className={css.filter}>
      <TokenSearch
        label={t('messages.filter.label')}
        placeholder={t('messages.filter.placeholder')}
        fields={fields}
        tokens={tokens}
        text={url.q}
        maxLength={MOST_TEXT}
        onChange={(next) => {
          const values = (field: string) =>
            next.tokens.filter((token) => token.field === field).map(({ value }) => value);
          const last = (field: string) => values(field).at(-1) ?? null;
          const minAmount = last('minAmount');
          onChange({
            q: next.text,
            flow: values('flow'),
            source: sourcesAsked(values('source')),
            state: values('state'),
            cause: values('cause'),
            errorClass: last('errorClass'),
            ...spanOf(last('time')),
            ...(last('time') === null ? { timeField: 'default' as const } : {}),
            operation: last('operation'),
            minAmount: minAmount === null ? null : Number(minAmount),
          });
        }}
      />
      <CopyButton text={window.location.href} label={t('messages.filter.copyLink')} />
    </div>
  );
}
