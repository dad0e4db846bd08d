/** Demo OpenID provider: a real one (code flow, PKCE), with demo people and a login page in Russian. */
import express from 'express';
import { Provider } from 'oidc-provider';
import { endWithParent, numberOf, textOf } from '../process.ts';
import { loginPage } from './login-page.ts';
import { PEOPLE } from './people.ts';

endWithParent();
const port = numberOf('STAND_IDP_PORT', 4106);
const issuer = `http://127.0.0.1:${port}`;
const pult = textOf('PULT_URL', 'http://127.0.0.1:3000');

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: textOf('OIDC_CLIENT_ID', 'pult'),
      client_secret: textOf('OIDC_CLIENT_SECRET', 'demo'),
      redirect_uris: [`${pult}/auth/callback`],
      post_logout_redirect_uris: [`${pult}/`, pult],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  claims: { openid: ['sub'], profile: ['name', 'roles'], email: ['email'] },
  conformIdTokenClaims: false,
  pkce: { required: () => true },
  cookies: { keys: [textOf('OIDC_CLIENT_SECRET', 'demo')] },
  features: {
    devInteractions: { enabled: false },
    rpInitiatedLogout: {
      enabled: true,
      // The console has asked already: the provider does not ask again.
      logoutSource: (context: { body: unknown }, form: string) => {
        context.body = `<!doctype html><html lang="ru"><head><meta charset="utf-8"><title>Выход</title></head><body>${form}<button form="op.logoutForm" type="submit" name="logout" value="yes" autofocus>Выйти</button><script>document.forms[0].submit()</script></body></html>`;
      },
    },
  },
  interactions: { url: (_context: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
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
    Session: 12 * 3600,
    Interaction: 3600,
    Grant: 12 * 3600,
    AccessToken: 3600,
    IdToken: 3600,
    AuthorizationCode: 60,
  },
});

interface GrantContext {
  readonly oidc: {
    readonly provider: InstanceType<typeof Provider>;
    readonly client?: { readonly clientId: string };
    readonly session?: { readonly accountId?: string };
  };
}

const app = express();
app.disable('x-powered-by');
app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }));
app.get('/interaction/:uid', async (request, response) => {
  await provider.interactionDetails(request, response);
  response.type('html').send(loginPage(request.params.uid, null));
});
app.post('/interaction/:uid', express.urlencoded({ extended: false }), async (request, response) => {
  const { login, password } = request.body as { login?: string; password?: string };
  const person = PEOPLE.find((one) => one.login === login?.trim());
  if (!person || password !== 'demo') {
    response.status(401).type('html').send(loginPage(request.params.uid, 'Логин или пароль не подошли'));
    return;
  }
  await provider.interactionFinished(
    request,
    response,
    { login: { accountId: person.login } },
    { mergeWithLastSubmission: false },
  );
});
app.use((error: Error, _request: express.Request, response: express.Response, next: express.NextFunction) => {
  if (response.headersSent) return next(error);
  response
    .status(400)
    .type('html')
    .send(
      '<!doctype html><html lang="ru"><meta charset="utf-8"><title>Вход</title><p>Вход устарел. Вернитесь в Пульт и начните снова.</p></html>',
    );
});
app.use(provider.callback());
app.listen(port, '127.0.0.1', () => console.log(`Вход: ${issuer}`));
