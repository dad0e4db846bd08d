import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useNavigate, useParams } from 'react-router';
import { formatDocumentNumber, formatDocumentType } from '../../lib/format/document.ts';
import { formatMinutes } from '../../lib/format/duration.ts';
import { formatInstant } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { useKeys, useScreenKeys } from '../../lib/use-keys.ts';
import { useNames } from '../../lib/use-names.ts';
import { Card } from '../../ui/card.tsx';
import { DELIVERY_SHAPE, DeliveryStatus } from '../../ui/delivery-status.tsx';
import { KeyHints } from '../../ui/kbd.tsx';
import { ObjectError } from '../../ui/object-error.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { SectionJump } from '../../ui/section-jump.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StaleBadge } from '../../ui/stale-badge.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { AutomaticLine } from './automatic-line.tsx';
import { DeadLetterCard } from './dead-letter-card.tsx';
import { documentDate } from './document-date.ts';
import { EdiCard } from './edi-card.tsx';
import { MessageActions } from './message-actions.tsx';
import { MessageAttempts } from './message-attempts.tsx';
import { MessageChain, MessageIdentifiers, MessageJournal } from './message-side.tsx';
import { MessageTrack } from './message-track.tsx';
import css from './messages.module.css';
import { PayloadCard, type PayloadTab } from './payload-card.tsx';
import { messageQuery } from './queries.ts';
import { RegisterCard } from './register-card.tsx';

/** One message's whole story: states with times, every attempt, content, chain across systems, related approval. */
export function MessagePage() {
  const { deliveryId = '' } = useParams();
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  const [tab, setTab] = useState<PayloadTab>('content');
  useLiveTopics([`delivery:${deliveryId}`]);
  const { data, error, isError, refetch } = useQuery(messageQuery(deliveryId));
  const neighbours = useNeighbours(deliveryId);
  const hints = [
    ['v', t('messages.keys.verify')],
    ['r', t('messages.keys.resend')],
    ['e', t('messages.keys.reExport')],
    ['d', t('messages.keys.compare')],
    ['j k', t('messages.keys.neighbours')],
    ['?', t('messages.keys.all')],
  ] as const;
  useScreenKeys(hints);
  useKeys({
    d: () => setTab('compare'),
    j: () => neighbours.step(1),
    k: () => neighbours.step(-1),
  });
  if (isError && !data)
    return (
      <ObjectError
        error={error}
        onRetry={() => void refetch()}
        missing={t('messages.one.missing')}
        list={{ title: t('messages.one.toList'), to: paths.messages('?tab=all') }}
      />
    );
  if (!data) return <Skeleton rows={14} />;
  const { row } = data;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { title: t('messages.title'), to: paths.messages() },
          { title: data.flow.title[language], to: paths.flow(data.flow.id) },
        ]}
        title={`${formatDocumentType(row.key.type)} ${formatDocumentNumber(row.key.number)}`}
        state={
          <>
            <DeliveryStatus state={row.state} />
            <span title={formatInstant(row.stateAt)}>
              {t('messages.one.for', { time: formatMinutes(Date.parse(data.now) - Date.parse(row.stateAt)) })}
            </span>
            {row.stuck && <StateChip state="warn">{t(`messages.stuck.${row.stuck.cause}`)}</StateChip>}
            {row.revision > 1 && (
              <StateChip state="idle">{t('messages.one.revision', { revision: row.revision })}</StateChip>
            )}
            {isError && <StaleBadge at={data.now} />}
          </>
        }
        actions={
          neighbours.total > 1 && (
            <span className={css.chips}>
              {t('messages.one.position', { position: neighbours.position, total: neighbours.total })}
              <button
                type="button"
                className={css.step}
                aria-label={t('messages.one.previous')}
                onClick={() => neighbours.step(-1)}
              >
                ‹
              </button>
              <button
                type="button"
                className={css.step}
                aria-label={t('messages.one.next')}
                onClick={() => neighbours.step(1)}
              >
                ›
              </button>
            </span>
          )
        }
      />
      <SectionJump />
      <Card>
        <Facts detail={data} />
        <Banner detail={data} />
        {row.state === 'failed' && <AutomaticLine key={`automatic ${row.id}`} deliveryId={row.id} />}
        <MessageActions key={row.id} detail={data} />
      </Card>
      <div className={css.section}>
        <MessageTrack detail={data} />
      </div>
      <div className={css.grid}>
        <div className={css.column}>
          {data.ediOrder && <EdiCard key={row.id} deliveryId={row.id} />}
          <MessageAttempts detail={data} />
          <RegisterCard registers={data.registers} />
          <DeadLetterCard letters={data.deadLetters} />
          <PayloadCard key={row.id} detail={data} tab={tab} onTab={setTab} />
        </div>
        <div className={css.column}>
          <MessageChain detail={data} />
          <MessageJournal detail={data} />
          <MessageIdentifiers detail={data} />
        </div>
      </div>
      <KeyHints keys={hints} />
    </>
  );
}

/** The list that this message was opened from, in its order. */
function useNeighbours(deliveryId: string) {
  const location = useLocation();
  const navigate = useNavigate();
  const state: unknown = location.state;
  const known =
    typeof state === 'object' && state !== null && 'neighbours' in state && Array.isArray(state.neighbours)
      ? state.neighbours.filter((id): id is string => typeof id === 'string')
      : [];
  const at = known.indexOf(deliveryId);
  return {
    position: at + 1,
    total: at === -1 ? 0 : known.length,
    step: (by: 1 | -1) => {
      const next = at === -1 ? undefined : known[at + by];
      if (next !== undefined) void navigate(paths.message(next), { state: location.state, replace: true });
    },
  };
}

function Facts({ detail }: { readonly detail: MessageDetail }) {
  const { t, i18n } = useTranslation();
  const names = useNames();
  const { row } = detail;
  const written = documentDate(detail);
  return (
    <dl className={css.facts}>
      <div>
        <dt>{t('messages.list.amount')}</dt>
        <dd>
          <b>{row.amount === null ? '—' : formatMoney(row.amount, { exact: true })}</b>
        </dd>
      </div>
      <div>
        <dt>{t('messages.list.counterparty')}</dt>
        <dd>
          {row.counterparty ? (
            <Link
              to={paths.messages(`?tab=all&q=${encodeURIComponent(row.counterparty.inn ?? row.counterparty.name)}`)}
            >
              {row.counterparty.name}
            </Link>
          ) : row.personal ? (
            t('messages.list.hidden')
          ) : (
            '—'
          )}
          {row.counterparty?.inn && (
            <small>
              {t('messages.one.inn')} {row.counterparty.inn}
            </small>
          )}
        </dd>
      </div>
      <div>
        <dt>{t('messages.list.flow')}</dt>
        <dd>
          <Link to={paths.flow(detail.flow.id)}>{detail.flow.title[i18n.language === 'en' ? 'en' : 'ru']}</Link>
          <small>
            {t('messages.one.way', {
              from: detail.flow.from.map(names.system).join(', '),
              to: detail.flow.to.map(names.system).join(', '),
            })}
          </small>
        </dd>
      </div>
      <div>
        <dt>{t('messages.one.occurred')}</dt>
        <dd title={written.title}>{written.text}</dd>
      </div>
      {row.causeId && row.state === 'failed' && (
        <div>
          <dt>{t('messages.one.cause')}</dt>
          <dd>
            <Link to={paths.messages(`?on=${row.causeId}`)}>
              {detail.cause?.[i18n.language === 'en' ? 'en' : 'ru'] ?? t('messages.one.toCause')}
            </Link>
          </dd>
        </div>
      )}
    </dl>
  );
}

/** What is going on, in a sentence. */
function Banner({ detail }: { readonly detail: MessageDetail }) {
  const { t, i18n } = useTranslation();
  const { row } = detail;
  const shape = row.stuck ? 'warn' : DELIVERY_SHAPE[row.state];
  if (row.state === 'applied') return null;
  const text = row.stuck
    ? t('messages.explain.stuck', {
        cause: t(`messages.stuck.${row.stuck.cause}`),
        budget: formatMinutes(row.stuck.budgetMs),
      })
    : t(`messages.explain.${row.state}`);
  const cause = detail.cause?.[i18n.language === 'en' ? 'en' : 'ru'];
  const failure = row.state === 'failed' ? row.error?.text || cause : undefined;
  return (
    <p className={css.banner} data-state={shape}>
      <StateShape state={shape} />{' '}
      <span>
        {failure || text}
        {failure && row.personal && <small>{t('messages.explain.peopleHidden')}</small>}
      </span>
    </p>
  );
}
