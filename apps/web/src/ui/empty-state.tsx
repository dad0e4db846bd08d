import type { ReactNode } from 'react';
import css from './ui.module.css';

export interface EmptyStateProps {
  readonly title: string;
  readonly text: string;
  readonly action?: ReactNode;
  /** When it stands for the whole screen. */
  readonly page?: boolean;
}

/** Says why there is nothing and what to do. */
export function EmptyState({ title, text, action, page = false }: EmptyStateProps) {
  return (
    <div className={css.empty}>
      {page ? <h1>{title}</h1> : <b>{title}</b>}
      <p>{text}</p>
      {action}
    </div>
  );
}
