import type { LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { SourceError } from '@pult/shared/errors/app-error';

/** Origins that Pult may call: those written in the landscape, nothing else. */
export function allowedOrigins(landscape: LandscapeFile): ReadonlySet<string> {
  const origins = new Set<string>();
  for (const { connector } of landscape.systems) {
    // The bus and folders speak no HTTP: the bus knows its brokers alone.
    if (connector === undefined || connector.protocol === 'kafka' || connector.protocol === 'files') continue;
    origins.add(new URL(connector.url).origin);
    if (connector.protocol === 'service') for (const one of connector.more) origins.add(new URL(one).origin);
    if (connector.protocol === 'onec-odata' && connector.servicesUrl !== undefined)
      origins.add(new URL(connector.servicesUrl).origin);
  }
  return origins;
}

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
