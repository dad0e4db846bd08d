import { SourceError } from '@pult/shared/errors/app-error';

/** Origins of the addresses that the landscape names: nothing else may be called. */
export const originsOf = (addresses: readonly string[]): ReadonlySet<string> =>
  new Set(addresses.map((address) => new URL(address).origin));

/**
 * Refuses an address outside the landscape: an id or a link that came from a system must not turn Pult into a
 * bridge to other hosts.
 * @throws SourceError `source.forbidden`, nothing was sent
 */
export function assertOutbound(system: string, url: string, origins: ReadonlySet<string>): void {
  const origin = URL.canParse(url) ? new URL(url).origin : null;
  if (origin === null || !origins.has(origin))
    throw new SourceError(
      'source.forbidden',
      { system, text: 'address outside the landscape' },
      { canRetry: false, maybeSent: false },
    );
}
