import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import type { MigrationView, ShadowPair, ShadowPeriod, shadowReport } from '@pult/shared/contracts/migration';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDayOf, formatMoment } from '../../../lib/format/instant.ts';
import { usePermission } from '../../../lib/session.ts';
import { Button } from '../../../ui/button.tsx';
import { Card } from '../../../ui/card.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { ErrorState } from '../../../ui/error-state.tsx';
import { SegmentedTabs } from '../../../ui/segmented-tabs.tsx';
import { Skeleton } from '../../../ui/skeleton.tsx';
import { StateShape } from '../../../ui/state-shape.tsx';
import { useErrorText } from '../../../ui/use-error-text.ts';
import { ExampleDiff } from './example-diff.tsx';
import { ExplainSheet } from './explain-sheet.tsx';
import { Explanations } from './explanations.tsx';
import { LagChart } from './lag-chart.tsx';
import css from './migration.module.css';
import { OutcomeTable } from './outcome-table.tsx';
import { useMigrationCommands } from './queries.ts';

export interface ShadowCardProps {
  readonly view: MigrationView;
  readonly report: EndpointResult<typeof shadowReport> | undefined;
  readonly error: Error | null;
  readonly onRetry: () => void;
  readonly period: ShadowPeriod;
  readonly onPeriod: (period: ShadowPeriod) => void;
}

/** Сравнение в тени: outcomes, who is earlier, an example, reasons. */
export function ShadowCard({ view, report, error, onRetry, period, onPeriod }: ShadowCardProps) {
  const { t } = useTranslation();
  const since = report?.since;
  const nothing = report !== undefined && report.pairs + report.waiting + report.neither === 0;
  const idle = view.stage === 'point-to-point';
  return (
    <Card
      className={css.shadow}
      title={
        <span className={css.head}>
          {t('migration.shadow.title')} <small>{t('migration.shadow.lead')}</small>
        </span>
      }
      extra={
        <SegmentedTabs<ShadowPeriod>
          label={t('migration.shadow.period')}
          value={period}
          options={[
            { value: '24h', label: t('migration.shadow.periods.24h') },
            { value: '7d', label: t('migration.shadow.periods.7d') },
            {
              value: 'all',
              label: since
                ? t('migration.shadow.periods.all', { date: formatDayOf(since) })
                : t('migration.shadow.periods.allShort'),
            },
          ]}
          onChange={onPeriod}
        />
      }
    >
      {view.stale && (
        <p className={css.note} role="status">
          <StateShape state="warn" />
          {view.comparedAt
            ? t('migration.shadow.stale', { when: formatMoment(view.comparedAt) })
            : t('migration.shadow.staleNever')}
        </p>
      )}
      {view.stage === 'bus' && <p className={css.note}>{t('migration.shadow.ended')}</p>}
      {error && !report && <ErrorState error={error} onRetry={onRetry} />}
      {!report && !error && <Skeleton rows={8} />}
      {nothing && (
        <EmptyState
          title={idle ? t('migration.shadow.notStarted') : t('migration.shadow.noPairs')}
          text={idle ? t('migration.shadow.notStartedText') : t('migration.shadow.noPairsText')}
        />
      )}
      {report && !nothing && <Report flowId={view.flow.id} report={report} />}
    </Card>
  );
}

function Report({
  flowId,
  report,
}: {
  readonly flowId: string;
  readonly report: NonNullable<ShadowCardProps['report']>;
}) {
  const { t } = useTranslation();
  const may = usePermission('migration.change');
  const commands = useMigrationCommands(flowId);
  const errorText = useErrorText();
  const [explaining, setExplaining] = useState<ShadowPair | null>(null);
  const { example, explanations, lag } = report;
  return (
    <>
      <OutcomeTable flowId={flowId} report={report} />
      {lag && <LagChart lag={lag} />}
      {example && <ExampleDiff flowId={flowId} pair={example} more={report.more} />}
      {commands.explain.data && (
        <p className={css.note} role="status">
          <StateShape state="ok" />
          {t('migration.explain.done', { count: commands.explain.data.pairs })}
        </p>
      )}
      {commands.unexplain.error && (
        <p className={css.alert} role="alert">
          {errorText(commands.unexplain.error)}
        </p>
      )}
      {example && !example.explanationId && (
        <div className={css.foot}>
          <Button
            disabled={!may}
            denied={may ? undefined : t('migration.action.forbidden')}
            onClick={() => {
              commands.explain.reset();
              setExplaining(example);
            }}
          >
            {t('migration.shadow.explain')}
          </Button>
        </div>
      )}
      {explanations.length > 0 && <Explanations rows={explanations} unexplain={commands.unexplain} />}
      {explaining && <ExplainSheet pair={explaining} explain={commands.explain} onClose={() => setExplaining(null)} />}
    </>
  );
}
