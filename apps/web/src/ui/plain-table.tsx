import type { ReactNode } from 'react';
import css from './plain-table.module.css';

export interface PlainTableProps {
  readonly head: readonly string[];
  readonly children: ReactNode;
}

/** A table that only shows: head and rows, scrolled sideways where it must. */
export function PlainTable({ head, children }: PlainTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it sideways
    <div className={css.scroll} tabIndex={0}>
      <table className={css.table}>
        <thead>
          <tr>
            {head.map((title) => (
              <th key={title} scope="col">
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}
