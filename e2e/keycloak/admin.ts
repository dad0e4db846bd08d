/** What an administrator does in Keycloak, over its REST interface. */

const env = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is empty: the global setup did not run`);
  return value;
};
export const pultUrl = (): string => env('PULT_URL');
export const keycloakUrl = (): string => env('KEYCLOAK_URL');

async function token(): Promise<string> {
  const response = await fetch(`${keycloakUrl()}/realms/master/protocol/openid-connect/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'password',
      client_id: 'admin-cli',
      username: 'admin',
      password: env('KEYCLOAK_ADMIN_PASSWORD'),
    }),
  });
  if (!response.ok) throw new Error(`token: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { access_token: string }).access_token;
}

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${keycloakUrl()}/admin/realms/ekf${path}`, {
    method,
    headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

async function userId(username: string): Promise<string> {
  const [found] = await call<{ id: string }[]>('GET', `/users?exact=true&username=${username}`);
  if (found === undefined) throw new Error(`nobody is called ${username}`);
  return found.id;
}

/** Gives or takes a role of the client `pult`. */
export async function changeClientRole(username: string, role: string, method: 'POST' | 'DELETE'): Promise<void> {
  const [client] = await call<{ id: string }[]>('GET', '/clients?clientId=pult');
  const wanted = await call<unknown>('GET', `/clients/${client?.id}/roles/${role}`);
  await call(method, `/users/${await userId(username)}/role-mappings/clients/${client?.id}`, [wanted]);
}

/** Ends every session of the person, as «Sign out all sessions» does. */
export async function logOutEverywhere(username: string): Promise<void> {
  await call('POST', `/users/${await userId(username)}/logout`);
}

/** Sessions of the person at Keycloak. */
export async function sessionsOf(username: string): Promise<unknown[]> {
  return call<unknown[]>('GET', `/users/${await userId(username)}/sessions`);
}

export async function setEnabled(username: string, enabled: boolean): Promise<void> {
  await call('PUT', `/users/${await userId(username)}`, { enabled });
}
