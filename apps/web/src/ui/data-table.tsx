import { Table, type TableColumnType } from 'antd';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useMedia } from '../lib/preferences.ts';
import { DataCards } from './data-cards.tsx';
import css from './data-table.module.css';
import { isOwnControl } from './own-control.ts';
import { MEASURES } from './tokens.ts';

export interface DataColumn<Row> {
  readonly key: string;
  readonly title: string;
  readonly render: (row: Row) => ReactNode;
  readonly align?: 'left' | 'right';
  readonly width?: number;
  /** Sorted by the server: the column only says that it can be. */
  readonly sortable?: boolean;
  /** Left out of the card on a phone. */
  readonly wideOnly?: boolean;
}

export interface DataSort {
  readonly column: string;
  readonly order: 'ascend' | 'descend';
}

export interface DataTableProps<Row extends object> {
  readonly label: string;
  readonly columns: readonly DataColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Row under the keyboard: drives the panel. Not the same as selected. */
  readonly focused: string | null;
  readonly onFocus: (key: string) => void;
  readonly onOpen?: (row: Row) => void;
  readonly selected?: ReadonlySet<string>;
  readonly onSelect?: (selected: ReadonlySet<string>) => void;
  readonly selectable?: (row: Row) => boolean;
  /** Rows under a row, as causes under an incident. */
  readonly childrenOf?: (row: Row) => readonly Row[] | undefined;
  readonly expanded?: readonly string[];
  readonly onExpand?: (expanded: readonly string[]) => void;
  readonly sort?: DataSort;
  readonly onSort?: (sort: DataSort | null) => void;
}

/** Rows of 38 px (32 dense) with a head that stays in sight; cards on a phone. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const phone = useMedia(`(max-width: ${MEASURES.phoneWidth}px)`);
  return phone ? <DataCards {...props} /> : <WideTable {...props} />;
}

/** antd wants tree rows inside the row. */
interface Node<Row> {
  readonly key: string;
  readonly row: Row;
  readonly children?: Node<Row>[];
}

function WideTable<Row extends object>(props: DataTableProps<Row>) {
  const { t } = useTranslation();
  const { rows, rowKey, childrenOf, columns, focused, selected, sort } = props;
  const node = (row: Row): Node<Row> => {
    const children = childrenOf?.(row);
    return { key: rowKey(row), row, ...(children && children.length > 0 ? { children: children.map(node) } : {}) };
  };
  return (
    <div className={css.table}>
      <Table<Node<Row>>
        aria-label={props.label}
        dataSource={rows.map(node)}
        columns={columns.map((column) => columnOf(column, sort))}
        pagination={false}
        size="middle"
        tableLayout="fixed"
        showSorterTooltip={false}
        rowClassName={({ key }) => (key === focused ? (css.focused ?? '') : '')}
        onRow={({ key, row }) => ({
          'aria-current': key === focused ? 'true' : undefined,
          onClick: ({ target }) => isOwnControl(target) || props.onFocus(key),
          onDoubleClick: () => props.onOpen?.(row),
        })}
        onChange={(_pages, _filters, sorter) => {
          const by = Array.isArray(sorter) ? sorter[0] : sorter;
          if (by?.columnKey === undefined || !props.onSort) return;
          props.onSort(by.order ? { column: String(by.columnKey), order: by.order } : null);
        }}
        {...(childrenOf
          ? {
              expandable: {
                expandedRowKeys: props.expanded ?? [],
                onExpandedRowsChange: (keys) => props.onExpand?.(keys.map(String)),
                indentSize: 16,
              },
            }
          : {})}
        {...(selected && props.onSelect
          ? {
              rowSelection: {
                checkStrictly: childrenOf === undefined,
                columnWidth: 40,
                selectedRowKeys: [...selected],
                onChange: (keys) => props.onSelect?.(new Set(keys.map(String))),
                getCheckboxProps: ({ row }) => ({
                  disabled: props.selectable?.(row) === false,
                  'aria-label': t('common.table.select'),
                }),
                getTitleCheckboxProps: () => ({ 'aria-label': t('common.table.selectAll') }),
              },
            }
          : {})}
      />
    </div>
  );
}

function columnOf<Row>(column: DataColumn<Row>, sort: DataSort | undefined): TableColumnType<Node<Row>> {
  return {
    key: column.key,
    title: column.title,
    align: column.align ?? 'left',
    ...(column.width === undefined ? {} : { width: column.width }),
    ...(column.sortable ? { sorter: true, sortOrder: sort?.column === column.key ? sort.order : null } : {}),
    render: (_value, { row }) => column.render(row),
  };
}
