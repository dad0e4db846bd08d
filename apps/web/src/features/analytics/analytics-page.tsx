import { useQuery } from '@tanstack/react-query';
import { Segmented, Select, Switch } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSearchParams } from 'react-router';
import { formatDay, formatInstant } from '../../lib/format/instant.ts';
import { formatNumber, formatPercent } from '../../lib/format/number.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import css from './analytics.module.css';
import { ApprovalsSection } from './approvals-section.tsx';
import { FailuresSection } from './failures-section.tsx';
import { FlowsSection } from './flows-section.tsx';
import { PeriodPicker } from './period-picker.tsx';
import { type AnalyticsFilter, approvalsQuery, failuresQuery, flowsQuery } from './queries.ts';
import { customRange, PRESETS, type Preset, presetRange } from './range.ts';

const isPreset = (value: string | null): value is Preset => PRESETS.some((preset) => preset === value);

/** Аналитика: flows, failures, approvals and SLA over one range; every number opens its rows. */
export function AnalyticsPage() {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const [params, setParams] = useSearchParams();
  const [openedAt] = useState(() => Date.now());
  const presetParam = params.get('range');
  const preset = isPreset(presetParam) ? presetParam : 'week';
  const first = params.get('first');
  const last = params.get('last');
  const flowParam = params.get('flow') ?? '';
  const workingDaysOnly = params.get('working') === 'true';
  const filter = useMemo<AnalyticsFilter>(() => {
    const custom = first && last ? customRange(first, last) : null;
    return {
      ...(custom ?? presetRange(preset, openedAt)),
      flow: flowParam === '' ? [] : flowParam.split(','),
      workingDaysOnly,
    };
  }, [first, last, preset, openedAt, flowParam, workingDaysOnly]);
  const set = (changes: Readonly<Record<string, string | null>>) =>
    setParams(
      (now) => {
        const next = new URLSearchParams(now);
        for (const [name, value] of Object.entries(changes))
          if (value === null || value === '') next.delete(name);
          else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const flows = useQuery(flowsQuery(filter));
  const failures = useQuery(failuresQuery(filter));
  const approvals = useQuery(approvalsQuery(filter));
  const failed = [flows, failures, approvals].find((query) => query.isError && !query.data);
  if (failed?.error)
    return (
      <ErrorState
        error={failed.error}
        onRetry={() => {
          for (const query of [flows, failures, approvals]) void query.refetch();
        }}
      />
    );
  return (
    <>
      <PageHeader
        title={t('analytics.title')}
        actions={
          <Button
            onClick={() => {
              for (const query of [flows, failures, approvals]) void query.refetch();
            }}
          >
            {t('analytics.refresh')}
          </Button>
        }
      />
      <div className={css.controls}>
        <Segmented
          value={first && last ? 'custom' : preset}
          options={[
            ...PRESETS.map((one) => ({ value: one, label: t(`analytics.range.${one}`) })),
            ...(first && last ? [{ value: 'custom', label: t('analytics.range.custom') }] : []),
          ]}
          onChange={(value) => set({ range: value === 'custom' ? null : String(value), first: null, last: null })}
        />
        <PeriodPicker
          from={filter.from}
          to={filter.to}
          onChange={(from, to) => set({ range: null, first: from, last: to })}
        />
        <span className={css.compared}>
          {t('analytics.compared', {
            from: formatDay(filter.compareFrom),
            to: formatDay(new Date(Date.parse(filter.compareTo) - 1).toISOString()),
          })}
        </span>
        <Select
          mode="multiple"
          allowClear
          maxTagCount={1}
          style={{ minWidth: 220 }}
          value={[...filter.flow]}
          placeholder={t('analytics.allFlows')}
          aria-label={t('analytics.flowsLabel')}
          options={(flows.data?.flows ?? []).map((flow) => ({ value: flow.flowId, label: flow.title[language] }))}
          onChange={(value: string[]) => set({ flow: value.join(',') })}
        />
        <span>
          <Switch
            size="small"
            id="working-days"
            checked={workingDaysOnly}
            onChange={(checked) => set({ working: checked ? 'true' : null })}
          />{' '}
          <label htmlFor="working-days">{t('analytics.workingDays')}</label>
        </span>
        {flows.isFetching && <span className={css.note}>{t('analytics.loading')}</span>}
      </div>
      <nav className={css.anchors} aria-label={t('analytics.title')}>
        {(
          [
            ['flows', flows.data && formatNumber(flows.data.flows.length)],
            ['failures', failures.data && formatNumber(failures.data.total)],
            ['approvals', approvals.data && formatNumber(approvals.data.closed)],
            ['sla', approvals.data?.compliance != null && formatPercent(approvals.data.compliance)],
          ] as const
        ).map(([anchor, figure]) => (
          <a key={anchor} href={`#${anchor}`}>
            {t(`analytics.section.${anchor}`)} {figure && <small>{figure}</small>}
          </a>
        ))}
      </nav>
      {flows.data ? (
        <FlowsSection data={flows.data} filter={filter} approvals={approvals.data ?? null} />
      ) : (
        <Skeleton rows={10} />
      )}
      {failures.data ? <FailuresSection data={failures.data} filter={filter} /> : <Skeleton rows={6} />}
      {approvals.data ? <ApprovalsSection data={approvals.data} filter={filter} /> : <Skeleton rows={6} />}
      <dl className={css.how}>
        <dt>{t('analytics.how.counted')}</dt>
        <dd>
          {t('analytics.how.countedText', {
            from: formatInstant(filter.from),
            to: formatInstant(filter.to),
            fresh: flows.data?.freshAt ? formatInstant(flows.data.freshAt) : '—',
          })}
        </dd>
        <dt>{t('analytics.how.left')}</dt>
        <dd>
          {t('analytics.how.leftText', {
            inDoubt: flows.data?.open.inDoubt ?? 0,
            quarantine: flows.data?.open.quarantine ?? 0,
          })}
        </dd>
        <dt>{t('analytics.how.numbers')}</dt>
        <dd>{t('analytics.how.numbersText')}</dd>
      </dl>
    </>
  );
}
