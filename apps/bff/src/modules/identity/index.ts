import type { Router } from 'express';
import type { Logger } from 'pino';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db/database.ts';
import type { Gatekeeper } from '../../platform/http/gate.ts';
import type { Route } from '../../platform/http/mount.ts';
import type { Ticker } from '../../platform/jobs/ticker.ts';
import { type Credentials, createCredentials } from './credentials.ts';
import { loginPages } from './login-pages.ts';
import { createProvider, type ProviderOptions } from './provider.ts';
import type { RoleLimits } from './role-check.ts';
import { createIdentityRoutes } from './routes.ts';
import { createSessions, type SessionLimits } from './sessions.ts';
import { createTokenBox } from './token-box.ts';

export interface IdentityOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
  readonly provider: ProviderOptions;
  readonly limits: SessionLimits & RoleLimits;
  readonly loginsPerMinute: number;
  /** A session ended: its live connections have to go. */
  readonly onSessionEnd: (sessionId: string) => void;
  /** The provider gave a person other roles: their live connections and pages have to know. */
  readonly onRolesChange: (sessionId: string) => void;
}

export interface IdentityModule {
  readonly routes: Route[];
  readonly pages: Router;
  readonly gatekeeper: Gatekeeper;
  readonly seedCredentials: Credentials['seed'];
  readonly credentialsOf: Credentials['ofSystem'];
  start(ticker: Ticker): void;
}

/** Who people and systems are: login, sessions, keys. */
export function createIdentityModule(options: IdentityOptions): IdentityModule {
  const { db, clock, log, limits } = options;
  const provider = createProvider(options.provider);
  const sessions = createSessions({
    db,
    clock,
    limits,
    provider,
    box: createTokenBox(options.provider.clientSecret),
    onEnd: options.onSessionEnd,
    onRolesChange: options.onRolesChange,
  });
  const credentials = createCredentials({ db, clock, log });
  const { publicUrl } = options.provider;
  return {
    routes: createIdentityRoutes({ db, sessions, credentials, provider, staleMs: limits.staleMs }),
    pages: loginPages({ provider, sessions, publicUrl, loginsPerMinute: options.loginsPerMinute }),
    gatekeeper: { sessionOf: sessions.find, systemOf: credentials.systemOf },
    seedCredentials: credentials.seed,
    credentialsOf: credentials.ofSystem,
    start: (ticker) => ticker.alone(3_600_000, 'identity.purge_sessions', () => sessions.purge()),
  };
}
