import { useMutation } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { changeLanguage } from '../lib/i18n/i18n.ts';
import { type Density, type ThemeChoice, useDensity, useThemeChoice } from '../lib/preferences.ts';
import { logOut, type Session } from '../lib/session.ts';
import { SegmentedTabs } from '../ui/segmented-tabs.tsx';
import { useErrorText } from '../ui/use-error-text.ts';
import { NavIcon } from './nav-icon.tsx';
import type { Section } from './sections.ts';
import css from './shell.module.css';

const THEMES: readonly ThemeChoice[] = ['light', 'dark', 'system'];
const DENSITIES: readonly Density[] = ['normal', 'dense'];
const LANGUAGES = ['ru', 'en'] as const;

/** Who is logged in, switches of the screen, what the role allows, the way out. Closed by Escape or a click outside. */
export function UserMenu({ session, sections }: { readonly session: Session; readonly sections: readonly Section[] }) {
  const { t, i18n } = useTranslation();
  const id = useId();
  const [theme, setTheme] = useThemeChoice();
  const [density, setDensity] = useDensity();
  const errorText = useErrorText();
  const logout = useMutation({ mutationFn: logOut });
  const initials = session.user.name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0] ?? '')
    .join('');
  return (
    <>
      <button type="button" className={css.avatar} popoverTarget={id}>
        <span aria-hidden="true">{initials}</span>
        <span className={css.unseen}>{`${t('common.user.menu')}: ${session.user.name}`}</span>
      </button>
      <div id={id} popover="auto" className={css.userMenu}>
        <p>
          <b>{session.user.name}</b>
          <small>{session.roles.map((role) => t(`common.role.${role}`)).join(', ')}</small>
        </p>
        <div className={css.menuSections}>
          {sections.map((section) => (
            <Link key={section.id} to={section.to} onClick={() => document.getElementById(id)?.hidePopover()}>
              <NavIcon id={section.id} /> {t(`common.nav.${section.id}`)}
            </Link>
          ))}
        </div>
        <SegmentedTabs
          label={t('common.user.theme')}
          value={theme}
          options={THEMES.map((value) => ({ value, label: t(`common.user.${value}`) }))}
          onChange={setTheme}
        />
        <SegmentedTabs
          label={t('common.user.density')}
          value={density}
          options={DENSITIES.map((value) => ({ value, label: t(`common.user.${value}`) }))}
          onChange={setDensity}
        />
        <SegmentedTabs
          label={t('common.user.language')}
          value={i18n.language === 'en' ? 'en' : 'ru'}
          options={LANGUAGES.map((value) => ({ value, label: t(`common.languageName.${value}`) }))}
          onChange={(language) => void changeLanguage(language)}
        />
        <details>
          <summary>{t('common.user.permissions')}</summary>
          <ul>
            {session.permissions.map((permission) => (
              <li key={permission}>{t(`common.permission.${permission}`)}</li>
            ))}
          </ul>
        </details>
        {logout.error && <p role="alert">{errorText(logout.error)}</p>}
        <button type="button" className={css.logout} disabled={logout.isPending} onClick={() => logout.mutate()}>
          {t('common.user.logout')}
        </button>
      </div>
    </>
  );
}
