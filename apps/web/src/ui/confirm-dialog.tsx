import { type ReactNode, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { formatNumber } from '../lib/format/number.ts';
import { Button } from './button.tsx';
import css from './list.module.css';
import { isReason, ReasonNeeded } from './reason-needed.tsx';
import { TextArea, TextField } from './text-field.tsx';
import { useModalDialog } from './use-modal-dialog.ts';

export interface ConfirmDialogProps {
  readonly open: boolean;
  readonly title: string;
  /** What exactly is about to happen, and to how much. */
  readonly children?: ReactNode;
  readonly confirmLabel: string;
  readonly danger?: boolean;
  /** Ask for a reason; without one nothing can be confirmed. */
  readonly reason?: boolean;
  /** Letters of the reason, at most. */
  readonly mostReason?: number;
  /** Ask to type this number: for actions over many items. */
  readonly typeCount?: number;
  readonly busy?: boolean;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
}

/** Says the scope, asks for the reason and, for many items, to type their number. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  return props.open ? <OpenDialog {...props} /> : null;
}

function OpenDialog(props: ConfirmDialogProps) {
  const {
    title,
    children,
    confirmLabel,
    danger = false,
    reason = false,
    mostReason = 500,
    typeCount,
    busy = false,
  } = props;
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const [why, setWhy] = useState('');
  const [typed, setTyped] = useState('');
  const [titleId, whyId, neededId, typedId] = [useId(), useId(), useId(), useId()];
  useModalDialog(dialog);
  const reasonGiven = !reason || isReason(why);
  const countGiven = typeCount === undefined || typed.replace(/\D/g, '') === String(typeCount);
  return (
    <dialog
      ref={dialog}
      className={css.dialog}
      aria-labelledby={titleId}
      // The event comes late: a dialog that was opened again meanwhile stays.
      onClose={({ currentTarget }) => currentTarget.open || props.onClose()}
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (reasonGiven && countGiven && !busy) props.onConfirm(why.trim());
        }}
      >
        <h2 id={titleId}>{title}</h2>
        {children}
        {reason && (
          <p>
            <label htmlFor={whyId}>{t('common.confirm.reason')}</label>
            <TextArea
              id={whyId}
              aria-describedby={neededId}
              rows={3}
              maxLength={mostReason}
              value={why}
              onChange={setWhy}
            />
            <ReasonNeeded id={neededId} reason={why} />
          </p>
        )}
        {typeCount !== undefined && (
          <p>
            <label htmlFor={typedId}>{t('common.confirm.typeCount', { number: formatNumber(typeCount) })}</label>
            <TextField id={typedId} inputMode="numeric" autoComplete="off" value={typed} onChange={setTyped} />
          </p>
        )}
        <footer>
          <Button onClick={props.onClose}>{t('common.cancel')}</Button>
          <Button
            type={danger ? 'default' : 'primary'}
            danger={danger}
            htmlType="submit"
            loading={busy}
            disabled={!reasonGiven || !countGiven}
          >
            {confirmLabel}
          </Button>
        </footer>
      </form>
    </dialog>
  );
}
