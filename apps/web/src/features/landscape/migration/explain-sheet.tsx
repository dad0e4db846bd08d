import type { ShadowPair } from '@pult/shared/contracts/migration';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDayOf } from '../../../lib/format/instant.ts';
import { Button } from '../../../ui/button.tsx';
import { RadioList } from '../../../ui/radio-list.tsx';
import { isReason, ReasonNeeded } from '../../../ui/reason-needed.tsx';
import { Sheet } from '../../../ui/sheet.tsx';
import { TextArea } from '../../../ui/text-field.tsx';
import { useErrorText } from '../../../ui/use-error-text.ts';
import css from './migration.module.css';
import type { MigrationCommands } from './queries.ts';
import { useFieldName } from './wording.ts';

export interface ExplainSheetProps {
  readonly pair: ShadowPair;
  readonly explain: MigrationCommands['explain'];
  readonly onClose: () => void;
}

const HOUSE_OFFSET_MS = 3 * 3_600_000;
const houseDate = (at: string): string => new Date(Date.parse(at) + HOUSE_OFFSET_MS).toISOString().slice(0, 10);

/** Объяснить отличие: what the reason is to cover, and the reason. */
export function ExplainSheet({ pair, explain, onClose }: ExplainSheetProps) {
  const { t } = useTranslation();
  const [reasonId, neededId] = [useId(), useId()];
  const errorText = useErrorText();
  const fieldName = useFieldName();
  const fields = [...new Set(pair.differences.map(({ field }) => field))];
  const { outcome } = pair;
  // The narrowest first, and chosen: a reason covers no more than the person says.
  const options = [
    { value: 'pair', label: t('migration.explain.pair', { number: pair.number }) },
    {
      value: 'day',
      label: t('migration.explain.day', {
        outcome: t(`migration.shadow.names.${outcome}`),
        date: formatDayOf(pair.at),
      }),
    },
    ...fields.map((field) => ({
      value: `field:${field}`,
      label: t('migration.explain.field', { field: fieldName(field) }),
    })),
  ];
  const [scope, setScope] = useState('pair');
  const [reason, setReason] = useState('');
  const ready = isReason(reason);
  const chosen = () => {
    if (scope.startsWith('field:')) return { kind: 'field', field: scope.slice('field:'.length) } as const;
    if (scope === 'day' && (outcome === 'differs' || outcome === 'only_old' || outcome === 'only_bus'))
      return { kind: 'day', date: houseDate(pair.at), outcome } as const;
    return { kind: 'pair', pairId: pair.id } as const;
  };
  return (
    <Sheet open title={t('migration.explain.title')} onClose={onClose}>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (ready && !explain.isPending)
            explain.mutate({ scope: chosen(), reason: reason.trim() }, { onSuccess: onClose });
        }}
      >
        <RadioList label={t('migration.explain.scope')} value={scope} options={options} onChange={setScope} />
        <div>
          <label htmlFor={reasonId}>{t('migration.explain.reason')}</label>
          <TextArea
            id={reasonId}
            aria-describedby={neededId}
            rows={4}
            maxLength={500}
            value={reason}
            onChange={setReason}
          />
          <ReasonNeeded id={neededId} reason={reason} />
          <small className={css.hint}>{t('migration.explain.reasonHint')}</small>
        </div>
        {explain.error && (
          <p className={css.alert} role="alert">
            {errorText(explain.error)}
          </p>
        )}
        <div className={css.filters}>
          <Button type="primary" htmlType="submit" disabled={!ready} loading={explain.isPending}>
            {t('migration.explain.save')}
          </Button>
          <Button onClick={onClose}>{t('migration.action.cancel')}</Button>
        </div>
      </form>
    </Sheet>
  );
}
