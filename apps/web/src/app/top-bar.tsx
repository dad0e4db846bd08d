import { useTranslation } from 'react-i18next';
import { formatWeekdayMoment } from '../lib/format/instant.ts';
import { zoneName } from '../lib/format/locale.ts';
import { useMedia } from '../lib/preferences.ts';
import type { Session } from '../lib/session.ts';
import { Freshness } from './freshness.tsx';
import { SearchBox } from './search-box.tsx';
import type { Section } from './sections.ts';
import css from './shell.module.css';
import { useNow } from './use-now.ts';
import { UserMenu } from './user-menu.tsx';

/** Search, freshness of the data, Moscow time, the person. */
export function TopBar({ session, sections }: { readonly session: Session; readonly sections: readonly Section[] }) {
  // A phone has no room for them and no need to ask for the whole landscape.
  const roomy = useMedia('(min-width: 900px)');
  return (
    <header className={css.top}>
      <SearchBox />
      <div className={css.topRight}>
        {roomy && session.permissions.includes('landscape.read') && (
          <Freshness maySettings={session.permissions.includes('settings.read')} />
        )}
        {roomy && <HouseClock />}
        <UserMenu session={session} sections={sections} />
      </div>
    </header>
  );
}

function HouseClock() {
  const { t } = useTranslation();
  const now = useNow(10_000);
  return (
    <span className={css.clock}>
      <span>{t('common.now')}</span> <b>{`${formatWeekdayMoment(new Date(now).toISOString())} ${zoneName()}`}</b>
    </span>
  );
}
