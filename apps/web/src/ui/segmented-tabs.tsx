import { type ReactNode, useId, useLayoutEffect, useRef } from 'react';
import css from './controls.module.css';

export interface SegmentedOption<Value extends string> {
  readonly value: Value;
  readonly label: ReactNode;
  readonly disabled?: boolean;
  readonly title?: string;
}

export interface SegmentedTabsProps<Value extends string> {
  readonly value: Value;
  readonly options: readonly SegmentedOption<Value>[];
  readonly onChange: (value: Value) => void;
  readonly label: string;
}

/** A row of choices of which one is on: radio buttons underneath, so arrows and screen readers work as usual. */
export function SegmentedTabs<Value extends string>({ value, options, onChange, label }: SegmentedTabsProps<Value>) {
  const name = useId();
  const row = useRef<HTMLDivElement>(null);
  const shown = useRef('');
  // Where the row is too long for a phone, the choice that is on stays in sight, also when numbers come into the row later.
  useLayoutEffect(() => {
    const chosen = row.current?.querySelector<HTMLElement>('label:has(:checked)');
    if (!row.current || !chosen) return;
    const now = `${value} ${row.current.scrollWidth}`;
    if (shown.current === now) return;
    shown.current = now;
    const end = chosen.offsetLeft + chosen.offsetWidth;
    if (end > row.current.scrollLeft + row.current.clientWidth)
      row.current.scrollLeft = end - row.current.clientWidth + 24;
    if (chosen.offsetLeft < row.current.scrollLeft) row.current.scrollLeft = Math.max(0, chosen.offsetLeft - 24);
  });
  return (
    <div ref={row} role="radiogroup" aria-label={label} className={css.tabs}>
      {options.map((option) => (
        <label key={option.value} title={option.title}>
          <input
            type="radio"
            name={name}
            checked={option.value === value}
            disabled={option.disabled}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </div>
  );
}
