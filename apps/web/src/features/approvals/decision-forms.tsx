import { type RejectReason, rejectReason } from '@pult/shared/contracts/approvals';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/button.tsx';
import { RadioList } from '../../ui/radio-list.tsx';
import { TextArea } from '../../ui/text-field.tsx';
import css from './decision.module.css';

const LEAST_WORDS = 3;

/** A reason by code, words of one's own with «другое». */
export function RejectForm({
  initiator,
  busy,
  onSubmit,
}: {
  readonly initiator: string;
  readonly busy: boolean;
  readonly onSubmit: (reason: RejectReason, comment: string) => void;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<RejectReason | null>(null);
  const [comment, setComment] = useState('');
  const commentId = useId();
  const wordsNeeded = reason === 'other';
  const ready = reason !== null && (!wordsNeeded || comment.trim().length >= LEAST_WORDS);
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSubmit(reason, comment.trim());
      }}
    >
      <RadioList
        value={reason}
        label={t('approvals.rejectForm.reason')}
        onChange={setReason}
        options={rejectReason.options.map((one) => ({ value: one, label: t(`approvals.reason.${one}`) }))}
      />
      <label htmlFor={commentId}>
        {t(wordsNeeded ? 'approvals.rejectForm.commentNeeded' : 'approvals.rejectForm.comment')}
      </label>
      <TextArea
        id={commentId}
        rows={3}
        maxLength={2000}
        value={comment}
        onChange={setComment}
        placeholder={t('approvals.rejectForm.hint', { initiator })}
      />
      <Button danger type="primary" size="large" htmlType="submit" disabled={!ready} loading={busy} block>
        {t('approvals.rejectForm.submit')}
      </Button>
    </form>
  );
}

/** A question to the initiator; the clock stands until the answer. */
export function AskForm({
  initiator,
  busy,
  onSubmit,
}: {
  readonly initiator: string;
  readonly busy: boolean;
  readonly onSubmit: (text: string) => void;
}) {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const textId = useId();
  const ready = text.trim().length >= LEAST_WORDS;
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onSubmit(text.trim());
      }}
    >
      <p>{t('approvals.askForm.hint', { initiator })}</p>
      <label htmlFor={textId}>{t('approvals.askForm.question')}</label>
      <TextArea id={textId} rows={4} maxLength={2000} value={text} onChange={setText} />
      <Button type="primary" size="large" htmlType="submit" disabled={!ready} loading={busy} block>
        {t('approvals.askForm.submit')}
      </Button>
    </form>
  );
}
