import { policiesList } from '@pult/shared/contracts/sla';
import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../../lib/api/client.ts';
import { formatWorking } from '../../lib/format/duration.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import css from './settings.module.css';

/** SLA policies in the order in which they are tried. */
export function PoliciesTab() {
  const { t } = useTranslation();
  const { data, error, isError, refetch } = useQuery({
    queryKey: ['sla', 'policies'],
    queryFn: () => callEndpoint(policiesList, {}),
  });
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={5} />;
  return (
    <Card title={t('settings.policies.title')}>
      <PlainTable
        head={[
          t('settings.policies.name'),
          t('settings.policies.applies'),
          t('settings.policies.goal'),
          t('settings.policies.thresholds'),
          t('settings.policies.pauses'),
        ]}
      >
        {data.policies.map((policy) => (
          <tr key={`${policy.id}${policy.version}`}>
            <td>
              <b>{policy.title}</b>
              <small>{t('settings.calendars.version', { version: policy.version })}</small>
            </td>
            <td>
              {policy.appliesTo.kinds.map((kind) => t(`settings.subject.${kind}`)).join(', ')}
              {policy.appliesTo.deviationUpTo !== null && (
                <small>{t('settings.policies.upTo', { value: formatNumber(policy.appliesTo.deviationUpTo, 2) })}</small>
              )}
              {policy.appliesTo.deviationOver !== null && (
                <small>{t('settings.policies.over', { value: formatNumber(policy.appliesTo.deviationOver, 2) })}</small>
              )}
            </td>
            <td>{formatWorking(policy.goalMs)}</td>
            <td>{policy.thresholds.map((value) => `${value} %`).join(', ')}</td>
            <td>{policy.pausesOn.map((cause) => t(`settings.pause.${cause}`)).join(', ') || '—'}</td>
          </tr>
        ))}
      </PlainTable>
      <p className={css.note}>{t('settings.policies.note')}</p>
    </Card>
  );
}
