import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Actor } from '../../platform/actor.ts';
import type { Clock } from '../../platform/clock.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { sha256 } from '../../platform/http/gate.ts';
import { newId } from '../../platform/ids.ts';
import { recordAudit } from '../audit/index.ts';
import * as store from './credential-store.ts';

const USED_STEP_MS = 60_000;
const INTAKE_VARIABLE = /^INTAKE_TOKEN_([A-Z0-9_]+)$/;
/** Keys of other doors than the event intake, by the variable that carries them. */
const OTHER_VARIABLES: Readonly<Record<string, string>> = { ELMA_WEBHOOK_TOKEN: 'elma' };

/** System that a variable carries keys of: `INTAKE_TOKEN_ERP_1` → `erp-1`; null for any other variable. */
export function systemOfVariable(name: string): string | null {
  if (Object.hasOwn(OTHER_VARIABLES, name)) return OTHER_VARIABLES[name] ?? null;
  const match = INTAKE_VARIABLE.exec(name);
  return match?.[1] === undefined ? null : match[1].toLowerCase().replaceAll('_', '-');
}

export interface Credentials {
  systemOf(token: string): Promise<string | null>;
  /**
   * Takes over the keys of the environment; several of one variable are separated by commas. Those that a variable named
   * before and does not any more are revoked, and valid again as soon as it names them again: a deployment that is rolled
   * back finds its keys. What a person revoked, over the API or by SQL, stays revoked, and so does what was revoked before
   * it was kept by whom.
   */
  seed(env: Readonly<Record<string, string | undefined>>): Promise<void>;
  list(): Promise<store.CredentialRow[]>;
  /** Keys of one system by their labels, revoked ones too; instants in ms since the epoch. */
  ofSystem(systemId: string): Promise<{ label: string; lastUsedAt: number | null; revokedAt: number | null }[]>;
  issue(
    wanted: { systemId: string; label: string },
    by: { actor: Actor; requestId: string },
  ): Promise<{ id: string; token: string }>;
  revoke(id: string, by: { actor: Actor; requestId: string }): Promise<boolean>;
}

export interface CredentialsOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Pick<Logger, 'info' | 'warn'>;
}

/** Keys of the systems: 256 random bits, only the SHA-256 stored, several valid at a time for rotation. */
export function createCredentials({ db, clock, log }: CredentialsOptions): Credentials {
  const markedAtMs = new Map<string, number>();
  const now = (): Date => new Date(clock.now());
  return {
    systemOf: async (token) => {
      const found = await store.findSystem(db, sha256(token));
      if (found === null) return null;
      if (clock.now() - (markedAtMs.get(found.id) ?? 0) > USED_STEP_MS) {
        markedAtMs.set(found.id, clock.now());
        await store.markUsed(db, found.id, now());
      }
      return found.systemId;
    },
    seed: async (env) => {
      const named = namedKeys(env);
      await inTransaction(db, async (tx) => {
        // First what is left out: a key that went over to another variable is named anew after it.
        for (const { variable, systemId, hashes } of named) {
          const revoked = await store.revokeOthers(tx, variable, { hashes, at: now() });
          if (revoked > 0)
            log.info({ variable, systemId, revoked }, 'intake keys revoked: the variable does not name them any more');
        }
        for (const { variable, systemId, hashes } of named)
          for (const tokenHash of hashes) {
            const became = await store.nameCredential(tx, {
              id: newId(),
              systemId,
              tokenHash,
              label: variable,
              at: now(),
            });
            if (became === 'restored')
              log.warn({ variable, systemId }, 'an intake key is valid again: its variable names it again');
            if (became === 'revoked_by_person')
              log.warn(
                { variable, systemId },
                'an intake key of the environment stays revoked: a person revoked it, or an earlier release, which does not say who',
              );
          }
      });
    },
    list: () => store.listCredentials(db),
    ofSystem: async (systemId) =>
      (await store.listCredentials(db))
        .filter((row) => row.systemId === systemId)
        .map(({ label, lastUsedAt, revokedAt }) => ({
          label,
          lastUsedAt: lastUsedAt === null ? null : Date.parse(lastUsedAt),
          revokedAt: revokedAt === null ? null : Date.parse(revokedAt),
        })),
    issue: (wanted, by) =>
      inTransaction(db, async (tx) => {
        const [id, token] = [newId(), randomBytes(32).toString('base64url')];
        await store.insertCredential(tx, { id, ...wanted, tokenHash: sha256(token), at: now() });
        await recordAudit(tx, {
          ...by,
          action: 'credential.issue',
          objectKind: 'credential',
          objectId: id,
          after: wanted,
        });
        return { id, token };
      }),
    revoke: (id, by) =>
      inTransaction(db, async (tx) => {
        const systemId = await store.revokeCredential(tx, id, now());
        if (systemId === null) return false;
        await recordAudit(tx, {
          ...by,
          action: 'credential.revoke',
          objectKind: 'credential',
          objectId: id,
          before: { systemId },
        });
        return true;
      }),
  };
}

interface NamedKeys {
  readonly variable: string;
  readonly systemId: string;
  readonly hashes: readonly string[];
}

function namedKeys(env: Readonly<Record<string, string | undefined>>): NamedKeys[] {
  return Object.entries(env).flatMap(([variable, value]) => {
    const systemId = systemOfVariable(variable);
    const tokens = (value ?? '')
      .split(',')
      .map((token) => token.trim())
      .filter((token) => token !== '');
    return systemId === null || tokens.length === 0 ? [] : [{ variable, systemId, hashes: tokens.map(sha256) }];
  });
}
