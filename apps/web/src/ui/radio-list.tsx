import { useId } from 'react';
import css from './controls.module.css';

export interface RadioListProps<Value extends string> {
  readonly value: Value | null;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
  readonly label: string;
}

/** Reasons one under the other; a whole line is the target for the thumb. */
export function RadioList<Value extends string>({ value, options, onChange, label }: RadioListProps<Value>) {
  const name = useId();
  return (
    <fieldset className={css.radios} aria-label={label}>
      {options.map((option) => (
        <label key={option.value}>
          <input type="radio" name={name} checked={option.value === value} onChange={() => onChange(option.value)} />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
