import { readFileSync } from 'node:fs';
import { getCACertificates } from 'node:tls';
import { AppError } from '@pult/shared/errors/app-error';

/**
 * Authorities to trust when the landscape names a file of its own: those and the usual ones (with NODE_EXTRA_CA_CERTS);
 * undefined: the usual ones. @throws AppError `config.invalid` when the file cannot be read or holds no certificate
 */
export function authoritiesOf(caFile: string | undefined): string[] | undefined {
  if (caFile === undefined) return undefined;
  const invalid = (message: string, cause?: unknown): AppError =>
    new AppError('config.invalid', { file: caFile, issues: [{ path: 'caFile', message }] }, { cause });
  let text: string;
  try {
    text = readFileSync(caFile, 'utf8');
  } catch (cause) {
    throw invalid('the file cannot be read', cause);
  }
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw invalid('no certificate in PEM form in it');
  return [...getCACertificates('default'), text];
}
