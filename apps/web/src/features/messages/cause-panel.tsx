import type { CauseRow } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatDocumentNumber } from '../../lib/format/document.ts';
import { formatMoment } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { useNames } from '../../lib/use-names.ts';
import { Button } from '../../ui/button.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { TextArea } from '../../ui/text-field.tsx';
import { CauseStatus } from './cause-status.tsx';
import { CauseTrend } from './cause-trend.tsx';
import css from './causes.module.css';
import { ErrorPattern } from './error-pattern.tsx';
import { causeQuery, useTriage, type Verb } from './queries.ts';

/** «Причина 9 из 10» with steps up and down. */
export function CausePanelHead(props: {
  readonly position: number;
  readonly total: number;
  readonly onStep: (by: 1 | -1) => void;
}) {
  const { t } = useTranslation();
  return (
    <span className={css.panelHead}>
      {t('messages.causes.position', { position: props.position, total: props.total })}
      <span>
        <button type="button" aria-label={t('messages.causes.previous')} onClick={() => props.onStep(-1)}>
          ↑
        </button>
        <button type="button" aria-label={t('messages.causes.next')} onClick={() => props.onStep(1)}>
          ↓
        </button>
      </span>
    </span>
  );
}

/** What can be done with the cause in the panel. */
export function CausePanelActions(props: {
  readonly cause: CauseRow;
  readonly busy: boolean;
  readonly listHref: string;
  readonly onRun: (verb: Verb) => void;
  readonly onTake: () => void;
}) {
  const { t } = useTranslation();
  const mayRun = usePermission('operations.run');
  const mayTriage = usePermission('messages.triage');
  const { cause } = props;
  const off = !mayRun || props.busy || cause.count === 0;
  const why = mayRun ? undefined : t('messages.forbidden');
  return (
    <>
      <Button disabled={off} denied={why} onClick={() => props.onRun('resend')}>
        {t('messages.action.resend', { count: cause.count, formatted: formatNumber(cause.count) })}
      </Button>
      <Button disabled={off} denied={why} onClick={() => props.onRun('reExport')}>
        {t('messages.action.reExport')}
      </Button>
      {cause.owner === null && (
        <Button
          disabled={!mayTriage}
          denied={mayTriage ? undefined : t('messages.forbiddenTriage')}
          onClick={props.onTake}
        >
          {t('messages.causes.takeShort')}
        </Button>
      )}
      <Link to={props.listHref}>{t('messages.causes.openList')}</Link>
    </>
  );
}

/** What the cause means, how it goes on, what to do, examples, notes that survive the retry; `row` counts within the filter. */
export function CausePanel({ row }: { readonly row: CauseRow }) {
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const names = useNames();
  const { data, error, isError, refetch } = useQuery(causeQuery(row.id));
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={8} />;
  const { cause } = data;
  return (
    <div className={css.panel}>
      <h2>
        <StateShape state={cause.snoozedUntil ? 'idle' : 'bad'} /> {cause.title[language]}
      </h2>
      <p className={css.chips}>
        <CauseStatus status={cause.status} />
        <StateChip state="idle">{t(`messages.class.${cause.errorClass}`)}</StateChip>
        <Link to={paths.flow(cause.flowId)}>{names.flow(cause.flowId)}</Link>
      </p>
      <dl className={css.trio}>
        <div>
          <dd>{formatNumber(row.count)}</dd>
          <dt>{t('messages.causes.messages', { count: row.count })}</dt>
        </div>
        <div>
          <dd>{Number(row.amount) === 0 ? '—' : formatMoney(row.amount)}</dd>
          <dt>{t('messages.causes.atRisk')}</dt>
        </div>
        <div>
          <dd>{row.counterparties === 0 ? '—' : formatNumber(row.counterparties)}</dd>
          <dt>{t('messages.causes.counterpartiesWord', { count: row.counterparties })}</dt>
        </div>
      </dl>
      <h3>{t('messages.causes.meaning')}</h3>
      <p>{t(`messages.meaning.${cause.errorClass}`)}</p>
      <ErrorPattern pattern={cause.pattern} />
      <CauseTrend cause={cause} />
      <h3>{t('messages.causes.runbook')}</h3>
      {data.runbook.length > 0 ? (
        <ol className={css.steps}>
          {data.runbook.map((step) => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      ) : (
        <p className={css.quiet}>{t('messages.causes.noRunbook')}</p>
      )}
      {data.examples.length > 0 && (
        <>
          <h3>
            {t('messages.causes.examples')}
            <Link to={paths.messages(`?tab=all&state=failed&cause=${cause.id}`)}>
              {t('messages.causes.allExamples', { count: cause.count, formatted: formatNumber(cause.count) })}
            </Link>
          </h3>
          <ul className={css.examples}>
            {data.examples.map((row) => (
              <li key={row.id}>
                <Link to={paths.message(row.id)}>{formatDocumentNumber(row.key.number)}</Link>
                <span>{row.amount === null ? '' : formatMoney(row.amount)}</span>
                <small>{row.counterparty?.name}</small>
                <small>{formatMoment(row.stateAt)}</small>
              </li>
            ))}
          </ul>
        </>
      )}
      <Ownership cause={cause} />
      <Notes causeId={cause.id} notes={data.notes} />
    </div>
  );
}

const HOUR_MS = 3_600_000;
const SNOOZES = { hour: HOUR_MS, fourHours: 4 * HOUR_MS, day: 24 * HOUR_MS, threeDays: 72 * HOUR_MS } as const;
const SNOOZE_NAMES = ['hour', 'fourHours', 'day', 'threeDays'] as const;

function Ownership({ cause }: { readonly cause: CauseRow }) {
  const { t } = useTranslation();
  const triage = useTriage();
  const may = usePermission('messages.triage');
  const why = may ? undefined : t('messages.forbiddenTriage');
  const causeIds = [cause.id];
  return (
    <>
      <h3>{t('messages.causes.owner')}</h3>
      <p className={css.chips}>
        {cause.owner
          ? t('messages.causes.ownedBy', { name: cause.owner.name, since: formatMoment(cause.owner.since) })
          : t('messages.causes.nobody')}
        <Button
          size="small"
          disabled={!may}
          denied={why}
          onClick={() => triage.mutate({ causeIds, owner: cause.owner ? 'release' : 'take' })}
        >
          {t(cause.owner ? 'messages.causes.release' : 'messages.causes.take')}
        </Button>
      </p>
      <h3>{t('messages.causes.snoozeTitle')}</h3>
      <p className={css.chips}>
        {cause.snoozedUntil ? (
          <>
            {t('messages.causes.snoozedUntil', { until: formatMoment(cause.snoozedUntil) })}
            <Button
              size="small"
              disabled={!may}
              denied={why}
              onClick={() => triage.mutate({ causeIds, snoozeUntil: null })}
            >
              {t('messages.causes.wakeUp')}
            </Button>
          </>
        ) : (
          SNOOZE_NAMES.map((name) => (
            <Button
              key={name}
              size="small"
              disabled={!may}
              denied={why}
              onClick={() =>
                triage.mutate({ causeIds, snoozeUntil: new Date(Date.now() + SNOOZES[name]).toISOString() })
              }
            >
              {t(`messages.causes.snoozeFor.${name}`)}
            </Button>
          ))
        )}
      </p>
    </>
  );
}

function Notes({
  causeId,
  notes,
}: {
  readonly causeId: string;
  readonly notes: readonly { readonly at: string; readonly author: string; readonly text: string }[];
}) {
  const { t } = useTranslation();
  const triage = useTriage();
  const may = usePermission('messages.triage');
  const [note, setNote] = useState('');
  const noteId = useId();
  return (
    <>
      <h3>{t('messages.causes.notes')}</h3>
      {notes.map((one) => (
        <p key={`${one.at}${one.text}`} className={css.note}>
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
            if (note.trim() !== '')
              triage.mutate({ causeIds: [causeId], note: note.trim() }, { onSuccess: () => setNote('') });
          }}
        >
          <label htmlFor={noteId}>{t('messages.causes.noteLabel')}</label>
          <TextArea id={noteId} rows={2} maxLength={2000} value={note} onChange={setNote} />
          <Button size="small" htmlType="submit" disabled={note.trim() === ''} loading={triage.isPending}>
            {t('messages.causes.addNote')}
          </Button>
        </form>
      )}
    </>
  );
}
