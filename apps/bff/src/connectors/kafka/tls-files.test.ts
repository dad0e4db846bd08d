import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { landscapeFile } from '@pult/shared/contracts/landscape-file';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../platform/clock.ts';
import { createConnectors } from '../registry.ts';
import { kafkaConfigOf } from '../testing/bus.ts';
import {
  CLIENT_CERTIFICATE,
  CLIENT_KEY,
  CLIENT_KEY_ENCRYPTED,
  CLIENT_KEY_PASSWORD,
  STRANGER_KEY,
  TEST_CERTIFICATE,
} from '../testing/certificates.ts';
import { assertTlsFiles, readTlsFiles } from './tls-files.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'pult-tls-'));
  const files = {
    ca: TEST_CERTIFICATE,
    cert: CLIENT_CERTIFICATE,
    key: CLIENT_KEY,
    locked: CLIENT_KEY_ENCRYPTED,
    other: STRANGER_KEY,
    text: 'not PEM at all',
    broken: CLIENT_CERTIFICATE.replace(/\n[A-Za-z0-9+/]{20}/, '\n!!!!'),
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const connectorOf = (files: Readonly<Record<string, string>>) => ({
  protocol: 'kafka',
  brokers: 'kafka:9093',
  tls: true,
  ...Object.fromEntries(
    Object.entries(files).map(([name, value]) => [name, name === 'keyPasswordEnv' ? value : join(folder, value)]),
  ),
});
const problems = (files: Readonly<Record<string, string>>, secrets: Readonly<Record<string, string>> = {}) => {
  try {
    readTlsFiles(kafkaConfigOf(connectorOf(files)), secrets);
  } catch (error) {
    const { code, data } = error as {
      code: string;
      data: { issues: { file?: string; path: string; message: string }[] };
    };
    expect(code).toBe('config.invalid');
    return data.issues.map(({ file = '', path, message }) => `${file.replace(`${folder}/`, '')} ${path}: ${message}`);
  }
  return [];
};

describe('files of the connection to the bus', () => {
  it('are handed to TLS as they are, the usual authorities beside those of the file', () => {
    const config = kafkaConfigOf(
      connectorOf({ caFile: 'ca', certFile: 'cert', keyFile: 'locked', keyPasswordEnv: 'K' }),
    );
    const files = readTlsFiles(config, { K: CLIENT_KEY_PASSWORD });
    expect(files).toMatchObject({
      cert: CLIENT_CERTIFICATE,
      key: CLIENT_KEY_ENCRYPTED,
      passphrase: CLIENT_KEY_PASSWORD,
    });
    expect(files.ca?.at(-1)).toBe(TEST_CERTIFICATE);
    expect(files.ca?.length).toBeGreaterThan(1);
    expect(readTlsFiles(kafkaConfigOf({ protocol: 'kafka', brokers: 'kafka:9092' }), {})).toEqual({});
  });

  it.each<[string, Record<string, string>, Record<string, string>, string[]]>([
    [
      'every file that is not there or is something else',
      { caFile: 'nowhere', certFile: 'text', keyFile: 'cert' },
      {},
      [
        'nowhere caFile: the file cannot be read',
        'text certFile: no certificate in PEM form in it',
        'cert keyFile: no private key in PEM form in it',
      ],
    ],
    [
      'a key of another certificate',
      { certFile: 'cert', keyFile: 'other' },
      {},
      ['other keyFile: it is not the key of the certificate in certFile'],
    ],
    [
      'a key whose password nobody named',
      { certFile: 'cert', keyFile: 'locked' },
      {},
      ['locked keyFile: the key has a password: name its variable in keyPasswordEnv'],
    ],
    [
      'a password that is empty',
      { certFile: 'cert', keyFile: 'locked', keyPasswordEnv: 'K' },
      { K: '' },
      ['locked keyFile: the key has a password: K is empty'],
    ],
    [
      'a password that does not fit, without saying it',
      { certFile: 'cert', keyFile: 'locked', keyPasswordEnv: 'K' },
      { K: 'неверный' },
      ['locked keyFile: the password in K does not open the key'],
    ],
    [
      'a damaged certificate beside a key without its password',
      { certFile: 'broken', keyFile: 'locked' },
      {},
      [
        'locked keyFile: the key has a password: name its variable in keyPasswordEnv',
        'broken certFile: the first certificate in it is damaged',
      ],
    ],
  ])('stop the start with %s', (_what, files, secrets, expected) => {
    expect(problems(files, secrets)).toEqual(expected);
  });

  it('are looked at before anything is started, and again by whoever connects', () => {
    const title = { ru: 'а', en: 'a' };
    const place = { column: 0, row: 0 };
    const bus = (id: string) => ({ id, title, kind: 'bus', place, connector: connectorOf({ caFile: 'nowhere' }) });
    const flows = [{ id: 'f', title, what: title, from: ['one'], to: ['two'], channel: 'rest' }];
    const landscape = landscapeFile.parse({
      version: 1,
      systems: [bus('one'), { ...bus('two'), connector: undefined }],
      flows,
    });
    const problem = expect.objectContaining({
      code: 'config.invalid',
      data: { issues: [expect.objectContaining({ path: 'caFile' })] },
    });
    expect(() => assertTlsFiles(landscape, {})).toThrow(problem);
    expect(() => createConnectors({ landscape, secrets: {}, clock: systemClock })).toThrow('config.invalid');
  });

  it.each([
    [{ certFile: '/c.pem', tls: true }, 'belong together'],
    [{ keyFile: '/k.pem', tls: true }, 'belong together'],
    [{ certFile: '/c.pem', keyFile: '/k.pem' }, 'needs «tls: true»'],
    [{ caFile: '/ca.pem' }, 'needs «tls: true»'],
    [{ keyPasswordEnv: 'K', tls: true }, 'needs keyFile'],
  ])('stand in the landscape only where they mean something: %o', (fields, message) => {
    expect(() => kafkaConfigOf({ protocol: 'kafka', brokers: 'kafka:9093', ...fields })).toThrow(message);
  });
});
