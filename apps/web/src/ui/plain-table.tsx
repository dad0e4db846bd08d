import type { CSSProperties, ReactNode } from 'react';
import css from './plain-table.module.css';

export interface PlainTableProps {
  /** Titles of the columns; `end` for numbers, whose cells then carry the class of their own alignment. */
  readonly head: readonly (string | { readonly title: string; readonly align: 'end' })[];
  readonly children: ReactNode;
  readonly foot?: ReactNode;
}

/**
 * A table that only shows: head and rows, scrolled sideways where it must. On a phone each row is a card: the first cell is its
 * title, every other value stands beside the name of its column, which the style takes from `--head-<n>`.
 */
export function PlainTable({ head, children, foot }: PlainTableProps) {
  const columns = head.map((one) => (typeof one === 'string' ? { title: one, align: 'start' as const } : one));
  const names = Object.fromEntries(columns.map(({ title }, index) => [`--head-${index + 1}`, JSON.stringify(title)]));
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must be able to scroll it sideways
    <div className={css.scroll} tabIndex={0}>
      <table className={css.table} style={names as CSSProperties}>
        <thead>
          <tr>
            {columns.map(({ title, align }, index) => (
              // The index is the key: two columns of a comparison may carry one name, and columns never move.
              <th key={index} scope="col" data-align={align}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
        {foot && <tfoot>{foot}</tfoot>}
      </table>
    </div>
  );
}
