import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configProblemLines, gatherProblems, readEnvironment } from './environment.ts';
import { withSecretFiles } from './secret-files.ts';
import { loadYamlFile, parseYaml } from './yaml-file.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'pult-config-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const REQUIRED = { OIDC_ISSUER: 'https://sso.example.org/realms/ekf/', OIDC_CLIENT_SECRET: 's3cret-value' };
const problemsOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (error) {
    return configProblemLines(error) ?? [];
  }
  return [];
};

describe('environment', () => {
  it('has defaults for everything but the identity provider', () => {
    expect(readEnvironment(REQUIRED)).toMatchObject({
      PULT_PORT: 3000,
      OIDC_ISSUER: 'https://sso.example.org/realms/ekf',
    });
    expect(problemsOf(() => readEnvironment({}))).toEqual([
      expect.stringMatching(/^environment OIDC_ISSUER: /),
      expect.stringMatching(/^environment OIDC_CLIENT_SECRET: /),
    ]);
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readEnvironment({ ...REQUIRED, PULT_PORT: '', DATABASE_URL: '' })).toMatchObject({ PULT_PORT: 3000 });
  });

  it('names every mistake at once and no value', () => {
    const wrong = {
      ...REQUIRED,
      PULT_PORT: '70000',
      DATABASE_URL: 'mysql://root:hunter2@db/pult',
      OIDC_ROLE_MAP: '{"admins": "admin"',
      SESSION_IDLE_MINUTES: 'an hour',
      LOG_LEVEL: 'loud',
    };
    const lines = problemsOf(() => readEnvironment(wrong));
    const names = lines.map((line) => line.split(' ')[1]);
    expect(names.sort()).toEqual([
      'DATABASE_URL:',
      'LOG_LEVEL:',
      'OIDC_ROLE_MAP:',
      'PULT_PORT:',
      'SESSION_IDLE_MINUTES:',
    ]);
    for (const value of ['hunter2', 's3cret-value', 'an hour']) expect(lines.join('\n')).not.toContain(value);
  });
});

describe('secrets in files', () => {
  it('are read for settings, keys and credentials of systems; a variable that is set wins', async () => {
    const file = path.join(folder, 'secret');
    await writeFile(file, 'from-a-file\n');
    const { values, issues } = withSecretFiles({
      OIDC_CLIENT_SECRET_FILE: file,
      UT_ODATA_PASSWORD_FILE: file,
      INTAKE_TOKEN_SITE_FILE: file,
      ELMA_TOKEN: 'set',
      ELMA_TOKEN_FILE: file,
      // Of other programs: neither read nor missed.
      SSL_CERT_FILE: '/nowhere/ca.pem',
      LANDSCAPE_FILE: '/etc/pult/landscape.yaml',
    });
    expect(issues).toEqual([]);
    expect(values).toMatchObject({
      OIDC_CLIENT_SECRET: 'from-a-file',
      UT_ODATA_PASSWORD: 'from-a-file',
      INTAKE_TOKEN_SITE: 'from-a-file',
      ELMA_TOKEN: 'set',
      LANDSCAPE_FILE: '/etc/pult/landscape.yaml',
    });
    expect(values).not.toHaveProperty('LANDSCAPE');
    expect(values).not.toHaveProperty('SSL_CERT');
  });

  it('that cannot be read are named, not taken for empty', () => {
    expect(withSecretFiles({ UT_ODATA_PASSWORD_FILE: '/nowhere/password' }).issues).toEqual([
      { file: 'environment', path: 'UT_ODATA_PASSWORD_FILE', message: 'cannot read /nowhere/password' },
    ]);
  });
});

const LANDSCAPE = `version: 1
systems:
  - id: ut
    title: { ru: "УТ", en: "UT" }
    kind: onec
    connector: { protocol: onec-odata, url: "\${UT_URL}/odata", userEnv: UT_USER, passwordEnv: lower }
    place: { column: 0, row: 0 }
  - id: ut
    title: { ru: "УТ ещё раз", en: "UT again" }
    kind: erp
    place: { column: 9, row: 0 }
flows:
  - id: orders
    title: { ru: "Заказы", en: "Orders" }
    what: { ru: "Заказы" }
    from: [ut]
    to: [nowhere]
    channel: http
    ackTimeoutMs: soon
    ackTimeout: 5m
`;

describe('landscape file', () => {
  it('names every mistake at once with its path and line', () => {
    const lines = problemsOf(() => parseYaml(LANDSCAPE, { file: 'landscape.yaml', schema: landscapeFile, env: {} }));
    for (const expected of [
      /^landscape\.yaml:6 \$\{UT_URL\}: the variable is not set/,
      /^landscape\.yaml:6 systems\[0\]\.connector\.passwordEnv: /,
      /^landscape\.yaml:10 systems\[1\]\.kind: /,
      /^landscape\.yaml:11 systems\[1\]\.place\.column: /,
      /^landscape\.yaml:15 flows\[0\]\.what\.en: /,
      /^landscape\.yaml:19 flows\[0\]\.ackTimeoutMs: /,
      /^landscape\.yaml:20 flows\[0\]\.ackTimeout: unknown key/,
    ])
      expect(lines).toContainEqual(expect.stringMatching(expected));
  });

  it.each(['http://user:secret@10.0.0.5/odata', 'ftp://10.0.0.5/odata'])('takes no address like %s', (url) => {
    const text = LANDSCAPE.replace(/\$\{UT_URL\}.odata/, url);
    const lines = problemsOf(() => parseYaml(text, { file: 'landscape.yaml', schema: landscapeFile, env: {} }));
    expect(lines).toContainEqual(expect.stringMatching(/^landscape\.yaml:6 systems\[0\]\.connector\.url: /));
    expect(lines.join()).not.toContain('secret');
  });

  it('names wrong references together once the shape is right', () => {
    const shaped = LANDSCAPE.replace('lower', 'UT_PASSWORD')
      .replace('kind: erp', 'kind: onec')
      .replace('column: 9', 'column: 1')
      .replace('what: { ru: "Заказы" }', 'what: { ru: "Заказы", en: "Orders" }')
      .replace('soon', '15m')
      .replace('    ackTimeout: 5m\n', '');
    const options = { file: 'landscape.yaml', schema: landscapeFile, env: { UT_URL: 'http://ut' } };
    expect(problemsOf(() => parseYaml(shaped, options))).toEqual([
      'landscape.yaml:8 systems[1].id: system «ut» is listed twice',
      'landscape.yaml:17 flows[0].to[0]: unknown system «nowhere»',
    ]);
  });

  it('names a syntax error by its line', () => {
    const lines = problemsOf(() =>
      parseYaml('version: 1\nsystems: [\nflows: 1\n', { file: 'l.yaml', schema: landscapeFile, env: {} }),
    );
    expect(lines[0]).toMatch(/^l\.yaml:\d+ : /);
  });
});

it('mistakes of the environment and of the landscape come together', async () => {
  const file = path.join(folder, 'landscape.yaml');
  await writeFile(file, LANDSCAPE);
  const work = gatherProblems(
    [async () => readEnvironment({}), () => loadYamlFile(file, { schema: landscapeFile, env: {} })],
    [{ file: 'environment', path: 'X_TOKEN_FILE', message: 'cannot read /x' }],
  );
  const lines = configProblemLines(await work.catch((error: unknown) => error)) ?? [];
  expect(lines[0]).toBe('environment X_TOKEN_FILE: cannot read /x');
  expect(lines).toContainEqual(expect.stringMatching(/^environment OIDC_ISSUER: /));
  expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^${file}:10 systems\\[1\\]\\.kind: `)));
});
