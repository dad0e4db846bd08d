/**
 * `npm run keycloak`: a Keycloak on this machine with the realm of deploy/keycloak. Prints the settings of Pult for it as
 * `NAME=value`; Ctrl-C ends it, and its data is gone. KEYCLOAK_PORT wishes a port, PULT_URL names the Pult that uses it.
 */
import { choosePort } from './free-port.ts';
import { keycloakGap, startKeycloak } from './keycloak-server.ts';

const DEFAULT_PORT = 8080;

const gap = keycloakGap();
if (gap !== undefined) {
  console.error(gap);
  process.exit(1);
}
console.log('Запускаем Keycloak, первый раз — несколько минут… / Starting Keycloak, some minutes the first time…');
try {
  const keycloak = await startKeycloak({
    port: await choosePort(Number(process.env.KEYCLOAK_PORT ?? DEFAULT_PORT)),
    pultUrl: process.env.PULT_URL ?? 'http://127.0.0.1:3000',
    clientSecret: process.env.OIDC_CLIENT_SECRET || crypto.randomUUID(),
    adminPassword: process.env.KEYCLOAK_ADMIN_PASSWORD || crypto.randomUUID(),
  });
  const roles = ['manager', 'ops', 'analyst', 'admin'].map((role) => [role, role]);
  const map = { ...Object.fromEntries(roles), '/Интеграция/Дежурные': 'ops', '/Аналитика': 'analyst' };
  console.log(
    [
      `OIDC_ISSUER=${keycloak.issuer}`,
      `OIDC_CLIENT_ID=${keycloak.clientId}`,
      `OIDC_CLIENT_SECRET=${keycloak.clientSecret}`,
      'OIDC_ROLES_CLAIM=resource_access.pult.roles,groups',
      `OIDC_ROLE_MAP=${JSON.stringify(map)}`,
      `KEYCLOAK_URL=${keycloak.url}`,
      `KEYCLOAK_ADMIN_PASSWORD=${keycloak.admin.password}`,
      '(люди / people: manager, ops, analyst, admin, duty — demo; остановить: Ctrl-C / stop: Ctrl-C)',
    ].join('\n'),
  );
  let asked = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      asked = true;
      void keycloak.stop().then(() => process.exit(0));
    });
  await keycloak.ended;
  if (!asked) process.exit(1);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
