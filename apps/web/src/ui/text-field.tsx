import type { ComponentProps } from 'react';
import css from './controls.module.css';

/** Dates are no text: the browser's own fields for them follow its language, not that of the console ({@link DateField}). */
type Input = Omit<ComponentProps<'input'>, 'onChange' | 'value' | 'type'> & {
  readonly type?: 'text' | 'search' | 'number' | 'password';
};
type Area = Omit<ComponentProps<'textarea'>, 'onChange' | 'value'>;

interface TextProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** One line of text; `type="search"` brings the browser's cross. */
export const TextField = ({ value, onChange, className, ...rest }: Input & TextProps) => (
  <input
    type="text"
    {...rest}
    className={`${css.field} ${className ?? ''}`}
    value={value}
    onChange={(event) => onChange(event.target.value)}
  />
);

/** Several lines of text. */
export const TextArea = ({ value, onChange, className, ...rest }: Area & TextProps) => (
  <textarea
    {...rest}
    className={`${css.area} ${className ?? ''}`}
    value={value}
    onChange={(event) => onChange(event.target.value)}
  />
);
