import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where a provider puts claims about a person: Keycloak keeps roles out of the ID token, AD FS puts everything there. */
export interface Claims {
  readonly sub: string;
  readonly idToken?: Readonly<Record<string, unknown>>;
  readonly userInfo?: Readonly<Record<string, unknown>>;
  readonly accessToken?: Readonly<Record<string, unknown>>;
}

export interface OpenIdProvider {
  readonly issuer: string;
  /** Who logs in next. */
  person: Claims;
  /** Answers 503 to everything while true. */
  down: boolean;
  /** Answers 503 to questions for the user info while true; everything else works. */
  userInfoDown: boolean;
  /** Its clock is so many seconds ahead of this machine. */
  clockAheadS: number;
  /** What a refresh token is answered: with the claims of `person`, without an ID token, or that the session is gone. */
  refresh: 'works' | 'without_id_token' | 'ended';
  /** How often roles were asked anew. */
  readonly refreshes: number;
  /** A logout token, right in everything that `over` does not change; a claim of undefined is left out. */
  logoutToken(over?: Readonly<Record<string, unknown>>): string;
  /** Codes, tokens and verifiers that were handed out: none of them may appear in a log. */
  readonly secrets: string[];
  close(): Promise<void>;
}

const CLIENT = { id: 'pult', secret: 'test-client-secret' };
const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A provider that signs with RS256 and insists on code flow, PKCE S256, the client's secret and a code used once. */
export async function startOpenIdProvider(): Promise<OpenIdProvider> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const codes = new Map<string, { challenge: string; nonce: string; redirectUri: string; person: Claims }>();
  const tokens = new Map<string, Claims>();
  const refreshTokens = new Set<string>();
  const counts = { refreshes: 0 };
  const sign = (claims: Readonly<Record<string, unknown>>): string => {
    const head = `${base64({ alg: 'RS256', kid: 'k', typ: 'JWT' })}.${base64(claims)}`;
    return `${head}.${createSign('RSA-SHA256').update(head).sign(privateKey, 'base64url')}`;
  };

  const authorize = (query: URLSearchParams, response: ServerResponse): ServerResponse => {
    const wanted = ['client_id', 'response_type', 'code_challenge_method'].map((name) => query.get(name)).join(' ');
    const [challenge, nonce, redirectUri] = ['code_challenge', 'nonce', 'redirect_uri'].map((name) => query.get(name));
    if (wanted !== `${CLIENT.id} code S256` || !challenge || !nonce || !redirectUri) return refuse(response, 400);
    const code = randomUUID();
    provider.secrets.push(code);
    codes.set(code, { challenge, nonce, redirectUri, person: provider.person });
    const back = new URL(redirectUri);
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    return response.writeHead(303, { location: back.href }).end();
  };

  const token = (form: URLSearchParams, request: IncomingMessage, response: ServerResponse): ServerResponse => {
    const [, basic = ''] = /^Basic (.+)$/.exec(request.headers.authorization ?? '') ?? [];
    // RFC 6749, 2.3.1: both halves are form-encoded first.
    const [id, secret] = Buffer.from(basic, 'base64').toString().split(':').map(decodeURIComponent);
    const byForm = form.get('client_id') === CLIENT.id && form.get('client_secret') === CLIENT.secret;
    if ((id !== CLIENT.id || secret !== CLIENT.secret) && !byForm) return refuse(response, 401, 'invalid_client');
    if (form.get('grant_type') === 'refresh_token') return renew(form.get('refresh_token') ?? '', response);
    const code = form.get('code') ?? '';
    const known = codes.get(code);
    codes.delete(code);
    const verifier = form.get('code_verifier') ?? '';
    const proven = createHash('sha256').update(verifier).digest('base64url') === known?.challenge;
    provider.secrets.push(verifier);
    if (!known || !proven || known.redirectUri !== form.get('redirect_uri'))
      return refuse(response, 400, 'invalid_grant');
    return answer(known.person, { nonce: known.nonce }, response);
  };

  /** A refresh token is good once, like those of a provider that rotates them. */
  const renew = (refreshToken: string, response: ServerResponse): ServerResponse => {
    counts.refreshes += 1;
    if (!refreshTokens.delete(refreshToken) || provider.refresh === 'ended')
      return refuse(response, 400, 'invalid_grant');
    return answer(provider.person, { withoutIdToken: provider.refresh === 'without_id_token' }, response);
  };

  const nowS = (): number => Math.floor(Date.now() / 1_000) + provider.clockAheadS;
  const answer = (
    person: Claims,
    { withoutIdToken = false, ...more }: { nonce?: string; withoutIdToken?: boolean },
    response: ServerResponse,
  ): ServerResponse => {
    const now = nowS();
    const common = { iss: provider.issuer, sub: person.sub, iat: now, exp: now + 300 };
    const accessToken = person.accessToken ? sign({ ...common, ...person.accessToken }) : randomUUID();
    const idToken = sign({ ...common, aud: CLIENT.id, sid: `sid-${person.sub}`, ...more, ...person.idToken });
    const refreshToken = randomUUID();
    refreshTokens.add(refreshToken);
    tokens.set(accessToken, person);
    provider.secrets.push(accessToken, idToken, refreshToken);
    return send(response, {
      token_type: 'Bearer',
      expires_in: 300,
      access_token: accessToken,
      ...(withoutIdToken ? {} : { id_token: idToken }),
      refresh_token: refreshToken,
    });
  };

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<ServerResponse> => {
    if (provider.down) return refuse(response, 503);
    const { pathname, searchParams } = new URL(request.url ?? '', provider.issuer);
    const at = (path: string): string => `${provider.issuer}${path}`;
    if (pathname === '/.well-known/openid-configuration')
      return send(response, {
        issuer: provider.issuer,
        authorization_endpoint: at('/authorize'),
        token_endpoint: at('/token'),
        userinfo_endpoint: at('/userinfo'),
        jwks_uri: at('/jwks'),
        end_session_endpoint: at('/end'),
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256'],
        code_challenge_methods_supported: ['S256'],
      });
    if (pathname === '/jwks')
      return send(response, { keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'k', use: 'sig', alg: 'RS256' }] });
    if (pathname === '/authorize') return authorize(searchParams, response);
    if (pathname === '/token') return token(new URLSearchParams(await textOf(request)), request, response);
    const person = tokens.get((request.headers.authorization ?? '').replace('Bearer ', ''));
    if (pathname === '/userinfo' && provider.userInfoDown) return refuse(response, 503);
    if (pathname === '/userinfo' && person) return send(response, { sub: person.sub, ...person.userInfo });
    return refuse(response, 404);
  };

  const server = createServer((request, response) => void handle(request, response));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const provider: OpenIdProvider = {
    issuer: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    person: { sub: 'nobody' },
    down: false,
    userInfoDown: false,
    clockAheadS: 0,
    refresh: 'works',
    get refreshes() {
      return counts.refreshes;
    },
    logoutToken: (over = {}) =>
      sign({
        iss: provider.issuer,
        aud: CLIENT.id,
        iat: nowS(),
        exp: nowS() + 120,
        jti: randomUUID(),
        sub: provider.person.sub,
        events: { 'http://schemas.openid.net/event/backchannel-logout': {} },
        ...over,
      }),
    secrets: [],
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
  return provider;
}

const send = (response: ServerResponse, body: unknown): ServerResponse =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const refuse = (response: ServerResponse, status: number, error = 'invalid_request'): ServerResponse =>
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
