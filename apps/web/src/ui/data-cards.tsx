import { useTranslation } from 'react-i18next';
import css from './data-table.module.css';
import type { DataTableProps } from './data-table.tsx';
import { isOwnControl } from './own-control.ts';

/** The rows of a table on a phone: the first column is the title, the others stand under it with their names. */
export function DataCards<Row extends object>(props: DataTableProps<Row>) {
  const { t } = useTranslation();
  const { columns, rows, rowKey, childrenOf, focused, selected, onSelect } = props;
  const [title, ...others] = columns.filter((column) => column.wideOnly !== true);
  const all = rows.flatMap((row) => [row, ...(childrenOf?.(row) ?? [])]);
  const toggle = (key: string) => {
    const next = new Set(selected);
    if (!next.delete(key)) next.add(key);
    onSelect?.(next);
  };
  return (
    <ul className={css.cards} aria-label={props.label}>
      {all.map((row) => {
        const key = rowKey(row);
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard has j, k and Enter; links inside work as usual
          <li
            key={key}
            data-row-key={key}
            data-focused={key === focused}
            onClick={({ target }) => isOwnControl(target) || props.onFocus(key)}
          >
            <div className={css.cardTitle}>
              {selected && onSelect && (
                <input
                  type="checkbox"
                  aria-label={t('common.table.select')}
                  checked={selected.has(key)}
                  disabled={props.selectable?.(row) === false}
                  onChange={() => toggle(key)}
                />
              )}
              <div>{title?.render(row)}</div>
            </div>
            <dl className={css.cardFacts}>
              {others.map((column) => (
                <div key={column.key}>
                  <dt>{column.title}</dt>
                  <dd>{column.render(row)}</dd>
                </div>
              ))}
            </dl>
          </li>
        );
      })}
    </ul>
  );
}
