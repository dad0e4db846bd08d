import { landscapeOverview } from '@pult/shared/contracts/landscape';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { callEndpoint } from '../lib/api/client.ts';
import { formatMinutes } from '../lib/format/duration.ts';
import { formatInstant, formatWeekdayMoment } from '../lib/format/instant.ts';
import { zoneName } from '../lib/format/locale.ts';
import { useMedia } from '../lib/preferences.ts';
import type { Session } from '../lib/session.ts';
import { StateShape } from '../ui/state-shape.tsx';
import { SearchBox } from './search-box.tsx';
import type { Section } from './sections.ts';
import css from './shell.module.css';
import { UserMenu } from './user-menu.tsx';

/** Search, freshness of the data, Moscow time, the person. */
export function TopBar({ session, sections }: { readonly session: Session; readonly sections: readonly Section[] }) {
  // A phone has no room for them and no need to ask for the whole landscape.
  const roomy = useMedia('(min-width: 900px)');
  return (
    <header className={css.top}>
      <SearchBox />
      <div className={css.topRight}>
        {roomy && session.permissions.includes('landscape.read') && <Freshness />}
        {roomy && <HouseClock />}
        <UserMenu session={session} sections={sections} />
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
  const stale = data.flatMap(({ at, stale }) => (stale && at !== null ? [Date.parse(at)] : []));
  const title = data.map(({ sourceId, at }) => `${sourceId}: ${at === null ? '—' : formatInstant(at)}`).join('\n');
  return (
    <span className={css.fresh} title={title}>
      <StateShape state={stale.length > 0 ? 'warn' : 'ok'} />
      {stale.length > 0
        ? t('common.fresh.stale', { age: formatMinutes(Math.max(0, now - Math.min(...stale))) })
        : `${t('common.fresh.ok')} · ${t('common.fresh.age', { age: formatMinutes(Math.max(0, now - Math.max(...known))) })}`}
    </span>
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
