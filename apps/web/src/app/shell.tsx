import { counters } from '@pult/shared/contracts/counters';
import { type QueryClient, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { NavLink, Outlet, ScrollRestoration, useLocation } from 'react-router';
import { callEndpoint } from '../lib/api/client.ts';
import { formatTime } from '../lib/format/instant.ts';
import { formatNumber } from '../lib/format/number.ts';
import { liveChannel } from '../lib/live/socket.ts';
import { useLiveState, useLiveTopics } from '../lib/live/use-live-topics.ts';
import { afterSessionEnd, type Session, sessionQuery } from '../lib/session.ts';
import { ErrorState } from '../ui/error-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { Forbidden } from './edges.tsx';
import { NavIcon } from './nav-icon.tsx';
import { Overlays } from './overlays.tsx';
import { isForbidden, phoneSections, sectionsOf } from './sections.ts';
import css from './shell.module.css';
import { TopBar } from './top-bar.tsx';
import { markOf, usePageMark } from './use-page-mark.ts';

const OFFLINE_POLL_MS = 10_000;
/** Asked for once; after that the live channel tells them. */
const NUMBERS = ['counters'];

async function takeNumbers(client: QueryClient, told: unknown): Promise<void> {
  const numbers = counters.responses[200].safeParse(told);
  if (!numbers.success) return;
  // An answer that is still on its way is older than this.
  await client.cancelQueries({ queryKey: NUMBERS });
  client.setQueryData(NUMBERS, numbers.data);
}

/** Rail, top bar and the screen in between; on phones a bottom bar with the role's four places. */
export function Shell() {
  const session = useQuery(sessionQuery());
  if (session.isError && !session.data)
    return <ErrorState error={session.error} onRetry={() => void session.refetch()} />;
  if (!session.data) return <Skeleton rows={10} />;
  return <SignedIn session={session.data} />;
}

function SignedIn({ session }: { readonly session: Session }) {
  const { t } = useTranslation();
  const client = useQueryClient();
  const live = useLiveState();
  const { pathname } = useLocation();
  useEffect(
    () =>
      liveChannel.start({
        onBye: afterSessionEnd,
        onResync: () => void client.invalidateQueries(),
        onNumbers: (told) => void takeNumbers(client, told),
      }),
    [client],
  );
  // A lost socket is replaced by polling until it is back.
  useEffect(() => {
    if (live !== 'offline') return;
    const timer = setInterval(() => void client.invalidateQueries({ refetchType: 'active' }), OFFLINE_POLL_MS);
    return () => clearInterval(timer);
  }, [live, client]);
  const may = (permission: string) => session.permissions.some((granted) => granted === permission);
  useLiveTopics([
    'landscape',
    ...(may('messages.read') ? (['messages'] as const) : []),
    ...(may('operations.read') ? (['operations'] as const) : []),
    ...(may('approvals.read') ? (['approvals'] as const) : []),
  ]);
  const numbers = useQuery({
    queryKey: NUMBERS,
    queryFn: ({ signal }) => callEndpoint(counters, {}, { signal }),
  });
  usePageMark(markOf(session, numbers.data));
  const sections = sectionsOf(session, numbers.data);
  return (
    <div className={css.shell}>
      <a href="#content" className={css.skip}>
        {t('common.skip')}
      </a>
      <nav className={css.rail} aria-label={t('common.nav.label')}>
        <NavLink to="/" className={css.brand ?? ''}>
          <img src="/favicon.svg" alt="" width={22} height={22} /> {t('common.product')}
        </NavLink>
        {sections.map((section) => (
          <NavLink key={section.id} to={section.to} className={css.link ?? ''} title={t(`common.nav.${section.id}`)}>
            <NavIcon id={section.id} />
            <span>{t(`common.nav.${section.id}`)}</span>
            {section.count !== null && section.count > 0 && (
              <b className={section.urgent ? css.urgent : undefined}>{formatNumber(section.count)}</b>
            )}
          </NavLink>
        ))}
      </nav>
      <div className={css.column}>
        <TopBar session={session} sections={sections} />
        <Notices>
          {live === 'offline' && (
            <p className={css.offline} role="status">
              {t('common.offline')}
            </p>
          )}
          {session.rolesStale !== null && (
            <p className={css.offline} role="status">
              {t('common.rolesStale', {
                since: formatTime(session.rolesStale.since),
                until: formatTime(session.rolesStale.until),
              })}
            </p>
          )}
        </Notices>
        <main id="content" tabIndex={-1} className={css.main}>
          {isForbidden(session, pathname) ? <Forbidden /> : <Outlet />}
        </main>
      </div>
      <nav className={css.bottom} aria-label={t('common.nav.label')}>
        {phoneSections(sections, session.roles).map((section) => (
          <NavLink key={section.id} to={section.to}>
            <NavIcon id={section.id} />
            <span>{t(`common.nav.${section.id}`)}</span>
            {section.count !== null && section.count > 0 && <b>{formatNumber(section.count)}</b>}
          </NavLink>
        ))}
      </nav>
      <Overlays sections={sections} />
      <ScrollRestoration />
    </div>
  );
}

/** What concerns the whole screen, in sight under the top bar. Bars of a screen that stay in sight stand below: they know its height. */
function Notices({ children }: { readonly children: ReactNode }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    const size = new ResizeObserver(() =>
      document.documentElement.style.setProperty('--m-notices', `${box.offsetHeight}px`),
    );
    size.observe(box);
    return () => size.disconnect();
  }, []);
  return (
    <div ref={place} className={css.notices}>
      {children}
    </div>
  );
}
