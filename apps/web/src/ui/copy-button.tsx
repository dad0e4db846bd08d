import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './ui.module.css';

const CONFIRM_MS = 1_500;

/** Copies a text; says so for a moment. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const { t } = useTranslation();
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), CONFIRM_MS);
    return () => clearTimeout(timer);
  }, [copied]);
  const says = copied ? t('common.copied') : label;
  return (
    <button
      type="button"
      className={css.copy}
      aria-label={says}
      title={says}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <svg
        width="14"
        height="14"
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth="1.4"
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
      >
        <path d={copied ? 'M3 8.5 6.5 12 13 4.5' : 'M5.5 5.5V3h7.5v7.5h-2.5M3 5.5h7.5V13H3z'} />
      </svg>
    </button>
  );
}
