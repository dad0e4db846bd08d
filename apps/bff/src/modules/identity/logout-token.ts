import { AppError } from '@pult/shared/errors/app-error';
import { errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';

/** Whose sessions a logout token ends: one session of the provider, or all of a person. */
export interface LogoutOrder {
  readonly jti: string;
  readonly sub: string | null;
  readonly sid: string | null;
}

interface LogoutTokenOptions {
  readonly keys: JWTVerifyGetKey;
  readonly issuer: string;
  readonly clientId: string;
  readonly toleranceS: number;
  /** ms. */
  readonly now: number;
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Signed with a key that only the provider has; «none» and shared secrets are not among them. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'];
/** A token older than this is a replay, whether its id is remembered or not. */
export const LOGOUT_TOKEN_AGE_S = 300;

/**
 * Verifies a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6): signature, issuer, audience, age, event, no nonce.
 * @throws AppError `login.failed` for a token that proves nothing, `login.provider_unavailable` when its keys cannot be had
 */
export async function readLogoutToken(token: string, options: LogoutTokenOptions): Promise<LogoutOrder> {
  let claims: JWTPayload;
  try {
    ({ payload: claims } = await jwtVerify(token, options.keys, {
      issuer: options.issuer,
      audience: options.clientId,
      algorithms: ALGORITHMS,
      clockTolerance: options.toleranceS,
      maxTokenAge: LOGOUT_TOKEN_AGE_S,
      requiredClaims: ['iat', 'jti'],
      currentDate: new Date(options.now),
    }));
  } catch (cause) {
    const proven = cause instanceof errors.JOSEError && !(cause instanceof errors.JWKSTimeout);
    throw new AppError(proven ? 'login.failed' : 'login.provider_unavailable', { reason: 'logout_token' }, { cause });
  }
  const { jti, sub, sid, events } = claims;
  const isLogout = typeof events === 'object' && events !== null && Object.hasOwn(events, EVENT);
  const order = {
    jti: typeof jti === 'string' ? jti : '',
    sub: typeof sub === 'string' && sub !== '' ? sub : null,
    sid: typeof sid === 'string' && sid !== '' ? sid : null,
  };
  // An ID token has a nonce and no event: it must not pass for an order to log out.
  if (!isLogout || 'nonce' in claims || order.jti === '' || (order.sub === null && order.sid === null))
    throw new AppError('login.failed', { reason: 'logout_token' });
  return order;
}
