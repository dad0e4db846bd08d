import { useId, useState } from 'react';
import { DateField } from '../../ui/date-field.tsx';
import css from './audit.module.css';

interface DayFilterProps {
  readonly label: string;
  /** Day of the address, `YYYY-MM-DD`; empty for none. */
  readonly value: string;
  readonly onChange: (day: string) => void;
  readonly problem?: string | false;
}

/** A day of a filter. What is half typed names no day: until it does, or the field is empty, the filter stays as it was. */
export function DayFilter({ label, value, onChange, problem = false }: DayFilterProps) {
  const [typed, setTyped] = useState<string | null>(value);
  const [given, setGiven] = useState(value);
  const id = useId();
  if (value !== given) {
    setGiven(value);
    setTyped(value);
  }
  return (
    <p className={css.day}>
      <label htmlFor={id}>{label}</label>
      <DateField
        id={id}
        kind="day"
        value={typed}
        onChange={(next) => {
          setTyped(next);
          if (next !== null) onChange(next);
        }}
        problem={problem}
        echo={false}
      />
    </p>
  );
}
