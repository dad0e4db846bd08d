import type { EndpointResult } from '@pult/shared/contracts/endpoint';
import { sessionLogout, sessionRead } from '@pult/shared/contracts/identity';
import type { Permission } from '@pult/shared/domain/identity/permissions';
import { queryOptions, useQuery } from '@tanstack/react-query';
import { callEndpoint } from './api/client.ts';
import { leavePageFor } from './leave-page.ts';

export type Session = EndpointResult<typeof sessionRead>;

/** Who is logged in; asked again every minute so that a role taken away takes effect without a reload. */
export const sessionQuery = () =>
  queryOptions({
    queryKey: ['session'],
    queryFn: () => callEndpoint(sessionRead, {}),
    refetchInterval: 60_000,
    staleTime: 30_000,
  });

/** Whether the person may do it; the server checks again in any case. */
export function usePermission(permission: Permission): boolean {
  const { data } = useQuery(sessionQuery());
  return data?.permissions.includes(permission) ?? false;
}

/** Opened and closed with the session; the cookie of the session itself is hidden from scripts. */
const SESSION_MARK = 'pult_csrf';
/** False for a visitor who has not logged in here: asking who that is would be answered with 401. */
export const mayHaveSession = (): boolean =>
  document.cookie.split('; ').some((pair) => pair.startsWith(`${SESSION_MARK}=`));

/** While set, nothing else leads to the login. */
let isLeaving = false;
// Back from the login, a page may be shown as it was left.
window.addEventListener('pageshow', ({ persisted }) => {
  if (persisted) isLeaving = false;
});
/** A provider tells of a logout before its own session is gone: who comes at once would be let in by it again. */
const PROVIDER_ENDS_MS = 1_500;

/**
 * Ends the session here and goes on to end it at the provider. The live channel tells of the end, too, and often first: led to
 * the login by that, the person would be signed in again by the session that still stands at the provider.
 */
export async function logOut(): Promise<void> {
  isLeaving = true;
  try {
    const { redirectUrl } = await callEndpoint(sessionLogout, {});
    // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store is not there without HTTPS
    document.cookie = `${SESSION_MARK}=; Max-Age=0; Path=/`;
    leavePageFor(redirectUrl);
  } catch (error) {
    isLeaving = false;
    throw error;
  }
}

/** The session ended elsewhere: leads to the login as soon as it has ended at the provider, too. */
export function afterSessionEnd(): void {
  if (isLeaving) return;
  isLeaving = true;
  setTimeout(() => {
    isLeaving = false;
    goToLogin();
  }, PROVIDER_ENDS_MS);
}

/** Sends the browser to the login, back to where it is now. */
export function goToLogin(): void {
  if (isLeaving) return;
  const here = `${window.location.pathname}${window.location.search}`;
  leavePageFor(`/auth/login?returnTo=${encodeURIComponent(here)}`);
}
