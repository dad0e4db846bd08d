import css from './controls.module.css';

export interface ChoiceProps<Value extends string> {
  readonly value: Value;
  readonly options: readonly { readonly value: Value; readonly label: string }[];
  readonly onChange: (value: Value) => void;
  readonly label: string;
}

/** One of a few: the browser's own list, which every phone shows its own way; costs no script. */
export function Choice<Value extends string>({ value, options, onChange, label }: ChoiceProps<Value>) {
  return (
    <select
      className={css.choice}
      aria-label={label}
      value={value}
      onChange={(event) => {
        const chosen = options.find((option) => option.value === event.target.value);
        if (chosen) onChange(chosen.value);
      }}
    >
      {options.map((option) => (
        <option key={option.value} value={option.value}>
          {option.label}
        </option>
      ))}
    </select>
  );
}
