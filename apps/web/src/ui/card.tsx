import type { ReactNode } from 'react';
import css from './ui.module.css';

export interface CardProps {
  readonly title?: ReactNode;
  readonly extra?: ReactNode;
  readonly className?: string | undefined;
  readonly children?: ReactNode;
}

/** A surface with an optional title line. */
export function Card({ title, extra, className, children }: CardProps) {
  return (
    <section className={`${css.card} ${className ?? ''}`}>
      {(title !== undefined || extra !== undefined) && (
        <header className={css.cardHead}>
          <h2>{title}</h2>
          {extra}
        </header>
      )}
      {children}
    </section>
  );
}
