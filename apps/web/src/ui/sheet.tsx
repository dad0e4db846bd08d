import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import css from './controls.module.css';
import { useModalDialog } from './use-modal-dialog.ts';

export interface SheetProps {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A form beside the screen, from below on a phone: the browser's dialog keeps the focus inside and Escape closes it. */
export function Sheet({ open, ...rest }: SheetProps) {
  return open ? <OpenSheet {...rest} /> : null;
}

function OpenSheet({ title, onClose, children }: Omit<SheetProps, 'open'>) {
  const { t } = useTranslation();
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useModalDialog(dialog);
  const body = useRef<HTMLDivElement>(null);
  // A form is opened to be filled in: the browser alone would begin at the cross.
  useLayoutEffect(() => body.current?.querySelector<HTMLElement>('input, textarea, select')?.focus(), []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; the click is on its ground
    <dialog
      ref={dialog}
      className={css.sheet}
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <header className={css.sheetHead}>
        <h2 id={titleId}>{title}</h2>
        <button type="button" className={css.iconButton} aria-label={t('common.close')} onClick={onClose}>
          ✕
        </button>
      </header>
      <div ref={body} className={css.sheetBody}>
        {children}
      </div>
    </dialog>
  );
}
