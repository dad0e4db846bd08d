import { type KeyboardEvent, useId, useLayoutEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DateKind, maskDate, partAt, readDate, stepDate, writeDate } from '../lib/format/date-text.ts';
import { formatDay, formatWeekdayMoment } from '../lib/format/instant.ts';
import css from './controls.module.css';

/** What a text stands for. */
const namedBy = (text: string, kind: DateKind): string | null => (text.trim() === '' ? '' : readDate(text, kind));

export interface DateFieldProps {
  /** For a label beside it; without one give `label`. */
  readonly id?: string;
  readonly label?: string;
  /** A day, or a day with its time. */
  readonly kind: DateKind;
  /** `YYYY-MM-DD` or `YYYY-MM-DDTHH:mm` of the house; empty for an empty field, null for what names no date. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  /** What is wrong with the date itself, e.g. that it has passed. */
  readonly problem?: string | false;
  /** Says which day of the week it is, below. */
  readonly echo?: boolean;
}

/**
 * A date as people of the house write it, in the language of the console and not of the browser. Arrows up and down change the
 * part under the caret; what is no date is said in one sentence when the field is left.
 */
export function DateField({ id, label, kind, value, onChange, problem = false, echo = true }: DateFieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => writeDate(value ?? '', kind));
  const [given, setGiven] = useState(value);
  const [isLeft, setLeft] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const caret = useRef<{ from: number; to: number } | null>(null);
  const noteId = useId();
  if (value !== given) {
    setGiven(value);
    // From outside, not from what is being typed.
    if (value !== namedBy(text, kind)) setText(writeDate(value ?? '', kind));
  }
  useLayoutEffect(() => {
    if (caret.current === null) return;
    input.current?.setSelectionRange(caret.current.from, caret.current.to);
    caret.current = null;
  });
  const take = (next: string): void => {
    setText(next);
    setLeft(false);
    const named = namedBy(next, kind);
    if (named !== value) onChange(named);
  };
  const step = (event: KeyboardEvent<HTMLInputElement>): void => {
    const by = event.key === 'ArrowUp' ? 1 : event.key === 'ArrowDown' ? -1 : null;
    const named = readDate(text, kind);
    if (by === null || named === null) return;
    event.preventDefault();
    const part = partAt(event.currentTarget.selectionStart ?? 0, kind);
    caret.current = part;
    take(writeDate(stepDate(named, part.part, by), kind));
  };
  const named = readDate(text, kind);
  const wrong = isLeft && text.trim() !== '' && named === null;
  const at = named === null ? null : new Date(`${named}${kind === 'day' ? 'T12:00' : ''}:00+03:00`).toISOString();
  const note = wrong
    ? t(`common.date.wrong.${kind}`)
    : problem !== false
      ? problem
      : echo && at !== null && (kind === 'day' ? formatDay(at) : formatWeekdayMoment(at));
  return (
    <span className={css.date}>
      <input
        ref={input}
        id={id}
        type="text"
        inputMode="numeric"
        autoComplete="off"
        className={css.field}
        aria-label={label}
        aria-invalid={wrong || problem !== false}
        aria-describedby={note ? noteId : undefined}
        placeholder={t(`common.date.hint.${kind}`)}
        value={text}
        onChange={(event) => take(maskDate(text, event.target.value, kind))}
        onKeyDown={step}
        onBlur={() => {
          setLeft(true);
          if (named !== null) setText(writeDate(named, kind));
        }}
      />
      {note && (
        <small
          id={noteId}
          className={css.note}
          {...(wrong || problem !== false ? { role: 'alert', 'data-wrong': true } : {})}
        >
          {note}
        </small>
      )}
    </span>
  );
}
