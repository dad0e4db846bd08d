import type { Role } from '@pult/shared/domain/identity/permissions';
import { AppError } from '@pult/shared/errors/app-error';
import { createRemoteJWKSet } from 'jose';
import * as oidc from 'openid-client';
import { type LogoutOrder, readLogoutToken } from './logout-token.ts';
import { claimAt, rolesFromClaim } from './roles.ts';

export interface ProviderOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** How the client proves itself at the token endpoint. Basic is the default of the standard. */
  readonly clientAuth: 'basic' | 'post';
  readonly scope: string;
  /** Paths of claims with roles; what all of them give counts. */
  readonly rolesClaims: readonly string[];
  readonly roleMap?: Readonly<Record<string, string>> | undefined;
  readonly publicUrl: string;
}

/** What must be the same when the browser comes back. */
export interface LoginAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

/** Person as the provider describes them. */
export interface ProvenPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly roles: readonly Role[];
  readonly idToken: string | null;
  /** What the roles are asked anew with; null when the provider gives none. */
  readonly refreshToken: string | null;
  /** Session at the provider, for its logout; null when it names none. */
  readonly sid: string | null;
}

/** What the provider says about a session later on. */
export type Renewal =
  | {
      readonly outcome: 'renewed';
      /** Null: the answer has no ID token and nothing else in it speaks of roles (OpenID Connect Core, 12.2 allows it). */
      readonly roles: readonly Role[] | null;
      readonly idToken: string | null;
    }
  /** The session or the person is gone there. */
  | { readonly outcome: 'ended' };

/** OpenID Connect, authorization code flow with PKCE, state and nonce, against any provider with discovery. */
export interface Provider {
  startUrl(attempt: LoginAttempt): Promise<string>;
  /** Throws `login.failed` when the answer does not prove anything, `login.provider_unavailable` when it cannot be asked. */
  finish(callbackUrl: URL, attempt: LoginAttempt): Promise<ProvenPerson>;
  /**
   * Asks anew what the person may do. Throws `login.provider_unavailable` when there is no answer that means anything.
   * `keep` gets another refresh token as soon as there is one, before any further question: the old one is used up by then.
   */
  renew(refreshToken: string, about: { sub: string; keep: (refreshToken: string) => Promise<void> }): Promise<Renewal>;
  /** Whose sessions a logout token of the provider ends. @throws AppError when it proves nothing or cannot be checked */
  readLogout(token: string): Promise<LogoutOrder>;
  /** Where to end the session at the provider; null when it offers no such page or is away. */
  endUrl(idToken: string | null): Promise<string | null>;
}

const TIMEOUT_S = 5;
/** Clocks of two machines that differ by a minute still understand each other. */
const CLOCK_TOLERANCE_S = 90;
const SETTINGS_AGE_MS = 10 * 60_000;

export const newAttempt = (): LoginAttempt => ({
  state: oidc.randomState(),
  nonce: oidc.randomNonce(),
  codeVerifier: oidc.randomPKCECodeVerifier(),
});

export function createProvider(options: ProviderOptions): Provider {
  const redirectUri = `${options.publicUrl}/auth/callback`;
  let known: { settings: oidc.Configuration; readAtMs: number } | null = null;
  let keys: { uri: string; set: ReturnType<typeof createRemoteJWKSet> } | null = null;

  const settings = async (): Promise<oidc.Configuration> => {
    if (known !== null && Date.now() - known.readAtMs < SETTINGS_AGE_MS) return known.settings;
    const issuer = new URL(options.issuer);
    const auth =
      options.clientAuth === 'post'
        ? oidc.ClientSecretPost(options.clientSecret)
        : oidc.ClientSecretBasic(options.clientSecret);
    const client = { [oidc.clockTolerance]: CLOCK_TOLERANCE_S };
    const found = await oidc.discovery(issuer, options.clientId, client, auth, {
      timeout: TIMEOUT_S,
      // Plain http is for a provider on this machine (demonstration) or inside a private network: its address says so.
      execute: issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : [],
    });
    known = { settings: found, readAtMs: Date.now() };
    return found;
  };

  const asking = async <T>(work: (found: oidc.Configuration) => Promise<T> | T): Promise<T> => {
    try {
      return await work(await settings());
    } catch (cause) {
      if (cause instanceof AppError) throw cause;
      // The provider may have come back with other keys or addresses: read them anew next time.
      known = null;
      throw new AppError(isAway(cause) ? 'login.provider_unavailable' : 'login.failed', {}, { cause });
    }
  };

  /** Roles of a person from everything the provider handed out: of each path, the first source that has it. */
  const rolesOf = async (
    found: oidc.Configuration,
    tokens: { access_token: string },
    claimed: { idClaims: Record<string, unknown> | undefined; sub: string },
  ) => {
    const userInfo: Record<string, unknown> = found.serverMetadata().userinfo_endpoint
      ? await oidc.fetchUserInfo(found, tokens.access_token, claimed.sub)
      : {};
    const sources = [claimed.idClaims, userInfo, jwtPayload(tokens.access_token)];
    const claims = options.rolesClaims.map((path) =>
      sources.map((source) => claimAt(source, path)).find((claim) => claim !== undefined),
    );
    const roles = claims.flatMap((claim) => rolesFromClaim(claim, options.roleMap));
    return { userInfo, roles: [...new Set(roles)].sort(), said: claims.some((claim) => claim !== undefined) };
  };

  /** New tokens; null when the session is gone there. */
  const refresh = async (refreshToken: string) => {
    try {
      const found = await settings();
      return { found, tokens: await oidc.refreshTokenGrant(found, refreshToken) };
    } catch (cause) {
      // Only this answer says that the session is gone there; a changed secret or an outage says nothing about people.
      if (cause instanceof oidc.ResponseBodyError && cause.error === 'invalid_grant') return null;
      throw cause;
    }
  };

  return {
    startUrl: (attempt) =>
      asking(async (found) => {
        const url = oidc.buildAuthorizationUrl(found, {
          redirect_uri: redirectUri,
          scope: options.scope,
          state: attempt.state,
          nonce: attempt.nonce,
          code_challenge: await oidc.calculatePKCECodeChallenge(attempt.codeVerifier),
          code_challenge_method: 'S256',
        });
        return url.href;
      }),
    finish: (callbackUrl, attempt) =>
      asking(async (found) => {
        const tokens = await oidc.authorizationCodeGrant(found, callbackUrl, {
          expectedState: attempt.state,
          expectedNonce: attempt.nonce,
          pkceCodeVerifier: attempt.codeVerifier,
          idTokenExpected: true,
        });
        const idClaims = tokens.claims();
        if (idClaims === undefined) throw new AppError('login.failed', { reason: 'no_id_token' });
        const { userInfo, roles } = await rolesOf(found, tokens, { idClaims, sub: idClaims.sub });
        const claims: Record<string, unknown> = { ...userInfo, ...idClaims };
        return {
          id: idClaims.sub,
          name: nameOf(claims),
          email: typeof claims.email === 'string' ? claims.email : null,
          roles,
          idToken: tokens.id_token ?? null,
          refreshToken: tokens.refresh_token ?? null,
          sid: typeof idClaims.sid === 'string' ? idClaims.sid : null,
        };
      }),
    renew: async (refreshToken, { sub, keep }) => {
      const away = (cause: unknown): never => {
        known = null;
        throw new AppError('login.provider_unavailable', {}, { cause });
      };
      const refreshed = await refresh(refreshToken).catch(away);
      if (refreshed === null) return { outcome: 'ended' };
      const { found, tokens } = refreshed;
      const idClaims = tokens.claims();
      if (idClaims !== undefined && idClaims.sub !== sub) return { outcome: 'ended' };
      if (tokens.refresh_token !== undefined && tokens.refresh_token !== refreshToken) await keep(tokens.refresh_token);
      const { roles, said } = await rolesOf(found, tokens, { idClaims, sub }).catch(away);
      return {
        outcome: 'renewed',
        roles: idClaims === undefined && !said ? null : roles,
        idToken: tokens.id_token ?? null,
      };
    },
    readLogout: (token) =>
      asking(async (found) => {
        const { jwks_uri: uri, issuer } = found.serverMetadata();
        if (uri === undefined) throw new AppError('login.failed', { reason: 'logout_token' });
        if (keys?.uri !== uri)
          keys = { uri, set: createRemoteJWKSet(new URL(uri), { timeoutDuration: TIMEOUT_S * 1_000 }) };
        return readLogoutToken(token, {
          keys: keys.set,
          issuer,
          clientId: options.clientId,
          toleranceS: CLOCK_TOLERANCE_S,
          now: Date.now(),
        });
      }),
    endUrl: async (idToken) => {
      try {
        const found = await settings();
        if (found.serverMetadata().end_session_endpoint === undefined) return null;
        return oidc.buildEndSessionUrl(found, {
          post_logout_redirect_uri: `${options.publicUrl}/`,
          ...(idToken === null ? {} : { id_token_hint: idToken }),
        }).href;
      } catch {
        // The session here has ended already; a provider that is away must not make the logout fail.
        return null;
      }
    },
  };
}

function nameOf(claims: Readonly<Record<string, unknown>>): string {
  const candidates = [claims.name, claims.preferred_username, claims.email, claims.sub];
  return candidates.find((name): name is string => typeof name === 'string' && name !== '') ?? '—';
}

/** Claims of an access token that is a JWT: Keycloak puts roles only there by default. It came over our own connection. */
function jwtPayload(token: string): unknown {
  const [, payload] = token.split('.');
  if (payload === undefined) return undefined;
  try {
    return JSON.parse(Buffer.from(payload, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

const FETCH_CODES = new Set(['OAUTH_TIMEOUT', 'OAUTH_RESPONSE_IS_NOT_JSON', 'OAUTH_RESPONSE_IS_NOT_CONFORM']);

/** True when the provider did not answer or answered nonsense (a proxy's error page), as opposed to «no». */
function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof oidc.ResponseBodyError) return error.status >= 500;
  if (error instanceof oidc.AuthorizationResponseError) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  // fetch reports an unreachable host as a TypeError with the reason inside.
  return (
    FETCH_CODES.has(code) ||
    (error instanceof TypeError && error.cause instanceof Error) ||
    error.cause instanceof TypeError
  );
}
