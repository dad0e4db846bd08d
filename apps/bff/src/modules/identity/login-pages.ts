import { AppError } from '@pult/shared/errors/app-error';
import express, { type Request, type Response, Router } from 'express';
import { cookiesOf } from '../../platform/http/cookies.ts';
import { escapeHtml } from '../../platform/http/docs-page.ts';
import { CSRF_COOKIE, SESSION_COOKIE } from '../../platform/http/gate.ts';
import { loginLimit } from '../../platform/http/limits.ts';
import { contextOf } from '../../platform/http/request-context.ts';
import { type LoginAttempt, newAttempt, type Provider } from './provider.ts';
import type { Sessions } from './sessions.ts';

interface LoginPagesOptions {
  readonly provider: Provider;
  readonly sessions: Sessions;
  readonly publicUrl: string;
  readonly loginsPerMinute: number;
}

interface StoredAttempt extends LoginAttempt {
  readonly returnTo: string;
}

const ATTEMPT_MINUTES = 15;
const LOGOUTS_PER_MINUTE = 3_000;
const LOGOUT_LIMIT_BYTES = 32 * 1024;
/** One cookie per attempt, so that two tabs that log in at once do not break each other. */
const attemptCookie = (state: string): string => `pult_login_${state.slice(0, 12)}`;

/** A path of Pult to come back to; anything that could lead elsewhere becomes `/`. */
export function localPath(wanted: unknown): string {
  if (typeof wanted !== 'string' || !wanted.startsWith('/') || wanted.length > 2_000) return '/';
  // `//host` and `/\host` are addresses of other hosts for a browser; control characters are dropped by it.
  const url = URL.parse(wanted, 'http://pult.invalid');
  if (url?.origin !== 'http://pult.invalid' || /^\/[/\\]|[\\\p{Cc}]/u.test(wanted)) return '/';
  return url.pathname.startsWith('//') || url.pathname.startsWith('/auth/')
    ? '/'
    : url.pathname + url.search + url.hash;
}

/** `/auth/login` and `/auth/callback`: pages of a browser, so errors are pages too. */
export function loginPages(options: LoginPagesOptions): Router {
  const { provider, sessions, publicUrl } = options;
  const secure = publicUrl.startsWith('https:');
  const cookie = { httpOnly: true, sameSite: 'lax', secure, path: '/' } as const;
  const router = Router();
  // In front of the limit of logins: all orders come from the one address of the provider.
  router.post(
    '/auth/backchannel-logout',
    loginLimit(LOGOUTS_PER_MINUTE),
    express.urlencoded({ extended: false, limit: LOGOUT_LIMIT_BYTES }),
    async (request, response) => {
      const { log, requestId } = contextOf(request);
      response.set('Cache-Control', 'no-store');
      const token: unknown = request.body?.logout_token;
      try {
        if (typeof token !== 'string') throw new AppError('login.failed', { reason: 'logout_token' });
        const ended = await sessions.obey(await provider.readLogout(token), requestId);
        if (ended === null) throw new AppError('login.failed', { reason: 'logout_token_again' });
        log.info({ ended }, 'the provider ended sessions');
        response.status(200).end();
      } catch (error) {
        if (!(error instanceof AppError) || error.code === 'database.unavailable') throw error;
        log.warn({ err: error }, 'back-channel logout');
        // Of the specification: 400 for a request that is no order; an order that cannot be checked now may come again.
        const isAway = error.code === 'login.provider_unavailable';
        response.status(isAway ? 503 : 400).json({ error: isAway ? 'temporarily_unavailable' : 'invalid_request' });
      }
    },
  );
  router.use('/auth', loginLimit(options.loginsPerMinute), (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });

  router.get('/auth/login', async (request, response) => {
    const returnTo = localPath(request.query.returnTo);
    // Cookies belong to one host: a login begun under another name of this machine could not be finished.
    if (request.get('host') !== new URL(publicUrl).host) {
      response.redirect(303, `${publicUrl}/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
      return;
    }
    const attempt = newAttempt();
    const target = await provider.startUrl(attempt).catch((error: unknown) => error);
    if (typeof target !== 'string') return showFailure(request, response, { error: target, returnTo });
    const stored: StoredAttempt = { ...attempt, returnTo };
    response.cookie(attemptCookie(attempt.state), Buffer.from(JSON.stringify(stored)).toString('base64url'), {
      ...cookie,
      path: '/auth',
      maxAge: ATTEMPT_MINUTES * 60_000,
    });
    response.redirect(303, target);
  });

  router.get('/auth/callback', async (request, response) => {
    const attempt = attemptOf(request);
    const returnTo = localPath(attempt?.returnTo);
    try {
      if (attempt === null) throw new AppError('login.failed', { reason: 'unknown_attempt' });
      response.clearCookie(attemptCookie(attempt.state), { ...cookie, path: '/auth' });
      const person = await provider.finish(new URL(request.originalUrl, publicUrl), attempt);
      if (person.roles.length === 0) throw new AppError('login.failed', { reason: 'no_role' });
      const userAgent = request.get('user-agent') ?? '';
      const opened = await sessions.open(person, { userAgent, requestId: contextOf(request).requestId });
      response.cookie(SESSION_COOKIE, opened.secret, { ...cookie, expires: opened.endsAt });
      // The web reads this one and sends it back as a header, which another site cannot do.
      response.cookie(CSRF_COOKIE, opened.csrf, { ...cookie, httpOnly: false, expires: opened.endsAt });
      response.redirect(303, returnTo);
    } catch (error) {
      showFailure(request, response, { error, returnTo });
    }
  });
  return router;
}

function attemptOf(request: Request): StoredAttempt | null {
  const { state } = request.query;
  if (typeof state !== 'string' || state === '') return null;
  const text = cookiesOf(request.headers.cookie).get(attemptCookie(state));
  try {
    const value: unknown = JSON.parse(Buffer.from(text ?? '', 'base64url').toString('utf8'));
    return isAttempt(value) ? value : null;
  } catch {
    return null;
  }
}

const isAttempt = (value: unknown): value is StoredAttempt =>
  typeof value === 'object' &&
  value !== null &&
  ['state', 'nonce', 'codeVerifier', 'returnTo'].every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'string',
  );

const TEXTS = {
  unavailable: {
    title: 'Вход временно недоступен',
    text: 'Сервис входа не отвечает. Открытые сеансы продолжают работать, обмены идут как обычно.',
    english: 'The identity provider does not answer. Open sessions go on working.',
  },
  no_role: {
    title: 'Нет доступа к Пульту',
    text: 'Вход выполнен, но ни одной роли в Пульте у вас нет. Обратитесь к администратору.',
    english: 'You are logged in but have no role in Pult. Ask your administrator.',
  },
  failed: {
    title: 'Войти не удалось',
    text: 'Вход прерван или устарел. Начните его ещё раз.',
    english: 'The login was interrupted or is too old. Start again.',
  },
} as const;

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;color-scheme:light dark;max-width:30rem;margin:15vh auto;padding:0 1rem}a{font-weight:600}small{opacity:.7}';

function showFailure(request: Request, response: Response, failure: { error: unknown; returnTo: string }): void {
  const { log, traceId } = contextOf(request);
  const { error, returnTo } = failure;
  if (!(error instanceof AppError)) throw error;
  const { reason } = error.data;
  log.warn({ code: error.code, reason, err: error.cause }, 'login');
  const { title, text, english } =
    TEXTS[error.code === 'login.provider_unavailable' ? 'unavailable' : reason === 'no_role' ? 'no_role' : 'failed'];
  const retry = escapeHtml(`/auth/login?returnTo=${encodeURIComponent(returnTo)}`);
  if (error.status === 503) response.set('Retry-After', '5');
  response
    .status(error.status)
    .type('html')
    .send(`<!doctype html><html lang="ru"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>${title}</title><style>${STYLE}</style></head><body>
<h1>${title}</h1><p>${text}</p><p lang="en"><small>${english}</small></p><p><a href="${retry}">Повторить вход</a></p>
<p><small>Номер для поддержки: ${traceId}</small></p></body></html>`);
}
