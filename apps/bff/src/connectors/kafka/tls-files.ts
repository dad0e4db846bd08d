/** Certificates and keys of the bus that the landscape names by their files. */
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import type { ConnectorConfig, LandscapeFile } from '@pult/shared/contracts/landscape-file';
import { AppError } from '@pult/shared/errors/app-error';
import type { ConfigIssue } from '../../platform/config/environment.ts';

export type KafkaConfig = Extract<ConnectorConfig, { protocol: 'kafka' }>;
export type Secrets = Readonly<Record<string, string | undefined>>;

/** As TLS takes them; what is absent was not named. */
export interface TlsFiles {
  /** Authorities of the file and the usual ones (with NODE_EXTRA_CA_CERTS). */
  readonly ca?: string[];
  /** Certificate by which Pult shows who it is, with those of the authorities between. */
  readonly cert?: string;
  readonly key?: string;
  readonly passphrase?: string;
}

/** @throws AppError `config.invalid` with everything that is wrong with the files */
export function readTlsFiles(config: KafkaConfig, secrets: Secrets): TlsFiles {
  const { files, issues } = look(config, secrets);
  if (issues.length > 0) throw new AppError('config.invalid', { issues });
  return files;
}

/** The same of a landscape that nobody connects by yet. @throws AppError `config.invalid` */
export function assertTlsFiles({ systems }: Pick<LandscapeFile, 'systems'>, secrets: Secrets): void {
  const issues = systems.flatMap(({ connector }) =>
    connector?.protocol === 'kafka' ? look(connector, secrets).issues : [],
  );
  if (issues.length > 0) throw new AppError('config.invalid', { issues });
}

function look(config: KafkaConfig, secrets: Secrets): { files: TlsFiles; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  const read = (path: 'caFile' | 'certFile' | 'keyFile', mark: RegExp, lacks: string): string | null => {
    const file = config[path];
    if (file === undefined) return null;
    const problem = (message: string): null => {
      issues.push({ file, path, message });
      return null;
    };
    try {
      const text = readFileSync(file, 'utf8');
      return mark.test(text) ? text : problem(lacks);
    } catch {
      return problem('the file cannot be read');
    }
  };
  const ca = read('caFile', CERTIFICATE, NO_CERTIFICATE);
  const cert = read('certFile', CERTIFICATE, NO_CERTIFICATE);
  const key = read('keyFile', KEY, 'no private key in PEM form in it');
  const passphrase = config.keyPasswordEnv === undefined ? undefined : secrets[config.keyPasswordEnv] || undefined;
  const pair = { cert, key, passphrase };
  issues.push(...pairIssues(config, pair));
  const files: TlsFiles = {
    ...(ca === null ? {} : { ca: [...getCACertificates('default'), ca] }),
    ...(cert === null ? {} : { cert }),
    ...(key === null ? {} : { key }),
    ...(passphrase === undefined ? {} : { passphrase }),
  };
  return { files, issues };
}

const CERTIFICATE = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----/;
const NO_CERTIFICATE = 'no certificate in PEM form in it';
const KEY = /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/;

/** What only both together show. A certificate that has ended is for the check of the connection to say: it may be renewed any time. */
function pairIssues(
  { certFile, keyFile, keyPasswordEnv }: KafkaConfig,
  { cert, key, passphrase }: { cert: string | null; key: string | null; passphrase: string | undefined },
): ConfigIssue[] {
  const issues: ConfigIssue[] = [];
  const ofKey = (message: string): void => {
    issues.push({ ...(keyFile === undefined ? {} : { file: keyFile }), path: 'keyFile', message });
  };
  let opened: KeyObject | null = null;
  if (key !== null)
    try {
      opened = createPrivateKey({ key, ...(passphrase === undefined ? {} : { passphrase }) });
    } catch {
      if (!/ENCRYPTED/.test(key)) ofKey('the private key in it is damaged');
      else if (passphrase !== undefined) ofKey(`the password in ${keyPasswordEnv} does not open the key`);
      else
        ofKey(
          `the key has a password: ${keyPasswordEnv ?? 'name its variable in keyPasswordEnv'}${keyPasswordEnv === undefined ? '' : ' is empty'}`,
        );
    }
  if (cert === null) return issues;
  try {
    const certificate = new X509Certificate(cert);
    if (opened !== null && !certificate.checkPrivateKey(opened))
      ofKey('it is not the key of the certificate in certFile');
  } catch {
    issues.push({
      ...(certFile === undefined ? {} : { file: certFile }),
      path: 'certFile',
      message: 'the first certificate in it is damaged',
    });
  }
  return issues;
}
