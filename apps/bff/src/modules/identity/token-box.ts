import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** Seals tokens of the provider for the table of sessions: a stolen dump alone gives none of them. */
export interface TokenBox {
  /** `session` binds the sealed token to its row: moved to another one it does not open. */
  seal(token: string, session: string): Buffer;
  /** Null when it was sealed with another secret or for another session. */
  open(sealed: Buffer, session: string): string | null;
}

/** AES-256-GCM under a key derived from the client's secret. After the secret was changed, old tokens do not open. */
export function createTokenBox(secret: string): TokenBox {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'pult: tokens of sessions', 32));
  return {
    seal: (token, session) => {
      const iv = randomBytes(IV_BYTES);
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(session));
      return Buffer.concat([iv, cipher.update(token, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    },
    open: (sealed, session) => {
      if (sealed.length <= IV_BYTES + TAG_BYTES) return null;
      const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, IV_BYTES))
        .setAAD(Buffer.from(session))
        .setAuthTag(sealed.subarray(-TAG_BYTES));
      try {
        return decipher.update(sealed.subarray(IV_BYTES, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
      } catch {
        return null;
      }
    },
  };
}
