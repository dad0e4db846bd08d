import type { analyticsApprovals, analyticsFlows } from '@pult/shared/contracts/analytics';
import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import { Segmented } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatLatency, formatWorking } from '../../lib/format/duration.ts';
import { formatNumber, formatPercent } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { Card } from '../../ui/card.tsx';
import { Chart } from '../../ui/chart.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { usePalette } from '../../ui/theme-context.tsx';
import css from './analytics.module.css';
import { dayLabel, latencyOption } from './charts.ts';
import { ChangeText, Tile, WeekHeat } from './parts.tsx';
import type { AnalyticsFilter } from './queries.ts';

type Flows = EndpointResult<typeof analyticsFlows>;
type Approvals = EndpointResult<typeof analyticsApprovals>;

const LATENCY_HEIGHT = 260;

/** Link to the messages behind a number: same range, same flows. */
export function messagesLink(
  filter: AnalyticsFilter,
  timeField: 'accepted' | 'applied' | 'failed',
  more: Record<string, string> = {},
): string {
  const query = new URLSearchParams({ tab: 'all', timeField, from: filter.from, to: filter.to, ...more });
  if (filter.flow.length > 0 && !more.flow) query.set('flow', filter.flow.join(','));
  return `/messages?${query.toString()}`;
}

export function FlowsSection({
  data,
  filter,
  approvals,
}: {
  data: Flows;
  filter: AnalyticsFilter;
  approvals: Approvals | null;
}) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const palette = usePalette();
  const [heat, setHeat] = useState<'applied' | 'failed'>('applied');
  const labels = data.days.map((day) => dayLabel(day.at, data.bucket, i18n.language));
  const discount = approvals?.kinds.find(({ kind }) => kind === 'discount');
  return (
    <>
      <div className={css.tiles}>
        <Tile
          title={t('analytics.tile.applied')}
          value={formatNumber(data.total.applied)}
          to={messagesLink(filter, 'applied')}
          hint={
            <Was
              now={data.total.applied}
              before={data.previous?.applied ?? null}
              lowerIsBetter={false}
              format={formatNumber}
            />
          }
        />
        <Tile
          title={t('analytics.tile.failed')}
          value={formatNumber(data.total.failed)}
          to={messagesLink(filter, 'failed')}
          hint={
            <Was now={data.total.failed} before={data.previous?.failed ?? null} lowerIsBetter format={formatNumber} />
          }
        />
        <Tile
          title={t('analytics.tile.latency')}
          value={data.total.latency.p95 === null ? '—' : formatLatency(data.total.latency.p95)}
          hint={
            <Was
              now={data.total.latency.p95 ?? 0}
              before={data.previous?.latency.p95 ?? null}
              lowerIsBetter
              format={formatLatency}
            />
          }
        />
        {approvals && (
          <>
            <Tile
              title={t('analytics.tile.compliance', { goal: formatPercent(approvals.goalShare) })}
              value={approvals.compliance === null ? '—' : formatPercent(approvals.compliance)}
              to={`/approvals?tab=decided&from=${filter.from}&to=${filter.to}`}
              hint={t('analytics.tile.complianceHint', { met: approvals.met, closed: approvals.closed })}
            />
            <Tile
              title={t('analytics.tile.decision')}
              value={discount?.medianMs == null ? '—' : formatWorking(discount.medianMs)}
              hint={t('analytics.tile.decisionHint', { count: discount?.decided ?? 0 })}
            />
          </>
        )}
      </div>
      <h2 className={css.section} id="flows">
        {t('analytics.section.flows')} <small>{t('analytics.section.flowsHint', { count: data.flows.length })}</small>
      </h2>
      <div className={css.pair}>
        <Card title={t(data.bucket === 'day' ? 'analytics.latency.byDay' : 'analytics.latency.byHour')}>
          <Chart
            height={LATENCY_HEIGHT}
            label={t('analytics.latency.label')}
            option={latencyOption({
              days: data.days,
              previous: data.previousDays,
              labels,
              palette,
              format: (seconds) => formatLatency(seconds * 1000),
              formatTick: (seconds) => formatNumber(seconds, 2),
              height: LATENCY_HEIGHT,
              names: { p50: 'p50', p95: 'p95', p99: 'p99', before: t('analytics.latency.before') },
            })}
          />
        </Card>
        <Card
          title={t('analytics.week.title')}
          extra={
            <Segmented
              size="small"
              value={heat}
              options={[
                { value: 'applied', label: t('analytics.week.applied') },
                { value: 'failed', label: t('analytics.week.failed') },
              ]}
              onChange={setHeat}
            />
          }
        >
          <div className={css.body}>
            <WeekHeat week={heat === 'applied' ? data.week : data.weekFailed} label={t('analytics.week.title')} />
            <p className={css.note}>{t('analytics.week.hint')}</p>
          </div>
        </Card>
      </div>
      <Card title={t('analytics.byFlow.title')}>
        <PlainTable
          head={[
            t('analytics.byFlow.flow'),
            { title: t('analytics.byFlow.applied'), align: 'end' },
            { title: t('analytics.byFlow.change'), align: 'end' },
            t('analytics.byFlow.days'),
            { title: t('analytics.byFlow.failed'), align: 'end' },
            { title: t('analytics.byFlow.change'), align: 'end' },
            t('analytics.byFlow.days'),
            { title: 'p95', align: 'end' },
          ]}
          foot={
            <tr>
              <td>{t('analytics.byFlow.all')}</td>
              <td className={css.number}>{formatNumber(data.total.applied)}</td>
              <td className={css.number}>
                <ChangeText now={data.total.applied} before={data.previous?.applied ?? null} lowerIsBetter={false} />
              </td>
              <td />
              <td className={css.number}>{formatNumber(data.total.failed)}</td>
              <td className={css.number}>
                <ChangeText now={data.total.failed} before={data.previous?.failed ?? null} lowerIsBetter />
              </td>
              <td />
              <td className={css.number}>
                {data.total.latency.p95 === null ? '—' : formatLatency(data.total.latency.p95)}
              </td>
            </tr>
          }
        >
          {data.flows.map((flow) => (
            <tr key={flow.flowId}>
              <td>
                <Link to={paths.flow(flow.flowId)}>{flow.title[language]}</Link>
              </td>
              <td className={css.number}>
                <Link to={messagesLink(filter, 'applied', { flow: flow.flowId })}>
                  {formatNumber(flow.total.applied)}
                </Link>
              </td>
              <td className={css.number}>
                <ChangeText now={flow.total.applied} before={flow.previous?.applied ?? null} lowerIsBetter={false} />
              </td>
              <td className={css.spark}>
                <Sparkline values={flow.days.map((day) => day.applied)} label={t('analytics.byFlow.applied')} />
              </td>
              <td className={css.number}>
                <Link to={messagesLink(filter, 'failed', { flow: flow.flowId })}>
                  {formatNumber(flow.total.failed)}
                </Link>
              </td>
              <td className={css.number}>
                <ChangeText now={flow.total.failed} before={flow.previous?.failed ?? null} lowerIsBetter />
              </td>
              <td className={css.spark}>
                <Sparkline values={flow.days.map((day) => day.failed)} label={t('analytics.byFlow.failed')} />
              </td>
              <td className={css.number}>
                {flow.total.latency.p95 === null ? '—' : formatLatency(flow.total.latency.p95)}
              </td>
            </tr>
          ))}
        </PlainTable>
      </Card>
    </>
  );
}

function Was(props: { now: number; before: number | null; lowerIsBetter: boolean; format: (value: number) => string }) {
  const { t } = useTranslation();
  if (props.before === null) return <>{t('analytics.noPast')}</>;
  return (
    <>
      <ChangeText now={props.now} before={props.before} lowerIsBetter={props.lowerIsBetter} />{' '}
      {t('analytics.was', { value: props.format(props.before) })}
    </>
  );
}
