import type { Actor } from '../../platform/actor.ts';
import { type Db, inTransaction } from '../../platform/db/database.ts';
import { GENESIS_HASH, type SealedFacts, sealOf, storable, storableText } from './chain.ts';
import { entriesAfter, insertEntry, lockChain } from './store.ts';

/** One thing that somebody did. */
export interface AuditRecord {
  readonly actor: Actor;
  /** `object.verb`, e.g. `approval.approve`. */
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly reason?: string | null;
  readonly requestId?: string | null;
  /** Person who is substituted, when a delegate acts. */
  readonly onBehalfOf?: string | null;
  /** Defaults to now. */
  readonly at?: Date;
}

/**
 * Adds an entry to the chain inside the caller's transaction: it is there exactly when the deed is. Writers wait for
 * each other until the end of the transaction, so call it last, behind every other lock.
 * Secrets and masked personal data do not belong into `before` and `after`.
 */
export async function recordAudit(tx: Db, record: AuditRecord): Promise<void> {
  await inTransaction(tx, async (inner) => {
    const last = await lockChain(inner);
    const facts: SealedFacts = {
      id: last.id + 1,
      at: (record.at ?? new Date()).toISOString(),
      ...actorFacts(record.actor),
      onBehalfOf: record.onBehalfOf ?? null,
      action: record.action,
      objectKind: record.objectKind,
      objectId: storableText(record.objectId),
      before: storable(record.before),
      after: storable(record.after),
      reason: record.reason == null ? null : storableText(record.reason),
      requestId: record.requestId ?? null,
    };
    const actorKind = record.actor.kind;
    await insertEntry(inner, { ...facts, actorKind, prevHash: last.hash, hash: sealOf(last.hash, facts) });
  });
}

function actorFacts(actor: Actor): Pick<SealedFacts, 'actorKind' | 'actorId' | 'actorName' | 'actorRoles'> {
  switch (actor.kind) {
    case 'person':
      return {
        actorKind: 'person',
        actorId: actor.userId,
        actorName: storableText(actor.name),
        actorRoles: [...actor.roles],
      };
    case 'system':
      return { actorKind: 'system', actorId: actor.systemId, actorName: null, actorRoles: [] };
    case 'pult':
      return { actorKind: 'pult', actorId: null, actorName: null, actorRoles: [] };
  }
}

export interface ChainCheck {
  readonly intact: boolean;
  readonly checked: number;
  /** First entry that does not fit: changed, or the one behind a removed one. */
  readonly brokenId: number | null;
  readonly lastHash: string | null;
}

/** Recomputes the whole chain in batches; stops at the first entry that does not fit. */
export async function verifyAudit(db: Db, batch = 5_000): Promise<ChainCheck> {
  let previous = { id: 0, hash: GENESIS_HASH };
  for (;;) {
    const entries = await entriesAfter(db, previous.id, batch);
    if (entries.length === 0) {
      return { intact: true, checked: previous.id, brokenId: null, lastHash: previous.id === 0 ? null : previous.hash };
    }
    for (const { prevHash, hash, ...facts } of entries) {
      const fits = facts.id === previous.id + 1 && prevHash === previous.hash && sealOf(prevHash, facts) === hash;
      if (!fits) return { intact: false, checked: previous.id, brokenId: facts.id, lastHash: previous.hash };
      previous = { id: facts.id, hash };
    }
  }
}
