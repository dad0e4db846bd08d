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
      {copied ? '✓' : '⧉'}
    </button>
  );
}
