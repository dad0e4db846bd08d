import { createHash, timingSafeEqual } from 'node:crypto';
import type { EndpointContract } from '@pult/shared/contracts/endpoint';
import { UNATTENDED_HEADER } from '@pult/shared/contracts/unattended';
import { AppError, assertThat } from '@pult/shared/errors/app-error';
import type { Request } from 'express';
import { type Actor, type PersonActor, PULT } from '../actor.ts';
import { cookiesOf } from './cookies.ts';

export const SESSION_COOKIE = 'pult_session';
export const CSRF_COOKIE = 'pult_csrf';
export const CSRF_HEADER = 'x-pult-csrf';

/** A session as the gate needs it. */
export interface OpenSession {
  readonly actor: PersonActor;
  /** SHA-256 of the CSRF token, hexadecimal. */
  readonly csrfHash: string;
}

/** Who knows sessions and keys; given by the identity module. */
export interface Gatekeeper {
  /**
   * The running session with this secret; null when there is none (any more). `touch` counts as use and moves its
   * idle end; looking without it keeps an open but unused tab from living forever.
   */
  sessionOf(secret: string, options: { touch: boolean }): Promise<OpenSession | null>;
  /** System that the key belongs to; null for an unknown or revoked one. */
  systemOf(token: string): Promise<string | null>;
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** Compares two hexadecimal digests without telling by the time where they differ. */
export function sameDigest(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left, 'hex'), Buffer.from(right, 'hex')];
  return a.length === b.length && timingSafeEqual(a, b);
}

/**
 * Lets a request through to an endpoint or throws: key or session first, then the permission, then the CSRF token
 * of writes. Denied by default: there is no branch without a check besides `public`.
 */
export async function admit(endpoint: EndpointContract, request: Request, gatekeeper: Gatekeeper): Promise<Actor> {
  switch (endpoint.permission) {
    case 'public':
      return PULT;
    case 'credential':
      return admitSystem(request, gatekeeper);
    default:
      return admitPerson(endpoint, request, gatekeeper);
  }
}

async function admitSystem(request: Request, gatekeeper: Gatekeeper): Promise<Actor> {
  const [, token] = /^Bearer ([\x21-\x7e]{1,500})$/i.exec(request.get('authorization') ?? '') ?? [];
  const systemId = token === undefined ? null : await gatekeeper.systemOf(token);
  if (systemId === null) throw new AppError('credential.invalid');
  return { kind: 'system', systemId };
}

async function admitPerson(endpoint: EndpointContract, request: Request, gatekeeper: Gatekeeper): Promise<Actor> {
  const secret = cookiesOf(request.headers.cookie).get(SESSION_COOKIE);
  // The word of the browser: without it a request counts as use, with it the session ends the earlier.
  const touch = request.get(UNATTENDED_HEADER) === undefined;
  const session = secret === undefined ? null : await gatekeeper.sessionOf(secret, { touch });
  if (session === null) throw new AppError('session.required');
  const { permission } = endpoint;
  const allowed = permission === 'session' || session.actor.permissions.some((granted) => granted === permission);
  assertThat(allowed, 'permission.denied', { permission });
  if (endpoint.method !== 'GET') {
    const token = request.get(CSRF_HEADER);
    assertThat(token !== undefined && sameDigest(sha256(token), session.csrfHash), 'session.csrf_failed');
  }
  return session.actor;
}
