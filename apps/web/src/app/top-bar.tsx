import { sessionLogout } from '@pult/shared/contracts/identity';
import { landscapeOverview } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { Dropdown, type MenuProps } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../lib/api/client.ts';
import { formatMinutes } from '../lib/format/duration.ts';
import { formatInstant, formatWeekdayMoment } from '../lib/format/instant.ts';
import { changeLanguage } from '../lib/i18n/i18n.ts';
import { type ThemeChoice, useThemeChoice } from '../lib/preferences.ts';
import type { Session } from '../lib/session.ts';
import { StateShape } from '../ui/state-shape.tsx';
import { SearchBox } from './search-box.tsx';
import type { Section } from './sections.ts';
import css from './shell.module.css';

/** Search, freshness of the data, Moscow time, the person. */
export function TopBar({ session, sections }: { readonly session: Session; readonly sections: readonly Section[] }) {
  return (
    <header className={css.top}>
      <SearchBox sections={sections} />
      <div className={css.topRight}>
        {session.permissions.includes('landscape.read') && <Freshness />}
        <MoscowClock />
        <UserMenu session={session} />
      </div>
    </header>
  );
}

function useNow(everyMs: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now;
}

function Freshness() {
  const { t } = useTranslation();
  const now = useNow(1_000);
  const { data } = useQuery({
    queryKey: ['landscape', 'overview'],
    queryFn: () => callEndpoint(landscapeOverview, {}),
    refetchInterval: 15_000,
    select: ({ freshness }) => freshness,
  });
  if (!data) return null;
  const known = data.flatMap(({ at }) => (at === null ? [] : [Date.parse(at)]));
  if (known.length === 0)
    return (
      <span className={css.fresh}>
        <StateShape state="idle" /> {t('common.fresh.none')}
      </span>
    );
  const stale = data.filter((source) => source.stale);
  const newest = Math.max(...known);
  const oldest = Math.min(...known);
  const title = data.map(({ sourceId, at }) => `${sourceId}: ${at === null ? '—' : formatInstant(at)}`).join('\n');
  return (
    <span className={css.fresh} title={title}>
      <StateShape state={stale.length > 0 ? 'warn' : 'ok'} />
      {stale.length > 0
        ? t('common.fresh.stale', { age: formatMinutes(now - oldest) })
        : `${t('common.fresh.ok')} · ${t('common.fresh.age', { age: formatMinutes(Math.max(0, now - newest)) })}`}
    </span>
  );
}

function MoscowClock() {
  const { t } = useTranslation();
  const now = useNow(10_000);
  return (
    <span className={css.clock}>
      <small>{t('common.now')}</small> <b>{formatWeekdayMoment(new Date(now).toISOString())}</b> МСК
    </span>
  );
}

const THEMES: readonly ThemeChoice[] = ['light', 'dark', 'system'];

function UserMenu({ session }: { readonly session: Session }) {
  const { t, i18n } = useTranslation();
  const [theme, setTheme] = useThemeChoice();
  const initials = session.user.name
    .split(/\s+/)
    .slice(0, 2)
    .map((word) => word[0] ?? '')
    .join('');
  const logout = async () => {
    const { redirectUrl } = await callEndpoint(sessionLogout, {});
    window.location.assign(redirectUrl);
  };
  const items: MenuProps['items'] = [
    {
      key: 'who',
      type: 'group',
      label: (
        <>
          <b>{session.user.name}</b>
          <div>{session.roles.map((role) => t(`common.role.${role}`)).join(', ')}</div>
        </>
      ),
    },
    {
      key: 'theme',
      label: t('common.user.theme'),
      children: THEMES.map((one) => ({
        key: `theme-${one}`,
        label: t(`common.user.${one}`),
        disabled: one === theme,
        onClick: () => setTheme(one),
      })),
    },
    {
      key: 'language',
      label: t('common.user.language'),
      children: (['ru', 'en'] as const).map((one) => ({
        key: `language-${one}`,
        label: LANGUAGE_NAMES[one],
        disabled: one === i18n.language,
        onClick: () => void changeLanguage(one),
      })),
    },
    {
      key: 'permissions',
      label: t('common.user.permissions'),
      children: session.permissions.map((permission) => ({ key: permission, label: permission, disabled: true })),
    },
    { type: 'divider' },
    { key: 'logout', label: t('common.user.logout'), onClick: () => void logout() },
  ];
  return (
    <Dropdown menu={{ items }} trigger={['click']} placement="bottomRight">
      <button type="button" className={css.avatar} aria-label={`${t('common.user.menu')}: ${session.user.name}`}>
        {initials}
      </button>
    </Dropdown>
  );
}

/** Each language is named in itself. */
const LANGUAGE_NAMES = { ru: '\u0420\u0443\u0441\u0441\u043a\u0438\u0439', en: 'English' } as const;
