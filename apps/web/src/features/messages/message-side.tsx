import type { MessageDetail } from '@pult/shared/contracts/messages';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { formatDocumentNumber, formatDocumentType } from '../../lib/format/document.ts';
import { formatClockSeconds, formatInstant, formatMoment } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { paths } from '../../lib/paths.ts';
import { usePermission } from '../../lib/session.ts';
import { useNames } from '../../lib/use-names.ts';
import { Card } from '../../ui/card.tsx';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DELIVERY_SHAPE } from '../../ui/delivery-status.tsx';
import { SlaHeadTimer } from '../../ui/sla-timer.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import css from './messages.module.css';

/** The document in every system that it passed, its approval with the clock among them. */
export function MessageChain({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const names = useNames();
  const mayRead = usePermission('approvals.read');
  const { approval } = detail;
  return (
    <Card title={t('messages.one.chain')}>
      <ol className={css.chain}>
        {detail.chain.map((link) => (
          <li key={link.deliveryId} data-self={link.self} aria-current={link.self ? 'page' : undefined}>
            <StateShape state={DELIVERY_SHAPE[link.state]} />
            <span>
              <b>{names.flow(link.flowId)}</b>
              <small>
                {formatDocumentType(link.key.type)}{' '}
                {link.self ? (
                  formatDocumentNumber(link.key.number)
                ) : (
                  <Link to={paths.message(link.deliveryId)}>{formatDocumentNumber(link.key.number)}</Link>
                )}
                {link.self && t('messages.one.thisMessage')}
              </small>
            </span>
            <small className={css.end} title={formatInstant(link.at)}>
              {formatMoment(link.at)}
              <em data-state={DELIVERY_SHAPE[link.state]}>{t(`common.delivery.${link.state}`)}</em>
            </small>
          </li>
        ))}
        {approval && (
          <li>
            <StateShape state={approval.verdict === 'approve' ? 'ok' : approval.verdict === 'reject' ? 'bad' : 'run'} />
            <span>
              <b>{t(`messages.one.approvalKind.${kindOf(approval.kind)}`)}</b>
              <small>
                {mayRead ? <Link to={paths.approval(approval.id)}>{approval.number}</Link> : approval.number}
                {approval.deviationMax > 0 &&
                  t('messages.one.points', { value: formatNumber(approval.deviationMax, 1) })}
              </small>
              {approval.clock && <SlaHeadTimer clock={approval.clock} />}
            </span>
            <small className={css.end}>
              {t(
                `messages.one.verdict.${approval.verdict === 'approve' || approval.verdict === 'reject' ? approval.verdict : 'open'}`,
              )}
            </small>
          </li>
        )}
      </ol>
    </Card>
  );
}

const KINDS = ['discount', 'order', 'return'] as const;
const kindOf = (kind: string): (typeof KINDS)[number] => KINDS.find((one) => one === kind) ?? 'order';

const FACTS = [
  'claimed',
  'released',
  'attempt_started',
  'attempt_failed',
  'timed_out',
  'verified_applied',
  'verified_present',
  'verified_absent',
  'register_gone',
  'discarded',
  'restored',
] as const;

/** What Pult and people did with it, newest first. */
export function MessageJournal({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  if (detail.facts.length === 0) return null;
  return (
    <Card
      title={
        <>
          {t('messages.one.facts')} <small>{detail.facts.length}</small>
        </>
      }
    >
      <ol className={css.journal}>
        {[...detail.facts].reverse().map((fact, index) => {
          const kind = FACTS.find((one) => one === fact.kind);
          return (
            <li key={`${fact.at}${fact.kind}${index}`}>
              <time dateTime={fact.at} title={formatInstant(fact.at)}>
                {formatClockSeconds(fact.at)}
              </time>
              <span>
                {kind ? t(`messages.fact.${kind}`) : fact.kind}
                {fact.actor && <b>, {fact.actor}</b>}
                {fact.text && <q>{fact.text}</q>}
              </span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

export function MessageIdentifiers({ detail }: { readonly detail: MessageDetail }) {
  const { t } = useTranslation();
  const names = useNames();
  const { identifiers } = detail;
  const rows = [
    [t('messages.one.idMessage'), identifiers.messageId],
    [t('messages.one.idRecipient'), identifiers.recipient && names.system(identifiers.recipient)],
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
              <dd title={value}>
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
