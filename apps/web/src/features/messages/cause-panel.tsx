import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatMoment } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { TextArea } from '../../ui/text-field.tsx';
import css from './messages.module.css';
import { causeQuery, useTriage } from './queries.ts';

const SNOOZE_MS = 24 * 3_600_000;

/** What the cause means, how it goes on, what to do, examples, notes that survive the retry. */
export function CausePanel({ causeId }: { readonly causeId: string }) {
  const { t } = useTranslation();
  const { data, error, isError, refetch } = useQuery(causeQuery(causeId));
  const triage = useTriage(causeId);
  const may = usePermission('messages.triage');
  const [note, setNote] = useState('');
  const noteId = useId();
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={8} />;
  const { cause } = data;
  const why = may ? undefined : t('messages.forbiddenTriage');
  return (
    <div className={css.panel}>
      <p className={css.chips}>
        <StateChip state={cause.status === 'regressed' ? 'warn' : cause.status === 'new' ? 'bad' : 'idle'}>
          {t(`messages.causes.status.${cause.status}`)}
        </StateChip>
        <StateChip state="idle">{t(`messages.class.${cause.errorClass}`)}</StateChip>
      </p>
      <dl className={css.trio}>
        <div>
          <dd>{formatNumber(cause.count)}</dd>
          <dt>{t('messages.causes.messages', { count: cause.count })}</dt>
        </div>
        <div>
          <dd>{formatMoney(cause.amount)}</dd>
          <dt>{t('messages.causes.atRisk')}</dt>
        </div>
        <div>
          <dd>{formatNumber(cause.counterparties)}</dd>
          <dt>{t('messages.causes.counterpartiesWord', { count: cause.counterparties })}</dt>
        </div>
      </dl>
      <h3>{t('messages.causes.text')}</h3>
      <code className={css.pattern}>{cause.pattern}</code>
      <h3>{t('messages.causes.trend')}</h3>
      <Sparkline values={cause.sparkline} label={t('messages.causes.spark')} tone="bad" />
      {data.runbook.length > 0 && (
        <>
          <h3>{t('messages.causes.runbook')}</h3>
          <ol className={css.steps}>
            {data.runbook.map((step) => (
              <li key={step}>{step}</li>
            ))}
          </ol>
        </>
      )}
      <h3>
        {t('messages.causes.examples')}{' '}
        <Link to={`/messages?tab=all&cause=${cause.id}&state=failed`}>
          {t('messages.causes.allExamples', { count: cause.count })}
        </Link>
      </h3>
      <ul className={css.examples}>
        {data.examples.map((row) => (
          <li key={row.id}>
            <Link to={paths.message(row.id)}>{row.key.number}</Link>
            <span>{row.amount === null ? '' : formatMoney(row.amount)}</span>
            <small>{row.counterparty?.name}</small>
            <small>{formatMoment(row.stateAt)}</small>
          </li>
        ))}
      </ul>
      <h3>{t('messages.causes.owner')}</h3>
      <p className={css.chips}>
        {cause.owner
          ? t('messages.causes.ownedBy', { name: cause.owner.name, since: formatMoment(cause.owner.since) })
          : t('messages.causes.nobody')}
        <Button
          size="small"
          disabled={!may}
          title={why}
          onClick={() => triage.mutate({ owner: cause.owner ? 'release' : 'take' })}
        >
          {t(cause.owner ? 'messages.causes.release' : 'messages.causes.take')}
        </Button>
        <Button
          size="small"
          disabled={!may}
          title={why}
          onClick={() =>
            triage.mutate({ snoozeUntil: cause.snoozedUntil ? null : new Date(Date.now() + SNOOZE_MS).toISOString() })
          }
        >
          {cause.snoozedUntil
            ? t('messages.causes.wake', { until: formatMoment(cause.snoozedUntil) })
            : t('messages.causes.snooze')}
        </Button>
      </p>
      <h3>{t('messages.causes.notes')}</h3>
      {data.notes.map((one) => (
        <p key={one.at} className={css.note}>
          {one.text}
          <small>
            {one.author}, {formatMoment(one.at)}
          </small>
        </p>
      ))}
      {may && (
        <form
          className={css.noteForm}
          onSubmit={(event) => {
            event.preventDefault();
            if (note.trim() !== '') triage.mutate({ note: note.trim() }, { onSuccess: () => setNote('') });
          }}
        >
          <label htmlFor={noteId}>{t('messages.causes.noteLabel')}</label>
          <TextArea id={noteId} rows={2} maxLength={2000} value={note} onChange={setNote} />
          <Button size="small" htmlType="submit" disabled={note.trim() === ''} loading={triage.isPending}>
            {t('messages.causes.addNote')}
          </Button>
        </form>
      )}
    </div>
  );
}
