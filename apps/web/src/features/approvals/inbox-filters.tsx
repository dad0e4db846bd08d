import type { ApprovalKind } from '@pult/shared/contracts/approvals';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../../ui/choice.tsx';
import { TextField } from '../../ui/text-field.tsx';
import css from './approvals.module.css';
import { KINDS, MOST_TEXT } from './inbox-url.ts';

export interface InboxFilters {
  readonly kind: ApprovalKind | '';
  readonly deviation: number | null;
  readonly segment: string | null;
  readonly q: string;
  readonly by: 'anyone' | 'me';
}

export interface InboxFiltersProps {
  readonly value: InboxFilters;
  readonly segments: readonly string[];
  /** Decided requests are asked for: whose. */
  readonly decided: boolean;
  readonly onChange: (change: Partial<InboxFilters>) => void;
}

const DEVIATIONS = [1, 3, 5, 7] as const;

/** Kind, deviation, segment and words of the queue. */
export function InboxFilterBar({ value, segments, decided, onChange }: InboxFiltersProps) {
  const { t } = useTranslation();
  // The address is changed by each letter; the field must not wait for it.
  const [typed, setTyped] = useState(value.q);
  const chosen = value.segment !== null && !segments.includes(value.segment) ? [value.segment, ...segments] : segments;
  return (
    <>
      {decided && (
        <Choice
          value={value.by}
          label={t('approvals.filter.by')}
          options={[
            { value: 'anyone', label: t('approvals.filter.byAnyone') },
            { value: 'me', label: t('approvals.filter.byMe') },
          ]}
          onChange={(by) => onChange({ by })}
        />
      )}
      <Choice<ApprovalKind | ''>
        value={value.kind}
        label={t('approvals.filter.kind')}
        options={[
          { value: '', label: t('approvals.filter.anyKind') },
          ...KINDS.map((one) => ({ value: one, label: t(`approvals.kind.${one}`) })),
        ]}
        onChange={(kind) => onChange({ kind })}
      />
      <Choice
        value={value.deviation === null ? '' : String(value.deviation)}
        label={t('approvals.filter.deviation')}
        options={[
          { value: '', label: t('approvals.filter.anyDeviation') },
          ...DEVIATIONS.map((one) => ({ value: String(one), label: t('approvals.filter.from', { value: one }) })),
        ]}
        onChange={(text) => onChange({ deviation: text === '' ? null : Number(text) })}
      />
      {chosen.length > 0 && (
        <Choice
          value={value.segment ?? ''}
          label={t('approvals.filter.segment')}
          options={[
            { value: '', label: t('approvals.filter.anySegment') },
            ...chosen.map((one) => ({ value: one, label: one })),
          ]}
          onChange={(text) => onChange({ segment: text === '' ? null : text })}
        />
      )}
      <TextField
        type="search"
        maxLength={MOST_TEXT}
        value={typed}
        aria-label={t('approvals.filter.search')}
        placeholder={t('approvals.filter.search')}
        className={css.search}
        onChange={(text) => {
          setTyped(text);
          onChange({ q: text });
        }}
      />
    </>
  );
}
