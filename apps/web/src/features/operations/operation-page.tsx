import type { OperationDetail } from '@pult/shared/contracts/operations';
import { useQuery } from '@tanstack/react-query';
import { Popconfirm } from 'antd';
import { useTranslation } from 'react-i18next';
import { useNavigate, useParams, useSearchParams } from 'react-router';
import { formatOperationTitle } from '../../lib/format/document.ts';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatNumber, formatPercent } from '../../lib/format/number.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Instant } from '../../ui/instant.tsx';
import { ObjectError } from '../../ui/object-error.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StaleBadge } from '../../ui/stale-badge.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { ItemsTable } from './items-table.tsx';
import css from './operation.module.css';
import { OperationLog } from './operation-log.tsx';
import { confirmed, OPERATION_STATE } from './outcome.ts';
import { PlanCard, StartForm } from './plan-card.tsx';
import { ProgressBar } from './progress-bar.tsx';
import { isFinished, operationQuery, useOperationCommands } from './queries.ts';
import { RateCard } from './rate-card.tsx';
import { SendingChart } from './sending-chart.tsx';
import { StagesCard } from './stages-card.tsx';

/** One operation: its plan before the start, its progress, stages, rate and per-item outcomes after it. */
export function OperationPage() {
  const { operationId = '' } = useParams();
  const { t } = useTranslation();
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  useLiveTopics([`operation:${operationId}`]);
  const { data, dataUpdatedAt, error, isError, refetch } = useQuery(operationQuery(operationId));
  const names = useNames();
  const commands = useOperationCommands(operationId);
  const mayRun = usePermission('operations.run');
  const errorText = useErrorText();
  if (isError && !data)
    return (
      <ObjectError
        error={error}
        onRetry={() => void refetch()}
        missing={t('operations.one.missing')}
        list={{ title: t('operations.one.toList'), to: paths.operations() }}
      />
    );
  if (!data) return <Skeleton rows={12} />;
  const outcome = params.get('outcome');
  const choose = (next: string | null) =>
    setParams(
      (now) => {
        const changed = new URLSearchParams(now);
        if (next === null) changed.delete('outcome');
        else changed.set('outcome', next);
        return changed;
      },
      { replace: true },
    );
  const failure =
    commands.start.error ??
    commands.control.error ??
    commands.rate.error ??
    commands.retryFailed.error ??
    commands.exportInstead.error;
  const planned = data.state === 'planned';
  const instead = {
    allowed: mayRun,
    busy: commands.exportInstead.isPending,
    onExport: () =>
      commands.exportInstead.mutate(undefined, {
        onSuccess: ({ operation }) => void navigate(paths.operation(operation.id)),
      }),
  };
  // Discarding and restoring send nothing, so there is no rate to choose.
  const moves = data.verb === 'resend' || data.verb === 'reExport';
  return (
    <>
      <PageHeader
        breadcrumbs={[{ title: t('operations.title'), to: paths.operations() }, { title: `№\u00a0${data.number}` }]}
        title={t(`operations.name.${data.verb}`, { number: data.number })}
        state={
          <>
            <StateChip state={OPERATION_STATE[data.state]}>{t(`operations.state.${data.state}`)}</StateChip>
            <span>
              {t('operations.scope', { count: data.counts.total, formatted: formatNumber(data.counts.total) })}
              {data.title && `, ${formatOperationTitle(data.title)}`}
            </span>
            {isError && <StaleBadge at={new Date(dataUpdatedAt).toISOString()} />}
          </>
        }
        actions={
          <Actions
            operation={data}
            mayRun={mayRun}
            busy={commands.control.isPending || commands.retryFailed.isPending}
            onControl={(verb) => commands.control.mutate(verb)}
            onRetryFailed={() =>
              commands.retryFailed.mutate(data.verb === 'reExport' ? 'reExport' : 'resend', {
                onSuccess: ({ operation }) => void navigate(paths.operation(operation.id)),
              })
            }
          />
        }
      />
      {failure && (
        <p className={css.banner} role="alert">
          <StateShape state="bad" /> {errorText(failure)}
        </p>
      )}
      {data.holdingFor && (
        <p className={css.banner} role="status">
          <StateShape state="warn" />
          {t('operations.holding', { system: names.system(data.holdingFor.system) })}
          {data.holdingFor.nextProbeAt && (
            <>
              {' '}
              {t('operations.nextProbe')} <Instant value={data.holdingFor.nextProbeAt} />
            </>
          )}
        </p>
      )}
      {planned ? (
        <>
          <div className={css.grid}>
            <PlanCard operation={data} instead={instead} />
            {mayRun ? (
              <StartForm
                operation={data}
                busy={commands.start.isPending}
                onStart={(input) => commands.start.mutate(input)}
              />
            ) : (
              <Card title={t('operations.start.title')}>
                <p className={css.explain}>{t('operations.forbidden')}</p>
              </Card>
            )}
            {moves && <RateCard operation={data} mayRun={mayRun} onRate={(value) => commands.rate.mutate(value)} />}
          </div>
          <div className={css.section}>
            <ItemsTable
              operationId={data.id}
              counts={data.counts}
              live={!isFinished(data.state)}
              outcome={outcome}
              onOutcome={choose}
            />
          </div>
        </>
      ) : (
        <>
          <Card>
            <div className={css.summary}>
              <span>
                <b>
                  {t('operations.done', {
                    done: formatNumber(confirmed(data.counts)),
                    total: formatNumber(data.counts.total),
                  })}
                </b>{' '}
                {t('operations.confirmed', {
                  share: formatPercent(data.counts.total === 0 ? 1 : confirmed(data.counts) / data.counts.total),
                })}
              </span>
              {data.elapsedMs !== null && (
                <Meter
                  label={t(isFinished(data.state) ? 'operations.lasted' : 'operations.elapsed')}
                  value={formatLatency(data.elapsedMs)}
                />
              )}
              {data.rate.measuredPerSecond !== null && (
                <Meter
                  label={t('operations.rate.measured')}
                  value={t('operations.perSecond', { value: formatNumber(data.rate.measuredPerSecond, 1) })}
                />
              )}
              {data.etaMs !== null && !isFinished(data.state) && (
                <Meter label={t('operations.left')} value={`~${formatLatency(data.etaMs)}`} />
              )}
              {data.finishedAt && (
                <Meter label={t('operations.finished')} value={<Instant value={data.finishedAt} />} />
              )}
            </div>
            <ProgressBar counts={data.counts} chosen={outcome} onChoose={choose} />
            {!isFinished(data.state) && (
              <p className={css.explain}>
                <span>{t('operations.explain.pause')}</span>
                <span>{t('operations.explain.cancel')}</span>
              </p>
            )}
          </Card>
          <div className={css.grid}>
            <PlanCard operation={data} instead={instead} />
            <StagesCard operation={data} />
            {moves && <RateCard operation={data} mayRun={mayRun} onRate={(value) => commands.rate.mutate(value)} />}
          </div>
          <div className={`${css.grid} ${css.two}`}>
            <SendingChart operation={data} />
            <OperationLog log={data.log} />
          </div>
          <div className={css.section}>
            <ItemsTable
              operationId={data.id}
              counts={data.counts}
              live={!isFinished(data.state)}
              outcome={outcome}
              onOutcome={choose}
            />
          </div>
        </>
      )}
    </>
  );
}

function Meter({ label, value }: { readonly label: string; readonly value: React.ReactNode }) {
  return (
    <span className={css.meter}>
      <small>{label}</small>
      <b>{value}</b>
    </span>
  );
}

function Actions(props: {
  operation: OperationDetail;
  mayRun: boolean;
  busy: boolean;
  onControl: (verb: 'pause' | 'resume' | 'cancel') => void;
  onRetryFailed: () => void;
}) {
  const { t } = useTranslation();
  const { operation, mayRun, busy } = props;
  const title = mayRun ? undefined : t('operations.forbidden');
  const off = !mayRun || busy;
  const running = operation.state === 'running' || operation.state === 'holding';
  const waiting = operation.state === 'paused' || operation.state === 'stopped';
  return (
    <>
      {running && (
        <Button disabled={off} denied={title} onClick={() => props.onControl('pause')}>
          {t('operations.action.pause')}
        </Button>
      )}
      {waiting && (
        <Button type="primary" disabled={off} denied={title} onClick={() => props.onControl('resume')}>
          {t('operations.action.resume')}
        </Button>
      )}
      {(running || waiting || operation.state === 'planned') && (
        <Popconfirm
          title={t('operations.cancelConfirm.title')}
          description={t('operations.cancelConfirm.text')}
          okText={t('operations.cancelConfirm.ok')}
          cancelText={t('operations.cancelConfirm.no')}
          okButtonProps={{ danger: true, type: 'default' }}
          onConfirm={() => props.onControl('cancel')}
        >
          <Button danger disabled={off} denied={title}>
            {t('operations.action.cancel')}
          </Button>
        </Popconfirm>
      )}
      {isFinished(operation.state) && operation.retriable > 0 && (
        <Button type="primary" disabled={off} denied={title} onClick={props.onRetryFailed}>
          {t('operations.action.retryFailed', { count: operation.retriable })}
        </Button>
      )}
      <a {...buttonLook()} href={`/api/operations/${operation.id}/items.csv`}>
        {t('operations.action.csv')}
      </a>
    </>
  );
}
