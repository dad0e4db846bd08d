import { type KeyboardEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import css from './token-search.module.css';

/** A condition that can be typed as «поле: значение». */
export interface TokenField {
  readonly id: string;
  /** Its name in the person's language, without the colon. */
  readonly name: string;
  /** Values to choose from; without them any text is a value. */
  readonly options?: readonly { readonly value: string; readonly label: string }[];
  /** Turns typed text into the value; null refuses it. */
  readonly parse?: (typed: string) => string | null;
  /** Shown beside the name: what can be typed. */
  readonly hint?: string;
  /** Comes by links only: shown as a token, never offered. */
  readonly linkOnly?: boolean;
  /** How a value is shown when it is none of the options. */
  readonly format?: (value: string) => string;
}

export interface SearchToken {
  readonly field: string;
  readonly value: string;
}

export interface TokenSearchProps {
  readonly label: string;
  readonly placeholder: string;
  readonly fields: readonly TokenField[];
  readonly tokens: readonly SearchToken[];
  /** Free text beside the tokens. */
  readonly text: string;
  /** Letters that the text may have. */
  readonly maxLength: number;
  readonly onChange: (next: { readonly tokens: readonly SearchToken[]; readonly text: string }) => void;
}

interface Suggestion {
  readonly key: string;
  readonly label: string;
  readonly hint: string;
  readonly take: () => void;
}

const MOST_SUGGESTIONS = 10;

/** Conditions as tokens with completion; Backspace in the empty field removes the last one. */
export function TokenSearch({ label, placeholder, fields, tokens, text, maxLength, onChange }: TokenSearchProps) {
  const { t } = useTranslation();
  const listId = useId();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(text);
  const [known, setKnown] = useState(text);
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  if (known !== text) {
    // The text changed from outside, by Back or by a link.
    setKnown(text);
    setTyped(text);
  }
  const apply = (next: { tokens: readonly SearchToken[]; text: string }) => {
    setKnown(next.text);
    setTyped(next.text);
    setActive(0);
    // Done for now: the answer must not stand under a list of what else could be asked.
    setOpen(false);
    onChange(next);
  };
  const add = (field: string, value: string) => {
    const fresh = tokens.some((token) => token.field === field && token.value === value) ? [] : [{ field, value }];
    apply({ tokens: [...tokens, ...fresh], text: '' });
  };
  const suggestions = suggest({
    fields,
    typed,
    textHint: t('common.tokens.text'),
    add,
    setTyped,
    apply: (value) => apply({ tokens, text: value }),
  });
  const lit = Math.min(active, suggestions.length - 1);
  const shown = open && suggestions.length > 0;
  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'ArrowDown') {
      setOpen(true);
      setActive(open ? Math.min(suggestions.length - 1, lit + 1) : 0);
    } else if (event.key === 'ArrowUp') setActive(Math.max(0, lit - 1));
    else if (event.key === 'Enter') {
      if (typed.trim() === '') apply({ tokens, text: '' });
      else suggestions[lit]?.take();
    } else if (event.key === 'Backspace' && typed === '' && tokens.length > 0)
      apply({ tokens: tokens.slice(0, -1), text });
    else if (event.key === 'Escape') input.current?.blur();
    else return;
    event.preventDefault();
  };
  return (
    <div className={css.box}>
      {tokens.map((token) => {
        const shownToken = tokenText(fields, token);
        return (
          <span key={`${token.field} ${token.value}`} className={css.token}>
            <span>{shownToken.name}:</span> <b>{shownToken.value}</b>
            <button
              type="button"
              aria-label={t('common.tokens.remove', { token: `${shownToken.name}: ${shownToken.value}` })}
              onClick={() => apply({ tokens: tokens.filter((one) => one !== token), text })}
            >
              ✕
            </button>
          </span>
        );
      })}
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={label}
        aria-expanded={shown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={shown ? `${listId}-${lit}` : undefined}
        placeholder={tokens.length > 0 ? t('common.tokens.more') : placeholder}
        value={typed}
        maxLength={maxLength}
        onFocus={() => setOpen(true)}
        onClick={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setTyped(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      {(tokens.length > 0 || text !== '') && (
        <button
          type="button"
          className={css.clear}
          aria-label={t('common.tokens.clear')}
          onClick={() => apply({ tokens: [], text: '' })}
        >
          ✕
        </button>
      )}
      <div id={listId} role="listbox" aria-label={label} className={css.list} hidden={!shown}>
        {suggestions.map((suggestion, index) => (
          <div
            key={suggestion.key}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === lit}
            onMouseMove={() => setActive(index)}
            onMouseDown={(event) => {
              event.preventDefault();
              suggestion.take();
            }}
          >
            <b>{suggestion.label}</b> <span>{suggestion.hint}</span>
          </div>
        ))}
      </div>
    </div>
  );
}

function tokenText(fields: readonly TokenField[], token: SearchToken): { name: string; value: string } {
  const field = fields.find(({ id }) => id === token.field);
  const option = field?.options?.find(({ value }) => value === token.value);
  return { name: field?.name ?? token.field, value: option?.label ?? field?.format?.(token.value) ?? token.value };
}

interface SuggestInput {
  readonly fields: readonly TokenField[];
  readonly typed: string;
  readonly textHint: string;
  readonly add: (field: string, value: string) => void;
  readonly setTyped: (typed: string) => void;
  readonly apply: (text: string) => void;
}

function suggest({ fields, typed, textHint, add, setTyped, apply }: SuggestInput): readonly Suggestion[] {
  const [head = '', ...rest] = typed.split(':');
  const field =
    rest.length > 0 ? fields.find(({ name }) => name.toLowerCase() === head.trim().toLowerCase()) : undefined;
  if (field) return valuesOf(field, rest.join(':').trim(), add);
  const wanted = typed.trim().toLowerCase();
  const names = fields.filter(({ name, linkOnly }) => !linkOnly && name.toLowerCase().startsWith(wanted));
  const asField = names.map((one) => ({
    key: `field ${one.id}`,
    label: `${one.name}:`,
    hint:
      one.hint ??
      (one.options ?? [])
        .slice(0, 3)
        .map((option) => option.label)
        .join(', '),
    take: () => setTyped(`${one.name}: `),
  }));
  if (wanted === '') return asField;
  // A document number is the commonest thing to type: Enter takes it as text, never as half a field name.
  return [{ key: 'text', label: typed.trim(), hint: textHint, take: () => apply(typed.trim()) }, ...asField];
}

function valuesOf(field: TokenField, typed: string, add: SuggestInput['add']): readonly Suggestion[] {
  const wanted = typed.toLowerCase();
  const matching = (field.options ?? []).filter(({ label }) => label.toLowerCase().includes(wanted));
  if (field.options && !field.parse)
    return matching.slice(0, MOST_SUGGESTIONS).map(({ value, label }) => ({
      key: value,
      label,
      hint: field.name,
      take: () => add(field.id, value),
    }));
  const value = typed === '' ? null : (field.parse ?? ((one) => one))(typed);
  return value === null
    ? []
    : [{ key: 'typed', label: field.format?.(value) ?? value, hint: field.name, take: () => add(field.id, value) }];
}
