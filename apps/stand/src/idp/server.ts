/** Demo OpenID provider: a real one (code flow, PKCE), with demo people and a login page in Russian. */
import './runtime.ts';
import { join } from 'node:path';
import express from 'express';
import { Provider } from 'oidc-provider';
import { type Listening, listen } from '../process.ts';
import { loginPage, messagePage } from './login-page.ts';
import { PEOPLE } from './people.ts';
import { createAdapter, SessionStore } from './session-store.ts';
import { signingKey } from './signing-key.ts';

export interface IdpOptions {
  readonly port: number;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Address of Pult: where people come back to. */
  readonly pult: string;
  /** Folder of sessions and the signing key; null keeps them in memory. */
  readonly dataDir: string | null;
}

const HOUR_S = 3_600;

interface GrantContext {
  readonly oidc: {
    readonly provider: InstanceType<typeof Provider>;
    readonly client?: { readonly clientId: string };
    readonly session?: { readonly accountId?: string };
  };
}

/** The issuer is the address it listens at. */
export async function startIdp(options: IdpOptions): Promise<Listening> {
  // The issuer is part of every answer, so the port must be known before the provider is made.
  let routes: express.Router | null = null;
  const app = express();
  app.disable('x-powered-by');
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
  app.use((request, response, next) => {
    if (routes) routes(request, response, next);
    else response.status(503).end();
  });
  app.use((error: Error, _request: express.Request, response: express.Response, next: express.NextFunction) => {
    if (response.headersSent) return next(error);
    response.status(400).type('html').send(messagePage('Вход устарел', options.pult));
  });
  const listening = await listen(app, options.port);
  routes = routesOf(createProvider(listening.url, options));
  return listening;
}

function routesOf(provider: Provider): express.Router {
  const router = express.Router();
  router.get('/interaction/:uid', async (request, response) => {
    await provider.interactionDetails(request, response);
    response.type('html').send(loginPage(String(request.params.uid), null));
  });
  router.post('/interaction/:uid', express.urlencoded({ extended: false }), async (request, response) => {
    const { login, password } = (request.body ?? {}) as { login?: string; password?: string };
    const person = PEOPLE.find((one) => one.login === login?.trim().toLowerCase());
    if (!person || password !== 'demo') {
      await provider.interactionDetails(request, response);
      const page = loginPage(String(request.params.uid), 'Логин или пароль не подошли');
      response.status(401).type('html').send(page);
      return;
    }
    const result = { login: { accountId: person.login } };
    await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });
  router.use(provider.callback());
  return router;
}

function createProvider(issuer: string, options: IdpOptions): Provider {
  const path = (name: string): string | null => (options.dataDir ? join(options.dataDir, name) : null);
  return new Provider(issuer, {
    clients: [
      {
        client_id: options.clientId,
        client_secret: options.clientSecret,
        redirect_uris: [`${options.pult}/auth/callback`],
        post_logout_redirect_uris: [`${options.pult}/`, options.pult],
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    jwks: { keys: [signingKey(path('idp-key.jsonl'))] },
    adapter: createAdapter(new SessionStore(path('idp.jsonl'))),
    claims: { openid: ['sub'], profile: ['name', 'roles'], email: ['email'] },
    // The console reads name and roles from the id token, without a second question.
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    cookies: { keys: [options.clientSecret] },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: {
        enabled: true,
        // The console has asked already: the provider does not ask again.
        logoutSource: (context: { body: unknown }, form: string) => {
          context.body = `<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Выход</title></head><body>${form}<button form="op.logoutForm" type="submit" name="logout" value="yes" autofocus>Выйти</button><script>const f=document.forms[0];f.insertAdjacentHTML('beforeend','<input type="hidden" name="logout" value="yes">');f.submit()</script></body></html>`;
        },
        postLogoutSuccessSource: (context: { body: unknown }) => {
          context.body = messagePage('Вы вышли', options.pult);
        },
      },
    },
    interactions: { url: (_context: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    renderError: (context: { body: unknown; type: string }) => {
      context.type = 'html';
      context.body = messagePage('Войти не получилось', options.pult);
    },
    // A demo has no third parties: what the console asks for is granted at once.
    loadExistingGrant: async (context: GrantContext) => {
      const grant = new context.oidc.provider.Grant({
        clientId: context.oidc.client?.clientId ?? '',
        accountId: context.oidc.session?.accountId ?? '',
      });
      grant.addOIDCScope('openid profile email');
      await grant.save();
      return grant;
    },
    findAccount: (_context: unknown, id: string) => {
      const person = PEOPLE.find(({ login }) => login === id);
      return person
        ? { accountId: id, claims: () => ({ sub: id, name: person.name, email: person.email, roles: [person.role] }) }
        : undefined;
    },
    ttl: {
      Session: 12 * HOUR_S,
      Interaction: HOUR_S,
      Grant: 12 * HOUR_S,
      AccessToken: HOUR_S,
      IdToken: HOUR_S,
      AuthorizationCode: 60,
    },
  });
}
