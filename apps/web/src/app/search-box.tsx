import { searchAll } from '@pult/shared/contracts/messages';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { callEndpoint } from '../lib/api/client.ts';
import { paths } from '../lib/paths.ts';
import { useKeys } from '../lib/use-keys.ts';
import { Kbd } from '../ui/kbd.tsx';
import type { Section } from './sections.ts';
import css from './shell.module.css';

interface Hit {
  readonly key: string;
  readonly title: string;
  readonly hint: string;
  readonly to: string;
}

const LEAST_LETTERS = 2;

/** Search by document, ИНН, counterparty or error text; without text the sections to go to. `/` and ⌘K focus it. */
export function SearchBox({ sections }: { readonly sections: readonly Section[] }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const wanted = useDeferredValue(text.trim());
  const found = useQuery({
    queryKey: ['messages', 'search', wanted],
    queryFn: () => callEndpoint(searchAll, { query: { q: wanted } }),
    enabled: open && wanted.length >= LEAST_LETTERS,
  });
  useKeys({ '/': () => input.current?.focus() });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        input.current?.focus();
      }
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
  const searching = wanted.length >= LEAST_LETTERS;
  const hits: Hit[] = searching
    ? [
        ...(found.data?.rows ?? []).map((row) => ({
          key: row.id,
          title: row.key.number,
          hint: [row.counterparty?.name, row.flowTitle].filter(Boolean).join(' · '),
          to: paths.message(row.id),
        })),
        {
          key: 'all',
          title: t('common.search.all'),
          hint: wanted,
          to: paths.messages(`?tab=all&q=${encodeURIComponent(wanted)}`),
        },
      ]
    : sections
        .filter((section) => t(`common.nav.${section.id}`).toLowerCase().startsWith(text.trim().toLowerCase()))
        .map((section) => ({
          key: section.id,
          title: t(`common.nav.${section.id}`),
          hint: t('common.search.commands'),
          to: section.to,
        }));
  const go = (hit: Hit | undefined) => {
    if (!hit) return;
    setOpen(false);
    setText('');
    input.current?.blur();
    void navigate(hit.to);
  };
  return (
    <div className={css.search}>
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label={t('common.search.label')}
        aria-expanded={open}
        aria-controls={listId}
        aria-autocomplete="list"
        placeholder={t('common.search.placeholder')}
        value={text}
        onFocus={() => setOpen(true)}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onKeyDown={(event) => {
          if (event.key === 'ArrowDown') setActive((now) => Math.min(hits.length - 1, now + 1));
          else if (event.key === 'ArrowUp') setActive((now) => Math.max(0, now - 1));
          else if (event.key === 'Enter') go(hits[active]);
          else if (event.key === 'Escape') input.current?.blur();
          else return;
          event.preventDefault();
        }}
      />
      <Kbd>/</Kbd>
      {open && hits.length > 0 && (
        <div id={listId} role="listbox" className={css.hits} aria-label={t('common.search.label')}>
          {searching && found.isSuccess && found.data.rows.length === 0 && (
            <p className={css.nothing}>{t('common.search.nothing')}</p>
          )}
          {hits.map((hit, index) => (
            <div
              key={hit.key}
              role="option"
              tabIndex={-1}
              aria-selected={index === active}
              onMouseEnter={() => setActive(index)}
              onMouseDown={(event) => {
                event.preventDefault();
                go(hit);
              }}
            >
              <b>{hit.title}</b>
              <span>{hit.hint}</span>
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
