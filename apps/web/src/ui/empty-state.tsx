import type { ReactNode } from 'react';
import css from './ui.module.css';

export interface EmptyStateProps {
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
}

/** Says why there is nothing and what to do. */
export function EmptyState({ title, text, action }: EmptyStateProps) {
  return (
    <div className={css.empty}>
      <b>{title}</b>
      <p>{text}</p>
      {action}
    </div>
  );
}
