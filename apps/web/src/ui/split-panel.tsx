import { type ReactNode, useEffect, useEffectEvent } from 'react';
import { useTranslation } from 'react-i18next';
import css from './list.module.css';

export interface SplitPanelProps {
  readonly children: ReactNode;
  /** What stands beside the list; null closes the panel. */
  readonly panel: ReactNode | null;
  /** Names the panel for screen readers. */
  readonly label: string;
  readonly title: ReactNode;
  readonly actions?: ReactNode;
  readonly onClose: () => void;
}

/** A list and a panel beside it, over it on narrow screens. Escape closes; the list keeps its place. */
export function SplitPanel({ children, panel, label, title, actions, onClose }: SplitPanelProps) {
  const { t } = useTranslation();
  const open = panel !== null;
  const close = useEffectEvent(onClose);
  useEffect(() => {
    if (!open) return;
    const listen = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented) return;
      if (document.querySelector('dialog[open], [popover]:popover-open')) return;
      close();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [open]);
  return (
    <div className={css.split} data-open={open}>
      <div className={css.splitList}>{children}</div>
      {open && (
        <aside className={css.panel} aria-label={label}>
          <header className={css.panelHead}>
            <div>{title}</div>
            <button type="button" aria-label={t('common.close')} onClick={onClose}>
              ✕
            </button>
          </header>
          <div className={css.panelBody}>{panel}</div>
          {actions && <footer className={css.panelActions}>{actions}</footer>}
        </aside>
      )}
    </div>
  );
}
