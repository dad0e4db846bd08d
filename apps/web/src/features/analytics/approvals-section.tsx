import type { analyticsApprovals } from '@pult/shared/contracts/analytics';
import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatWorking } from '../../lib/format/duration.ts';
import { formatPercent } from '../../lib/format/number.ts';
import { Card } from '../../ui/card.tsx';
import { Chart } from '../../ui/chart.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { usePalette } from '../../ui/theme-context.tsx';
import css from './analytics.module.css';
import { distributionOption } from './charts.ts';
import type { AnalyticsFilter } from './queries.ts';

export function ApprovalsSection({
  data,
  filter,
}: {
  data: EndpointResult<typeof analyticsApprovals>;
  filter: AnalyticsFilter;
}) {
  const { t } = useTranslation();
  const palette = usePalette();
  const decided = `/approvals?tab=decided&from=${filter.from}&to=${filter.to}`;
  const share = (value: number | null) => (value === null ? '—' : formatPercent(value));
  const missed = (value: number | null) => (value !== null && value < data.goalShare ? css.worse : undefined);
  return (
    <div className={css.pair}>
      <div>
        <h2 className={css.section} id="approvals">
          {t('analytics.section.approvals')}{' '}
          <small>{t('analytics.section.approvalsHint', { count: data.closed })}</small>
        </h2>
        <Card title={t('analytics.approvals.distribution')}>
          {data.closed === 0 ? (
            <EmptyState title={t('analytics.approvals.none')} text={t('analytics.approvals.noneText')} />
          ) : (
            <>
              <Chart
                height={200}
                label={t('analytics.approvals.distribution')}
                option={distributionOption({
                  buckets: data.distribution,
                  name: t('analytics.approvals.requests'),
                  palette,
                })}
              />
              <PlainTable
                head={[
                  t('analytics.approvals.kind'),
                  { title: t('analytics.approvals.decided'), align: 'end' },
                  { title: t('analytics.approvals.median'), align: 'end' },
                  { title: 'p90', align: 'end' },
                  { title: t('analytics.approvals.goal'), align: 'end' },
                  { title: t('analytics.approvals.inTime'), align: 'end' },
                ]}
              >
                {data.kinds.map((row) => (
                  <tr key={row.kind}>
                    <td>
                      <Link to={`${decided}&kind=${row.kind}`}>{t(`analytics.kind.${row.kind}`)}</Link>
                    </td>
                    <td className={css.number}>{row.decided}</td>
                    <td className={css.number}>{row.medianMs === null ? '—' : formatWorking(row.medianMs)}</td>
                    <td className={css.number}>{row.p90Ms === null ? '—' : formatWorking(row.p90Ms)}</td>
                    <td className={css.number}>{row.goalMs === null ? '—' : formatWorking(row.goalMs)}</td>
                    <td className={`${css.number} ${missed(row.compliance) ?? ''}`}>{share(row.compliance)}</td>
                  </tr>
                ))}
              </PlainTable>
            </>
          )}
        </Card>
      </div>
      <div>
        <h2 className={css.section} id="sla">
          {t('analytics.section.sla')}{' '}
          <small>{t('analytics.section.slaHint', { goal: formatPercent(data.goalShare) })}</small>
        </h2>
        <Card title={t('analytics.sla.byPerson')}>
          {data.deciders.length === 0 ? (
            <EmptyState title={t('analytics.approvals.none')} text={t('analytics.approvals.noneText')} />
          ) : (
            <PlainTable
              head={[
                t('analytics.sla.who'),
                { title: t('analytics.approvals.inTime'), align: 'end' },
                { title: t('analytics.sla.of'), align: 'end' },
              ]}
              foot={
                <tr>
                  <td>{t('analytics.sla.all')}</td>
                  <td className={css.number}>{share(data.compliance)}</td>
                  <td className={css.number}>{t('analytics.sla.ofText', { met: data.met, decided: data.closed })}</td>
                </tr>
              }
            >
              {data.deciders.map((row) => (
                <tr key={row.name}>
                  <td>{row.name}</td>
                  <td className={`${css.number} ${missed(row.compliance) ?? ''}`}>{share(row.compliance)}</td>
                  <td className={css.number}>{t('analytics.sla.ofText', { met: row.met, decided: row.decided })}</td>
                </tr>
              ))}
            </PlainTable>
          )}
          <p className={`${css.note} ${css.body}`}>
            {t('analytics.sla.open', { count: data.openBreached })}{' '}
            {t('analytics.sla.before', { share: share(data.previousCompliance) })}
          </p>
        </Card>
      </div>
    </div>
  );
}
