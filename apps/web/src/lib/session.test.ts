import { sessionLogout } from '@pult/shared/contracts/identity';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { callEndpoint } from './api/client.ts';
import { leavePageFor } from './leave-page.ts';

vi.mock('./api/client.ts');
vi.mock('./leave-page.ts');

const PROVIDER = 'https://id.example/logout';
const LOGIN = '/auth/login?returnTo=%2Fmessages%3Ftab%3Dall';
/** Longer than a provider is given to end its own session. */
const LONG_MS = 10_000;

const asked = vi.mocked(callEndpoint);
/** Where the browser was led to. */
const led = (): string[] => vi.mocked(leavePageFor).mock.calls.map(([url]) => url);
let page: typeof import('./session.ts');
let listening = new AbortController();

/** The page as the browser shows it once more: kept as it was left, or loaded anew. */
function show({ persisted }: { readonly persisted: boolean }): void {
  window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted }));
}

beforeEach(async () => {
  vi.useFakeTimers();
  vi.resetModules();
  listening = new AbortController();
  const { addEventListener } = window;
  // Each test has a page of its own: the one before must not hear of it.
  vi.spyOn(window, 'addEventListener').mockImplementation((type: string, listener: unknown) =>
    addEventListener.call(window, type, listener as EventListener, { signal: listening.signal }),
  );
  window.history.replaceState(null, '', '/messages?tab=all');
  asked.mockResolvedValue({ redirectUrl: PROVIDER });
  page = await import('./session.ts');
});
afterEach(() => {
  listening.abort();
  vi.useRealTimers();
  vi.restoreAllMocks();
  vi.resetAllMocks();
});

it('a logout goes on to the provider, whatever else ends the session meanwhile', async () => {
  const answer = Promise.withResolvers<{ redirectUrl: string }>();
  asked.mockReturnValue(answer.promise);
  const left = page.logOut();
  page.afterSessionEnd();
  page.goToLogin();
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(led()).toEqual([]);
  answer.resolve({ redirectUrl: PROVIDER });
  await left;
  page.afterSessionEnd();
  page.goToLogin();
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(asked).toHaveBeenCalledExactlyOnceWith(sessionLogout, {});
  expect(led()).toEqual([PROVIDER]);
});

it('a logout that the server did not take leaves the way to the login open', async () => {
  asked.mockRejectedValue(new Error('network'));
  await expect(page.logOut()).rejects.toThrow('network');
  page.goToLogin();
  expect(led()).toEqual([LOGIN]);
});

it('a page that is shown again as it was left leads to the login', async () => {
  await page.logOut();
  show({ persisted: false });
  page.goToLogin();
  expect(led()).toEqual([PROVIDER]);
  show({ persisted: true });
  page.goToLogin();
  expect(led()).toEqual([PROVIDER, LOGIN]);
});

it('a session that ended elsewhere leads to the login once, after the provider has ended its own', async () => {
  page.afterSessionEnd();
  page.afterSessionEnd();
  page.goToLogin();
  await vi.advanceTimersByTimeAsync(1_000);
  expect(led()).toEqual([]);
  await vi.advanceTimersByTimeAsync(LONG_MS);
  expect(led()).toEqual([LOGIN]);
});

it('asks nothing of a visitor who has not logged in here, nor of one who has logged out', async () => {
  expect(page.mayHaveSession()).toBe(false);
  // biome-ignore lint/suspicious/noDocumentCookie: as the server sets it
  document.cookie = 'pult_csrf=token; Path=/';
  expect(page.mayHaveSession()).toBe(true);
  await page.logOut();
  expect(page.mayHaveSession()).toBe(false);
});
