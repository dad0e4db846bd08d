import type { ReactNode } from 'react';
import css from './bus.module.css';

/** The first cell of a row that unfolds: its name is the button. */
export function UnfoldButton(props: {
  readonly open: boolean;
  /** What is unfolded, for who does not see the row. */
  readonly label: string;
  readonly onToggle: () => void;
  readonly children: ReactNode;
}) {
  return (
    <button
      type="button"
      className={css.unfold}
      aria-expanded={props.open}
      aria-label={props.label}
      onClick={props.onToggle}
    >
      <span className={css.arrow} data-open={props.open} aria-hidden="true">
        ›
      </span>
      {props.children}
    </button>
  );
}
