import type { EdiOrderView } from '@pult/shared/contracts/edi';
import { CANCEL_REASONS, type CancelReason } from '@pult/shared/domain/edi/answer';
import { compareDecimals, isDecimal } from '@pult/shared/domain/edi/decimal';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../lib/api/api-error.ts';
import { formatMoment } from '../../lib/format/instant.ts';
import { formatNumber } from '../../lib/format/number.ts';
import { Button } from '../../ui/button.tsx';
import { RadioList } from '../../ui/radio-list.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { TextArea, TextField } from '../../ui/text-field.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './edi.module.css';
import { Effect } from './edi-effect.tsx';
import { useEdiAnswer, useEdiPreview } from './queries.ts';

const LEAST_WORDS = 3;
type Kind = 'cancel' | 'lines';

/** People write a comma. */
const decimalOf = (text: string): string => text.trim().replace(',', '.');
const fits = (text: string, ordered: string): boolean =>
  isDecimal(decimalOf(text)) && compareDecimals(decimalOf(text), ordered) <= 0;

/** What to answer, then what exactly would leave, then the word. */
export function EdiAnswerForm({
  deliveryId,
  order,
  onDone,
}: {
  readonly deliveryId: string;
  readonly order: EdiOrderView;
  readonly onDone: () => void;
}) {
  const { t } = useTranslation();
  const [kind, setKind] = useState<Kind>('cancel');
  const [reason, setReason] = useState<CancelReason | null>(null);
  const [comment, setComment] = useState('');
  const [accepted, setAccepted] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(order.lines.map(({ position, quantity }) => [position, String(Number(quantity))])),
  );
  const preview = useEdiPreview(deliveryId);
  const send = useEdiAnswer(deliveryId);
  const commentId = useId();
  const wordsNeeded = reason === 'other';
  const linesFit =
    kind === 'cancel' || order.lines.every(({ position, quantity }) => fits(accepted[position] ?? '', quantity));
  const ready = reason !== null && linesFit && (!wordsNeeded || comment.trim().length >= LEAST_WORDS);
  const body = () => ({
    wish:
      kind === 'cancel'
        ? ({ kind } as const)
        : ({
            kind,
            accepted: Object.fromEntries(Object.entries(accepted).map(([line, text]) => [line, decimalOf(text)])),
          } as const),
    reason: reason ?? 'other',
    comment: comment.trim(),
  });
  if (preview.data)
    return (
      <div className={css.form}>
        <AnswerError error={send.error} />
        <p>
          <b>{t(`messages.edi.verdict.${preview.data.effect.verdict}`)}</b>
          <Effect answer={preview.data} />
        </p>
        <p className={css.hint}>
          {t('messages.edi.willSend', { name: preview.data.fileName, encoding: preview.data.encoding })}
        </p>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it */}
        <pre className={css.file} tabIndex={0}>
          {preview.data.text}
        </pre>
        <p className={css.hint}>{t('messages.edi.once')}</p>
        <div className={css.buttons}>
          <Button
            onClick={() => {
              preview.reset();
              send.reset();
            }}
          >
            {t('messages.edi.change')}
          </Button>
          <Button danger loading={send.isPending} onClick={() => send.mutate(body(), { onSuccess: onDone })}>
            {t('messages.edi.send')}
          </Button>
        </div>
      </div>
    );
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) preview.mutate(body());
      }}
    >
      <AnswerError error={preview.error} />
      {order.partialShipment && (
        <RadioList
          value={kind}
          label={t('messages.edi.kind')}
          onChange={setKind}
          options={(['cancel', 'lines'] as const).map((value) => ({ value, label: t(`messages.edi.kindOf.${value}`) }))}
        />
      )}
      {kind === 'cancel' ? (
        <p>{t('messages.edi.cancelText', { chain: order.buyer.name })}</p>
      ) : (
        <ol className={css.lines}>
          {order.lines.map((line) => (
            <AcceptedLine
              key={line.position}
              line={line}
              value={accepted[line.position] ?? ''}
              onChange={(text) => setAccepted({ ...accepted, [line.position]: text })}
            />
          ))}
        </ol>
      )}
      <RadioList
        value={reason}
        label={t('messages.edi.why')}
        onChange={setReason}
        options={CANCEL_REASONS.map((one) => ({ value: one, label: t(`messages.edi.reason.${one}`) }))}
      />
      <label htmlFor={commentId}>{t(wordsNeeded ? 'messages.edi.commentNeeded' : 'messages.edi.comment')}</label>
      <TextArea id={commentId} rows={2} maxLength={500} value={comment} onChange={setComment} />
      <Button type="primary" size="large" htmlType="submit" disabled={!ready} loading={preview.isPending} block>
        {t('messages.edi.preview')}
      </Button>
    </form>
  );
}

function AcceptedLine({
  line,
  value,
  onChange,
}: {
  readonly line: EdiOrderView['lines'][number];
  readonly value: string;
  readonly onChange: (text: string) => void;
}) {
  const { t } = useTranslation();
  const id = useId();
  const bad = !fits(value, line.quantity);
  return (
    <li>
      <label htmlFor={id}>{line.name ?? line.supplierCode ?? line.gtin ?? line.position}</label>
      <span>
        <TextField
          id={id}
          inputMode="decimal"
          autoComplete="off"
          aria-invalid={bad}
          value={value}
          onChange={onChange}
        />
        {t('messages.edi.ofOrdered', { quantity: formatNumber(Number(line.quantity), 3) })}
      </span>
      {bad && <small role="alert">{t('messages.edi.badQuantity')}</small>}
    </li>
  );
}

/** Why it did not go; when somebody was first, who and when. */
function AnswerError({ error }: { readonly error: unknown }) {
  const { t } = useTranslation();
  const text = useErrorText();
  if (!error) return null;
  const { by, at } = error instanceof ApiError && error.code === 'edi.already_answered' ? error.data : {};
  return (
    <p className={css.problem} role="alert">
      <StateShape state="bad" /> {text(error)}
      {typeof at === 'string' &&
        ` ${t('messages.edi.first', { who: typeof by === 'string' ? by : t('messages.edi.byTarget'), at: formatMoment(at) })}`}
    </p>
  );
}
