import type { ReactNode } from 'react';
import { StateShape } from './state-shape.tsx';
import type { StateName } from './tokens.ts';
import css from './ui.module.css';

/** State as shape and text on its soft ground. */
export function StateChip({
  state,
  children,
  title,
}: {
  readonly state: StateName;
  readonly children: ReactNode;
  readonly title?: string;
}) {
  return (
    <span
      className={css.chip}
      title={title}
      style={{ background: `var(--${state}-soft)`, color: `var(--${state}-text)` }}
    >
      <StateShape state={state} size={10} />
      <span>{children}</span>
    </span>
  );
}
