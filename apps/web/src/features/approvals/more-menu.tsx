import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './decision.module.css';
import type { NextRequest } from './next-request.ts';

export interface MoreMenuProps {
  readonly clockOpen: boolean;
  readonly onClock: (open: boolean) => void;
  readonly next: NextRequest | null;
  readonly onNext: (id: string) => void;
}

/** What a phone has no room for beside the decision. */
export function MoreMenu({ clockOpen, onClock, next, onNext }: MoreMenuProps) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  return (
    <ul className={css.menu}>
      <li>
        <button type="button" onClick={() => onClock(!clockOpen)}>
          {t(clockOpen ? 'approvals.card.hideTape' : 'approvals.card.tape')}
        </button>
      </li>
      <li>
        <button
          type="button"
          onClick={() => void navigator.clipboard.writeText(window.location.href).then(() => setCopied(true))}
        >
          {t(copied ? 'approvals.action.copied' : 'approvals.action.copyLink')}
        </button>
      </li>
      {next && (
        <li>
          <button type="button" onClick={() => onNext(next.id)}>
            {t('approvals.action.nextNamed', { name: next.name })}
          </button>
        </li>
      )}
    </ul>
  );
}
