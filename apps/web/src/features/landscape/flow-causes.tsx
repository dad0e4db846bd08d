import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatRelative } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import panel from './panel.module.css';
import { flowCausesQuery } from './queries.ts';

const SHOWN = 8;

/** Why messages of the flow stand still now: the causes with the most open failures, each with the way to its rows. */
export function FlowCauses({ flowId, className }: { readonly flowId: string; readonly className: string | undefined }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const { data, error, isError, isPending, refetch } = useQuery(flowCausesQuery(flowId));
  const rows = data?.rows ?? [];
  const all = `/messages?tab=causes&flow=${flowId}`;
  return (
    <Card
      className={className}
      title={t('landscape.flow.causes')}
      extra={
        rows.length > SHOWN && (
          <Link to={all}>{t('landscape.flow.allCauses', { value: formatNumber(rows.length) })}</Link>
        )
      }
    >
      {isError && !data && <ErrorState error={error} onRetry={() => void refetch()} />}
      {isPending && <Skeleton rows={4} />}
      {data && (
        <div className={panel.panel}>
          {rows.length === 0 && <p className={panel.hint}>{t('landscape.flow.noCauses')}</p>}
          <ul className={panel.rows}>
            {rows.slice(0, SHOWN).map((row) => (
              <li key={row.id}>
                <b className={panel.count}>{formatNumber(row.count)}</b>
                <Link className={panel.grow} to={`${all}&cause=${row.id}`} title={row.pattern}>
                  {row.title[language]}
                </Link>
                {Number(row.amount) > 0 && <span>{formatMoney(row.amount)}</span>}
                <span className={panel.age}>{formatRelative(row.lastSeenAt)}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Card>
  );
}
