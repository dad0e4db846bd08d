import type { QuietPeriodView } from '@pult/shared/contracts/quiet';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatMoment, formatTime, formatWeekdayMoment } from '../../lib/format/instant.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { quietQuery, useChangeQuiet, useEndQuiet } from '../../lib/quiet.ts';
import { usePermission } from '../../lib/session.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { PendingCard } from '../../ui/pending-card.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { QuietForm } from './quiet-form.tsx';
import css from './settings.module.css';

const HOUR_MS = 3_600_000;

/** «Тишина и работы»: every mute and maintenance window, what holds, what is planned, what has ended. */
export function QuietTab() {
  const { t } = useTranslation();
  const may = usePermission('landscape.mute');
  useLiveTopics(['landscape']);
  const { data, error, refetch } = useQuery(quietQuery());
  const [planning, setPlanning] = useState(false);
  if (!data) return <PendingCard error={error} onRetry={() => void refetch()} rows={8} />;
  const open = data.periods.filter(({ state }) => state !== 'ended');
  const ended = data.periods.filter(({ state }) => state === 'ended');
  return (
    <div className={css.stack}>
      <Card
        title={t('quiet.tab.active')}
        extra={
          <Button
            type="primary"
            disabled={!may}
            denied={may ? undefined : t('quiet.forbidden')}
            onClick={() => setPlanning(true)}
          >
            {t('quiet.tab.plan')}
          </Button>
        }
      >
        {open.length === 0 ? <p className={css.note}>{t('quiet.tab.activeEmpty')}</p> : <Periods periods={open} />}
      </Card>
      <Card title={t('quiet.tab.history')}>
        {ended.length === 0 ? <p className={css.note}>{t('quiet.tab.historyEmpty')}</p> : <Periods periods={ended} />}
      </Card>
      {planning && <QuietForm onClose={() => setPlanning(false)} />}
    </div>
  );
}

function Periods({ periods }: { readonly periods: readonly QuietPeriodView[] }) {
  const { t } = useTranslation();
  const names = useQuietNames();
  return (
    <PlainTable
      head={[t('quiet.tab.what'), t('quiet.tab.when'), t('quiet.tab.reason'), t('quiet.tab.who'), t('quiet.tab.state')]}
    >
      {periods.map((period) => (
        <tr key={period.id}>
          <td>
            <b>{names(period.target)}</b>
            <small>{t(`quiet.tab.kind.${period.kind}`)}</small>
          </td>
          <td>
            <When period={period} />
          </td>
          <td>{period.reason}</td>
          <td>
            {period.createdBy}
            <small>{formatMoment(period.createdAt)}</small>
          </td>
          <td>
            <Ending period={period} />
          </td>
        </tr>
      ))}
    </PlainTable>
  );
}

function When({ period }: { readonly period: QuietPeriodView }) {
  const { t } = useTranslation();
  if (!period.weekly)
    return <>{t('quiet.tab.span', { from: formatMoment(period.from), to: formatMoment(period.until) })}</>;
  const span = { from: formatWeekdayMoment(period.from), to: formatTime(period.until) };
  return (
    <>
      {period.weeklyUntil === null
        ? t('quiet.tab.weekly', span)
        : t('quiet.tab.weeklyUntil', { ...span, last: formatMoment(period.weeklyUntil) })}
      {period.state === 'planned' && period.occurrence && (
        <small>{t('quiet.tab.next', { from: formatMoment(period.occurrence.from) })}</small>
      )}
    </>
  );
}

/** State of a period and how to end it; what was ended says by whom. */
function Ending({ period }: { readonly period: QuietPeriodView }) {
  const { t } = useTranslation();
  const errorText = useErrorText();
  const may = usePermission('landscape.mute');
  const end = useEndQuiet();
  const change = useChangeQuiet();
  const why = may ? undefined : t('quiet.forbidden');
  const { id: quietId, version, state } = period;
  // What was ended before its begin never held: it was called off, not ended early.
  if (state === 'ended' && period.endedAt !== null && period.endedAt < period.from)
    return (
      <>
        {t('quiet.tab.cancelled')}
        <small>{period.endedBy}</small>
      </>
    );
  if (state === 'ended')
    return (
      <>
        {t('quiet.tab.stateOf.ended')}
        <small>
          {period.endedBy === null ? t('quiet.tab.byItself') : t('quiet.tab.endedBy', { name: period.endedBy })}
        </small>
      </>
    );
  const endLabel = period.weekly ? 'quiet.tab.endSeries' : state === 'planned' ? 'quiet.tab.cancel' : 'quiet.tab.end';
  const busy = end.isPending || change.isPending;
  const failed = end.error ?? change.error;
  return (
    <span className={css.ending}>
      <StateChip state={state === 'active' ? 'warn' : 'idle'}>{t(`quiet.tab.stateOf.${state}`)}</StateChip>
      {state === 'active' && !period.weekly && (
        <Button
          size="small"
          disabled={!may || busy}
          denied={why}
          onClick={() =>
            change.mutate({
              quietId,
              version,
              until: new Date(Date.parse(period.until) + HOUR_MS).toISOString(),
            })
          }
        >
          {t('quiet.tab.longer')}
        </Button>
      )}
      {period.weekly && (
        <Button
          size="small"
          disabled={!may || busy}
          denied={why}
          onClick={() => end.mutate({ quietId, version, scope: 'occurrence' })}
        >
          {t(state === 'active' ? 'quiet.tab.endOnce' : 'quiet.tab.skip')}
        </Button>
      )}
      <Button size="small" disabled={!may || busy} denied={why} onClick={() => end.mutate({ quietId, version })}>
        {t(endLabel)}
      </Button>
      {failed && <small role="alert">{errorText(failed)}</small>}
    </span>
  );
}

const ALARMS = [
  'silence',
  'doubt',
  'stuck',
  'undecided',
  'system',
  'stale',
  'exchange',
  'problems',
  'handler',
] as const;

/** What a period is about, in words. */
function useQuietNames(): (target: QuietPeriodView['target']) => string {
  const { t } = useTranslation();
  const names = useNames();
  return ({ kind, id }) => {
    switch (kind) {
      case 'flow':
        return t('quiet.tab.flow', { name: names.flow(id) });
      case 'system':
        return t('quiet.tab.system', { name: names.system(id) });
      case 'alarm': {
        const [prefix = '', about = '', part] = id.split(':');
        const alarm = ALARMS.find((one) => one === prefix) ?? 'other';
        const name = names.flow(about) === about ? names.system(about) : names.flow(about);
        const detail = part === undefined ? '' : `, ${alarm === 'silence' ? names.system(part) : part}`;
        return t('quiet.tab.alarm', { alarm: t(`quiet.alarm.${alarm}`), name: `${name}${detail}` });
      }
    }
  };
}
