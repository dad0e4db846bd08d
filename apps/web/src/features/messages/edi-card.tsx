import type { EdiOrderView, EdiSeenAnswer } from '@pult/shared/contracts/edi';
import { CANCEL_REASONS } from '@pult/shared/domain/edi/answer';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDay, formatInstant, formatMoment } from '../../lib/format/instant.ts';
import { formatMoney } from '../../lib/format/money.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { usePermission } from '../../lib/session.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { ErrorState } from '../../ui/error-state.tsx';
import { PlainTable } from '../../ui/plain-table.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { Skeleton } from '../../ui/skeleton.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { useSourceErrorText } from '../../ui/use-error-text.ts';
import css from './edi.module.css';
import { EdiAnswerForm } from './edi-answer-form.tsx';
import { Effect } from './edi-effect.tsx';
import { ediQuery } from './queries.ts';

/** Order of a chain: its lines, what was answered and by whom, and the way to answer it. Only for those who may see content. */
export function EdiCard({ deliveryId }: { readonly deliveryId: string }) {
  const { t } = useTranslation();
  const maySee = usePermission('messages.payload');
  const { data, error, isError, refetch } = useQuery({ ...ediQuery(deliveryId), enabled: maySee });
  if (!maySee) return null;
  if (isError && !data)
    return (
      <Card title={t('messages.edi.title')}>
        <ErrorState error={error} onRetry={() => void refetch()} />
      </Card>
    );
  if (!data)
    return (
      <Card title={t('messages.edi.title')}>
        <Skeleton rows={5} />
      </Card>
    );
  return <Order deliveryId={deliveryId} order={data} />;
}

function Order({ deliveryId, order }: { readonly deliveryId: string; readonly order: EdiOrderView }) {
  const { t } = useTranslation();
  const mayRun = usePermission('operations.run');
  const [open, setOpen] = useState(false);
  const { answer } = order;
  const whyNot = !mayRun
    ? t('messages.edi.forbidden')
    : answer.reason === null
      ? undefined
      : t(`messages.edi.whyNot.${answer.reason}`);
  return (
    <Card
      title={
        <>
          {t('messages.edi.title')} <small>{t('messages.edi.lines', { count: order.lines.length })}</small>
        </>
      }
      extra={
        <Button disabled={!mayRun || !answer.allowed} denied={whyNot} onClick={() => setOpen(true)}>
          {t('messages.edi.answer')}
        </Button>
      }
    >
      <p className={css.about}>
        {t('messages.edi.file', {
          name: order.fileName,
          dialect: t(`messages.edi.dialect.${order.dialect}`),
          encoding: order.encoding ?? '—',
        })}{' '}
        {order.deliveryDate && t('messages.edi.delivery', { date: formatDay(`${order.deliveryDate}T09:00:00Z`) })}{' '}
        {!order.partialShipment && t('messages.edi.wholeOnly')}
      </p>
      {whyNot && <p className={css.about}>{whyNot}</p>}
      {(order.answers.length > 0 || order.sending) && <Answers order={order} />}
      <PlainTable
        head={[
          t('messages.edi.line'),
          { title: t('messages.edi.quantity'), align: 'end' },
          { title: t('messages.edi.price'), align: 'end' },
        ]}
      >
        {order.lines.map((line) => (
          <tr key={line.position}>
            <td data-free>
              {line.position}. {line.name ?? line.supplierCode ?? line.gtin ?? '—'}
              <small>{[line.supplierCode, line.gtin].filter(Boolean).join(' · ')}</small>
            </td>
            <td className={css.end}>{formatNumber(Number(line.quantity), 3)}</td>
            <td className={css.end}>{line.price === null ? '—' : formatMoney(line.price, { exact: true })}</td>
          </tr>
        ))}
      </PlainTable>
      <Sheet open={open} title={t('messages.edi.answerTitle', { number: order.number })} onClose={() => setOpen(false)}>
        <EdiAnswerForm deliveryId={deliveryId} order={order} onDone={() => setOpen(false)} />
      </Sheet>
    </Card>
  );
}

const SHAPE = { accepted: 'ok', changed: 'warn', rejected: 'bad' } as const;
const SENDING_SHAPE = { waiting: 'run', dropped: 'run', seen: 'ok', refused: 'bad', withdrawn: 'idle' } as const;

function Answers({ order }: { readonly order: EdiOrderView }) {
  const { t } = useTranslation();
  const words = useSourceErrorText();
  const { sending } = order;
  return (
    <ul className={css.answers} aria-label={t('messages.edi.answers')}>
      {order.answers.map((one) => (
        <li key={`${one.by} ${one.fileName}`}>
          <StateShape state={SHAPE[one.verdict]} />
          <span>
            <b>{t(`messages.edi.verdict.${one.verdict}`)}</b>, {one.who ?? t('messages.edi.byTarget')},{' '}
            <time dateTime={one.at} title={formatInstant(one.at)}>
              {formatMoment(one.at)}
            </time>
            <Effect answer={one} />
            <Reason answer={one} />
          </span>
        </li>
      ))}
      {sending && (
        <li role="status">
          <StateShape state={SENDING_SHAPE[sending.state]} />
          <span>
            {t(`messages.edi.sending.${sending.state}`)}
            {/* A refusal is no trouble of Pult: the words of the chain alone say why. */}
            {sending.error && <small>{sending.state === 'refused' ? sending.error.text : words(sending.error)}</small>}
          </span>
        </li>
      )}
    </ul>
  );
}

function Reason({ answer: { by, reason, comment, refused } }: { readonly answer: EdiSeenAnswer }) {
  const { t } = useTranslation();
  const known = by === 'pult' ? CANCEL_REASONS.find((one) => one === reason) : undefined;
  const text = [known ? t(`messages.edi.reason.${known}`) : reason, comment].filter(Boolean).join(': ');
  return (
    <>
      {text !== '' && <small>{text}</small>}
      {refused && <small>{t('messages.edi.refusedWith', { text: refused })}</small>}
    </>
  );
}
