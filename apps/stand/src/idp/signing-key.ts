import { generateKeyPairSync } from 'node:crypto';
import { Journal } from '../journal.ts';

type Jwk = Readonly<Record<string, unknown>>;

/** The provider's RS256 key: made once per data folder, so that tokens stay good over a restart. */
export function signingKey(path: string | null): Jwk {
  const journal = new Journal<Jwk>(path);
  const [known] = journal.read();
  if (known) return known;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = { ...privateKey.export({ format: 'jwk' }), kid: 'demo', use: 'sig', alg: 'RS256' };
  journal.rewrite([key]);
  return key;
}
