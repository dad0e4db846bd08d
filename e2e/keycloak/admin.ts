/** What an administrator does in Keycloak, over its REST interface, and what happens to its machine. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

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

/** Ids of the sessions of the person at Keycloak. */
export async function sessionsOf(username: string): Promise<string[]> {
  const found = await call<{ id: string }[]>('GET', `/users/${await userId(username)}/sessions`);
  return found.map(({ id }) => id);
}

/** Ends one session of a person, as «Sign out» beside it does. */
export async function revokeSession(id: string): Promise<void> {
  await call('DELETE', `/sessions/${id}`);
}

export async function setEnabled(username: string, enabled: boolean): Promise<void> {
  await call('PUT', `/users/${await userId(username)}`, { enabled });
}

/** Settings of the realm, e.g. how long a session may live, s. @returns what they were */
export async function changeRealm(change: Readonly<Record<string, number>>): Promise<Record<string, number>> {
  const before = await call<Record<string, number>>('GET', '');
  await call('PUT', '', change);
  return Object.fromEntries(Object.keys(change).map((name) => [name, before[name] ?? 0]));
}

function processOfKeycloak(): number {
  const argument = `--http-port=${new URL(keycloakUrl()).port}`;
  const lines = execFileSync('ps', ['-ax', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const line = lines.find((one) => one.includes(argument) && one.includes('java'));
  if (line === undefined) throw new Error('no process of Keycloak');
  return Number.parseInt(line, 10);
}

/** Keycloak takes connections and answers nothing while `work` runs. */
export async function whileFrozen(work: () => Promise<void>): Promise<void> {
  const pid = processOfKeycloak();
  process.kill(pid, 'SIGSTOP');
  try {
    await work();
  } finally {
    process.kill(pid, 'SIGCONT');
  }
}

/** Clock of Pult against that of Keycloak while `work` runs, ms. */
export async function withClockOff(shiftMs: number, work: () => Promise<void>): Promise<void> {
  const file = env('CLOCK_FILE');
  writeFileSync(file, String(shiftMs));
  // Pult looks each 100 ms.
  await pause(300);
  try {
    await work();
  } finally {
    writeFileSync(file, '0');
    await pause(300);
  }
}
