import { type ReactNode, useId } from 'react';
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
  return (
    <div role="radiogroup" aria-label={label} className={css.tabs}>
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
