import { useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useNavigate } from 'react-router';
import { changeLanguage } from '../lib/i18n/i18n.ts';
import { useDensity, useThemeChoice } from '../lib/preferences.ts';
import { useModalDialog } from '../ui/use-modal-dialog.ts';
import { HitList, useHitKeys } from './hit-list.tsx';
import { useSearchHits } from './search-hits.ts';
import type { Section } from './sections.ts';
import css from './shell.module.css';

interface Command {
  readonly key: string;
  readonly title: string;
  readonly hint: string;
  readonly run: () => void;
}

export interface CommandPaletteProps {
  readonly sections: readonly Section[];
  readonly onClose: () => void;
}

/** Everything by name: sections, switches of the screen, documents. */
export function CommandPalette({ sections, onClose }: CommandPaletteProps) {
  const { t, i18n } = useTranslation();
  const navigate = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const listId = useId();
  const [text, setText] = useState('');
  const [, setTheme] = useThemeChoice();
  const [density, setDensity] = useDensity();
  const { nothing, hits } = useSearchHits(text, true);
  useModalDialog(dialog);
  const other = i18n.language === 'en' ? 'ru' : 'en';
  const commands: Command[] = [
    ...sections.map((section) => ({
      key: section.id,
      title: t(`common.nav.${section.id}`),
      hint: t('common.search.commands'),
      run: () => void navigate(section.to),
    })),
    ...(['light', 'dark', 'system'] as const).map((theme) => ({
      key: `theme-${theme}`,
      title: `${t('common.user.theme')}: ${t(`common.user.${theme}`)}`,
      hint: t('common.search.switch'),
      run: () => setTheme(theme),
    })),
    {
      key: 'density',
      title: `${t('common.user.density')}: ${t(density === 'dense' ? 'common.user.normal' : 'common.user.dense')}`,
      hint: t('common.search.switch'),
      run: () => setDensity(density === 'dense' ? 'normal' : 'dense'),
    },
    {
      key: 'language',
      title: `${t('common.user.language')}: ${t(`common.languageName.${other}`)}`,
      hint: t('common.search.switch'),
      run: () => void changeLanguage(other),
    },
  ];
  const wanted = text.trim().toLowerCase();
  const lines: Command[] = [
    ...commands.filter(({ title }) => title.toLowerCase().includes(wanted)),
    ...hits.map((hit) => ({ ...hit, run: () => void navigate(hit.to) })),
  ];
  const go = (command: Command) => {
    onClose();
    command.run();
  };
  const keys = useHitKeys(lines, go);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes a dialog by itself; the click is on its ground
    <dialog
      ref={dialog}
      className={css.palette}
      aria-label={t('common.keys.palette')}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <input
        type="search"
        maxLength={200}
        role="combobox"
        aria-label={t('common.search.palette')}
        aria-expanded="true"
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={`${listId}-${keys.active}`}
        placeholder={t('common.search.palette')}
        value={text}
        onChange={(event) => {
          setText(event.target.value);
          keys.reset();
        }}
        onKeyDown={keys.onKeyDown}
      />
      {nothing && <p className={css.nothing}>{t('common.search.nothing')}</p>}
      <HitList id={listId} label={t('common.keys.palette')} hits={lines} keys={keys} onGo={go} />
    </dialog>
  );
}
