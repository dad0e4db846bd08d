import { type ApprovalCard, type RejectReason, rejectReason } from '@pult/shared/contracts/approvals';
import { Button } from 'antd';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../lib/api/api-error.ts';
import { formatPoints } from '../../lib/format/number.ts';
import { useMedia } from '../../lib/preferences.ts';
import { useKeys } from '../../lib/use-keys.ts';
import { Kbd } from '../../ui/kbd.tsx';
import { RadioList } from '../../ui/radio-list.tsx';
import { Sheet } from '../../ui/sheet.tsx';
import { StateShape } from '../../ui/state-shape.tsx';
import { TextArea } from '../../ui/text-field.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import css from './approvals.module.css';
import { useApprovalCommands } from './queries.ts';

/** Approve is one tap; reject and ask open a form for the reason. Bound to the version that is on screen. */
export function DecisionBar({ card, onRefresh }: { readonly card: ApprovalCard; readonly onRefresh: () => void }) {
  const { t } = useTranslation();
  const { row, permissions } = card;
  const { decide, ask } = useApprovalCommands(row.id);
  const errorText = useErrorText();
  const phone = useMedia('(max-width: 900px)');
  const [form, setForm] = useState<'reject' | 'ask' | null>(null);
  const busy = decide.isPending || ask.isPending;
  const may = permissions.canDecide && !busy;
  const mayAsk = permissions.canAsk && !busy;
  const why = permissions.reasonWhyNot ? t(`approvals.cannot.${permissions.reasonWhyNot}`) : undefined;
  const approve = () => may && decide.mutate({ decision: 'approve', version: row.version });
  useKeys({
    a: approve,
    r: () => may && setForm('reject'),
    u: () => mayAsk && setForm('ask'),
  });
  const failure = decide.error ?? ask.error;
  const outdated =
    failure instanceof ApiError &&
    (failure.code === 'approval.version_changed' || failure.code === 'approval.already_decided');
  const points = row.kind === 'return' ? '' : ` ${t('approvals.points', { value: formatPoints(row.deviationMax) })}`;
  return (
    <>
      {failure && (
        <p className={css.failure} role="alert">
          <StateShape state="bad" /> {errorText(failure)}
          {failure instanceof ApiError &&
            failure.code === 'approval.already_decided' &&
            typeof failure.data.by === 'string' &&
            ` ${failure.data.by}`}
          {outdated && (
            <Button
              size="small"
              onClick={() => {
                decide.reset();
                ask.reset();
                onRefresh();
              }}
            >
              {t('approvals.look')}
            </Button>
          )}
        </p>
      )}
      <div className={css.buttons}>
        <Button
          type="primary"
          size={phone ? 'large' : 'middle'}
          disabled={!may}
          title={why}
          loading={decide.isPending}
          onClick={approve}
        >
          {t('approvals.action.approve')}
          {points}
          {!phone && <Kbd>A</Kbd>}
        </Button>
        <Button danger size={phone ? 'large' : 'middle'} disabled={!may} title={why} onClick={() => setForm('reject')}>
          {t('approvals.action.reject')}
          {!phone && <Kbd>R</Kbd>}
        </Button>
        <Button size={phone ? 'large' : 'middle'} disabled={!mayAsk} title={why} onClick={() => setForm('ask')}>
          {t('approvals.action.ask')}
          {!phone && <Kbd>U</Kbd>}
        </Button>
        {why ? <small>{why}</small> : <small>{t('approvals.card.version', { version: row.version })}</small>}
      </div>
      <Sheet
        open={form !== null}
        title={form === 'ask' ? t('approvals.askForm.title') : t('approvals.rejectForm.title')}
        onClose={() => setForm(null)}
      >
        {form === 'reject' && (
          <RejectForm
            busy={busy}
            onSubmit={(reasonCode, comment) =>
              decide.mutate(
                { decision: 'reject', version: row.version, reasonCode, ...(comment ? { comment } : {}) },
                { onSettled: () => setForm(null) },
              )
            }
          />
        )}
        {form === 'ask' && (
          <AskForm
            initiator={row.initiator.name}
            busy={busy}
            onSubmit={(text) => ask.mutate({ text, version: row.version }, { onSettled: () => setForm(null) })}
          />
        )}
      </Sheet>
    </>
  );
}

function RejectForm({
  busy,
  onSubmit,
}: {
  readonly busy: boolean;
  readonly onSubmit: (reason: RejectReason, comment: string) => void;
}) {
  const { t } = useTranslation();
  const [reason, setReason] = useState<RejectReason | null>(null);
  const [comment, setComment] = useState('');
  const commentId = useId();
  const ready = reason !== null && (reason !== 'other' || comment.trim().length >= 3);
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready && reason) onSubmit(reason, comment.trim());
      }}
    >
      <RadioList
        value={reason}
        label={t('approvals.rejectForm.reason')}
        onChange={setReason}
        options={rejectReason.options.map((one) => ({ value: one, label: t(`approvals.reason.${one}`) }))}
      />
      <label htmlFor={commentId}>{t('approvals.rejectForm.comment')}</label>
      <TextArea id={commentId} rows={3} maxLength={2000} value={comment} onChange={setComment} />
      <Button danger type="primary" htmlType="submit" disabled={!ready} loading={busy} block>
        {t('approvals.rejectForm.submit')}
      </Button>
    </form>
  );
}

function AskForm({
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
  return (
    <form
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim().length >= 3) onSubmit(text.trim());
      }}
    >
      <p>{t('approvals.askForm.hint', { initiator })}</p>
      <label htmlFor={textId}>{t('approvals.askForm.question')}</label>
      <TextArea id={textId} rows={4} maxLength={2000} value={text} onChange={setText} />
      <Button type="primary" htmlType="submit" disabled={text.trim().length < 3} loading={busy} block>
        {t('approvals.askForm.submit')}
      </Button>
    </form>
  );
}
