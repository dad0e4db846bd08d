import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { useKeys } from '../lib/use-keys.ts';
import { Kbd } from '../ui/kbd.tsx';
import { HitList, useHitKeys } from './hit-list.tsx';
import { type Hit, useSearchHits } from './search-hits.ts';
import css from './shell.module.css';

/** Search by document, ИНН, counterparty or error text; `/` comes here from anywhere. */
export function SearchBox() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const input = useRef<HTMLInputElement>(null);
  const listId = useId();
  const [text, setText] = useState('');
  const [open, setOpen] = useState(false);
  const { searching, nothing, hits } = useSearchHits(text, open);
  useKeys({ '/': () => input.current?.focus() });
  const go = (hit: Hit) => {
    setOpen(false);
    setText('');
    input.current?.blur();
    void navigate(hit.to);
  };
  const keys = useHitKeys(hits, go);
  const shown = open && searching;
  return (
    <div className={css.search}>
      <input
        ref={input}
        type="search"
        maxLength={200}
        role="combobox"
        aria-label={t('common.search.label')}
        aria-expanded={shown}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={shown ? `${listId}-${keys.active}` : undefined}
        placeholder={t('common.search.placeholder')}
        value={text}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setText(event.target.value);
          keys.reset();
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape') input.current?.blur();
          else keys.onKeyDown(event);
        }}
      />
      <Kbd>/</Kbd>
      {shown && (
        <div className={css.hits}>
          {nothing && <p className={css.nothing}>{t('common.search.nothing')}</p>}
          <HitList id={listId} label={t('common.search.label')} hits={hits} keys={keys} onGo={go} />
        </div>
      )}
    </div>
  );
}
