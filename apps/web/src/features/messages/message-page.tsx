import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'react-router';
import { formatDocumentType } from '../../lib/format/document.ts';
import { formatLatency } from '../../lib/format/duration.ts';
import { formatClockSeconds, formatRelative } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { useLiveTopics } from '../../lib/live/use-live-topics.ts';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { Card } from '../../ui/card.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DELIVERY_SHAPE, DeliveryStatus } from '../../ui/delivery-status.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { Instant } from '../../ui/instant.tsx';
import { PageHeader } from '../../ui/page-header.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateChip } from '../../ui/state-chip.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './messages.module.css';
import { OperationError } from './operation-error.tsx';
import { PayloadCard } from './payload-card.tsx';
import { messageQuery, useOperation, useVerify, type Verb } from './queries.ts';
import { useNames } from './use-names.ts';

/** One message's whole story: states with times, every attempt, content, chain across systems, related approval. */
export function MessagePage() {
  const { deliveryId = '' } = useParams();
  const { t, i18n } = useTranslation();
  const language = i18n.language === 'en' ? 'en' : 'ru';
  useLiveTopics([`delivery:${deliveryId}`]);
  const { data, error, isError, refetch } = useQuery(messageQuery(deliveryId));
  if (isError && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton rows={14} />;
  const { row } = data;
  return (
    <>
      <PageHeader
        breadcrumbs={[
          { title: t('messages.title'), to: paths.messages() },
          { title: data.flow.title[language], to: paths.flow(data.flow.id) },
        ]}
        title={`${formatDocumentType(row.key.type)} ${row.key.number}`}
        state={
          <>
            <DeliveryStatus state={row.state} />
            <span>{formatRelative(row.stateAt)}</span>
            {row.stuck && <StateChip state="warn">{t(`messages.stuck.${row.stuck.cause}`)}</StateChip>}
            {row.revision > 1 && (
              <StateChip state="idle">{t('messages.one.revision', { revision: row.revision })}</StateChip>
            )}
          </>
        }
      />
      <Card className={css.volume}>
        <dl className={css.facts}>
          <Fact label={t('messages.list.amount')}>
            {row.amount === null ? '—' : formatMoney(row.amount, { exact: true })}
          </Fact>
          <Fact label={t('messages.list.counterparty')}>
            {row.counterparty
              ? `${row.counterparty.name}${row.counterparty.inn ? `, ${t('messages.one.inn')} ${row.counterparty.inn}` : ''}`
              : '—'}
          </Fact>
          <Fact label={t('messages.list.flow')}>
            <Link to={paths.flow(data.flow.id)}>{data.flow.title[language]}</Link>
          </Fact>
          <Fact label={t('messages.one.occurred')}>
            <Instant value={data.occurredAt ?? row.acceptedAt} />
          </Fact>
        </dl>
        <Banner detail={data} />
        <Actions detail={data} />
      </Card>
      <Track detail={data} />
      <div className={css.grid}>
        <div className={css.column}>
          <Attempts detail={data} />
          <PayloadCard deliveryId={row.id} revisions={data.revisions} />
        </div>
        <div className={css.column}>
          <Chain detail={data} />
          <Facts detail={data} />
          <Identifiers detail={data} />
        </div>
      </div>
    </>
  );
}

function Fact({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** What is going on, in a sentence. */
function Banner({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const { row } = detail;
  const shape = row.stuck ? 'warn' : DELIVERY_SHAPE[row.state];
  if (row.state === 'applied') return null;
  const text = row.stuck
    ? t(`messages.explain.stuck`, { cause: t(`messages.stuck.${row.stuck.cause}`) })
    : t(`messages.explain.${row.state}`);
  return (
    <p className={css.banner} data-state={shape}>
      <StateShape state={shape} /> <span>{row.state === 'failed' && row.error ? row.error.text : text}</span>
    </p>
  );
}

const VERBS: readonly Verb[] = ['resend', 'reExport', 'discard', 'restore'];

function Actions({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const mayRun = usePermission('operations.run');
  const names = useNames();
  const verify = useVerify(detail.row.id);
  const operation = useOperation();
  const [asking, setAsking] = useState<Verb | null>(null);
  const verbs = VERBS.filter((verb) =>
    verb === 'restore'
      ? detail.row.state === 'discarded'
      : detail.row.state !== 'discarded' && detail.row.state !== 'applied',
  );
  const whyNot = (action: { allowed: boolean; reason: string | null }): string | undefined =>
    !mayRun
      ? t('messages.forbidden')
      : action.allowed
        ? undefined
        : t(
            `messages.whyNot.${action.reason === 'verb_unsupported' || action.reason === 'already_applied' ? action.reason : 'state_not_retriable'}`,
          );
  if (verbs.length === 0) return null;
  const system = detail.flow.to.map(names.system).join(', ');
  return (
    <>
      <OperationError error={verify.error ?? operation.error} />
      {verify.data && (
        <p className={css.banner} data-state="run" role="status">
          <StateShape state="run" />{' '}
          {t(`messages.verified.${verify.data.outcome}`, {
            system: names.system(verify.data.system),
            number: verify.data.number ?? '',
          })}
        </p>
      )}
      <div className={css.actions}>
        {detail.row.state !== 'discarded' && (
          <div>
            <Button
              type={detail.row.state === 'in_doubt' ? 'primary' : 'default'}
              disabled={!mayRun || !detail.actions.verify.allowed}
              title={whyNot(detail.actions.verify)}
              loading={verify.isPending}
              onClick={() => verify.mutate()}
            >
              {t('messages.one.verify')}
            </Button>
            <p>{t('messages.one.verifyText', { system })}</p>
          </div>
        )}
        {verbs.map((verb) => (
          <div key={verb}>
            <Button
              danger={verb === 'discard'}
              disabled={!mayRun || !detail.actions[verb].allowed || operation.isPending}
              title={whyNot(detail.actions[verb])}
              onClick={() => setAsking(verb)}
            >
              {t(`messages.one.${verb}`)}
            </Button>
            <p>{t(`messages.one.${verb}Text`)}</p>
          </div>
        ))}
      </div>
      <ConfirmDialog
        open={asking !== null}
        title={asking ? t(`messages.one.${asking}Title`, { number: detail.row.key.number }) : ''}
        confirmLabel={asking ? t(`messages.one.${asking}Confirm`) : ''}
        danger={asking === 'discard'}
        reason
        busy={operation.isPending}
        onConfirm={(reason) =>
          asking &&
          operation.mutate(
            { verb: asking, selection: { deliveryIds: [detail.row.id] }, reason },
            { onSettled: () => setAsking(null) },
          )
        }
        onClose={() => setAsking(null)}
      >
        {asking && <p>{t(`messages.one.${asking}Text`)}</p>}
      </ConfirmDialog>
    </>
  );
}

function Track({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const names = useNames();
  return (
    <Card
      className={css.volume}
      title={
        <>
          {t('messages.one.track')} <small>{t('messages.one.attemptsCount', { count: detail.attempts.length })}</small>
        </>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: on a phone the keyboard must be able to scroll it sideways */}
      <ol className={css.track} tabIndex={0}>
        {detail.track.map((step) => (
          <li key={`${step.at}${step.state}${step.attempt ?? ''}`}>
            <span className={css.dot} style={{ color: `var(--${DELIVERY_SHAPE[step.state]})` }}>
              <StateShape state={DELIVERY_SHAPE[step.state]} size={10} />
            </span>
            <b>{t(`common.delivery.${step.state}`)}</b>
            <small>{formatClockSeconds(step.at)}</small>
            <small>
              {step.who === null ? '' : names.system(step.who)}
              {step.attempt !== null && step.attempt > 1 && ` · ${t('messages.one.attempt', { number: step.attempt })}`}
            </small>
            {step.untilNextMs !== null && <small>{formatLatency(step.untilNextMs)}</small>}
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Attempts({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  return (
    <Card title={t('messages.one.attempts')}>
      <PlainTable
        head={[
          '№',
          t('messages.one.start'),
          t('messages.one.took'),
          t('messages.one.outcome'),
          t('messages.one.answer'),
          t('messages.one.asked'),
          t('messages.one.rev'),
        ]}
      >
        {detail.attempts.map((attempt) => (
          <tr key={attempt.number}>
            <td>
              <b>{attempt.number}</b>
            </td>
            <td>{formatClockSeconds(attempt.startedAt)}</td>
            <td>
              {attempt.finishedAt
                ? formatLatency(Math.max(0, Date.parse(attempt.finishedAt) - Date.parse(attempt.startedAt)))
                : '—'}
            </td>
            <td>
              <DeliveryStatus state={attempt.outcome} />
            </td>
            <td>{attempt.error?.text ?? '—'}</td>
            <td>
              {attempt.operationId ? (
                <Link to={paths.operation(attempt.operationId)}>{t('messages.one.operation')}</Link>
              ) : (
                t('messages.one.source')
              )}
            </td>
            <td>{attempt.revision}</td>
          </tr>
        ))}
      </PlainTable>
    </Card>
  );
}

function Chain({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const names = useNames();
  const { approval } = detail;
  return (
    <Card title={t('messages.one.chain')}>
      <ol className={css.chain}>
        {detail.chain.map((link) => (
          <li key={link.deliveryId} data-self={link.self}>
            <StateShape state={DELIVERY_SHAPE[link.state]} />
            <span>
              {link.self ? link.key.number : <Link to={paths.message(link.deliveryId)}>{link.key.number}</Link>}
              <small>
                {formatDocumentType(link.key.type)}, {names.flow(link.flowId)}
              </small>
            </span>
            <small>
              <Instant value={link.at} />
            </small>
          </li>
        ))}
        {approval && (
          <li>
            <StateShape state={approval.verdict === 'approve' ? 'ok' : approval.verdict === 'reject' ? 'bad' : 'run'} />
            <span>
              <Link to={paths.approval(approval.id)}>{t('messages.one.approval', { number: approval.number })}</Link>
            </span>
            <small>{t('messages.one.points', { value: approval.deviationMax })}</small>
          </li>
        )}
      </ol>
    </Card>
  );
}

const FACTS = [
  'claimed',
  'released',
  'attempt_started',
  'attempt_failed',
  'timed_out',
  'verified_applied',
  'verified_absent',
  'discarded',
  'restored',
] as const;

function Facts({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  if (detail.facts.length === 0) return null;
  return (
    <Card title={t('messages.one.facts')}>
      <ol className={css.chain}>
        {detail.facts.map((fact) => {
          const kind = FACTS.find((one) => one === fact.kind);
          return (
            <li key={`${fact.at}${fact.kind}`}>
              <span />
              <span>
                {kind ? t(`messages.fact.${kind}`) : fact.kind}
                {fact.actor && `, ${fact.actor}`}
                {fact.text && `: ${fact.text}`}
              </span>
              <small>{formatClockSeconds(fact.at)}</small>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function Identifiers({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const { identifiers } = detail;
  const rows = [
    [t('messages.one.idMessage'), identifiers.messageId],
    [t('messages.one.idDelivery'), identifiers.deliveryId],
    [t('messages.one.idKey'), identifiers.idempotencyKey],
    [t('messages.one.idTrace'), identifiers.traceId],
  ] as const;
  return (
    <Card title={t('messages.one.identifiers')}>
      <dl className={css.ids}>
        {rows.map(([label, value]) =>
          value ? (
            <div key={label}>
              <dt>{label}</dt>
              <dd>
                <code>{value}</code>
                <CopyButton text={value} label={t('messages.one.copy', { what: label })} />
              </dd>
            </div>
          ) : null,
        )}
      </dl>
    </Card>
  );
}
