import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, Navigate, useRouteError } from 'react-router';
import { paths } from '../lib/paths.ts';
import { type Session, sessionQuery } from '../lib/session.ts';
import { Button } from '../ui/button.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { ErrorState } from '../ui/error-state.tsx';

/** Everybody lands on their own work: a manager on the inbox, ops on failures, an analyst on the dashboards. */
export function landingOf(session: Session): string {
  const [role] = session.roles;
  switch (role) {
    case 'manager':
      return paths.approvals();
    case 'ops':
      return paths.messages();
    case 'analyst':
      return paths.analytics();
    case 'admin':
      return paths.settings('connections');
    default:
      return paths.overview();
  }
}

export function Home() {
  const { data } = useQuery(sessionQuery());
  return data ? <Navigate to={landingOf(data)} replace /> : null;
}

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation();
  return (
    <EmptyState
      page
      title={t('common.notFound')}
      text={t('common.notFoundText')}
      action={<Link to="/">{t('common.home')}</Link>}
    />
  );
}

/** A section that the role does not open; the server refuses its data in any case. */
export function Forbidden() {
  const { t } = useTranslation();
  return (
    <EmptyState
      page
      title={t('common.forbidden')}
      text={t('common.forbiddenText')}
      action={<Link to="/">{t('common.home')}</Link>}
    />
  );
}

/** The files of this build are gone from the server: it was replaced while the page was open. */
const isOutdated = (error: unknown): boolean =>
  error instanceof TypeError && /dynamically imported module|module script/i.test(error.message);

/** A screen that failed to draw: the rest of the console stays. */
export function RouteError() {
  const { t } = useTranslation();
  const error = useRouteError();
  if (isOutdated(error))
    return (
      <EmptyState
        page
        title={t('common.outdated')}
        text={t('common.outdatedText')}
        action={
          <Button type="primary" onClick={() => window.location.reload()}>
            {t('common.reload')}
          </Button>
        }
      />
    );
  return (
    <div role="alert">
      <EmptyState
        page
        title={t('common.crashed')}
        text={t('common.crashedText')}
        action={
          <Button type="primary" onClick={() => window.location.reload()}>
            {t('common.reload')}
          </Button>
        }
      />
      <ErrorState error={error} />
    </div>
  );
}
